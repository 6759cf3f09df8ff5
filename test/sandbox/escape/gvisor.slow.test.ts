import { gvisorProvider } from '../../../daemon/sandbox/gvisor/gvisorProvider.ts'
import { whyNoGvisor } from '../../support/whyNoGvisor.ts'
import { escapeSuite } from './escapeSuite.ts'

/** What the attack reaches is of gVisor's kernel, which is the sandbox's own; gvisor.slow.test.ts looks at what lies there. */
const notHere = {
  ptrace: 'gVisor traces its own processes for each other; process 1 is not among them',
  'the kernel’s keyring': 'the keyring is gVisor’s own',
  'the machine’s devices': 'of these there is /dev/fuse, which is gVisor’s own',
  'settings of the kernel': 'they are of gVisor’s own network, which is a loopback',
  'a mount that can be written and is not its own': '/dev and /sys are gVisor’s own memory',
}

if ((await whyNoGvisor()) === undefined) {
  escapeSuite('gvisor', { notHere, open: (params, hide) => gvisorProvider({ hide }).open(params) })
}
