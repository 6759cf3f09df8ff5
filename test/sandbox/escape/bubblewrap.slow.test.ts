import { bubblewrapProvider } from '../../../daemon/sandbox/bubblewrap/bubblewrapProvider.ts'
import { detectorSuite, escapeSuite } from './escapeSuite.ts'

escapeSuite('bubblewrap', { open: (params, hide) => bubblewrapProvider({ hide }).open(params) })
detectorSuite()
