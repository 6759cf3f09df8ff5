import { gvisorProvider } from '../../daemon/sandbox/gvisor/gvisorProvider.ts'
import { sandboxContract } from './sandboxContract.ts'

sandboxContract('gvisor', (hide) => gvisorProvider({ hide }))
