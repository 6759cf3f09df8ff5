import { bubblewrapProvider } from '../../daemon/sandbox/bubblewrap/bubblewrapProvider.ts'
import { sandboxContract } from './sandboxContract.ts'

sandboxContract('bubblewrap', (hide) => bubblewrapProvider({ hide }))
