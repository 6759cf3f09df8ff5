import { afterAll, test } from 'vitest'
import { gvisorRunners } from '../../support/gvisorRunners.ts'
import { escapeSuite } from './escapeSuite.ts'

/** What the attack reaches is of gVisor's kernel, which is the sandbox's own; gvisor.slow.test.ts looks at what lies there. */
const notHere = {
  ptrace: 'gVisor traces its own processes for each other; process 1 is not among them',
  'the kernel’s keyring': 'the keyring is gVisor’s own',
  'the machine’s devices': 'of these there is /dev/fuse, which is gVisor’s own',
  'settings of the kernel': 'they are of gVisor’s own network, which is a loopback',
  'a mount that can be written and is not its own': '/dev and /sys are gVisor’s own memory',
}

/** Docker has gVisor show control groups. */
const notInDocker = { 'making a control group': 'those that are seen are gVisor’s own, of its own processes' }

const { runners, missing, stop } = await gvisorRunners()
afterAll(stop, 60_000)

for (const why of missing) test.skip(`ways out of gvisor ${why}`, () => {})

for (const { runner, provider } of runners) {
  escapeSuite(`gvisor by ${runner}`, {
    ...(runner === 'docker' ? { own: ['/usr', '/etc', '/var', '/opt'] } : {}),
    notHere: runner === 'docker' ? { ...notHere, ...notInDocker } : notHere,
    open: (params, hide) => provider(hide).open(params),
  })
}
