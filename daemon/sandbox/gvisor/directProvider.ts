import { ViewProvider } from '../bubblewrap/bubblewrapProvider.ts'
import type { SandboxProvider } from '../sandbox.ts'
import { GvisorSandbox } from './gvisorSandbox.ts'
import { findGvisor } from './mechanism.ts'
import { memoryFolder } from './savedMemory.ts'

/**
 * Sandboxes that gVisor's own kernel runs (runsc, without Docker), for any user. `hide` as for bubblewrap's: the same
 * view of the machine, by the same programs, lies around it.
 */
export function directProvider(options: { hide: readonly string[] }): SandboxProvider {
  return new ViewProvider(options.hide, {
    ...{ name: 'gvisor', find: findGvisor, open: GvisorSandbox.open },
    // Its processes are none of the machine's.
    countsProcesses: false,
    memoryFolder,
  })
}
