import { findGvisor } from '../../daemon/sandbox/gvisor/mechanism.ts'

/** Why tests of gVisor are skipped on this machine, or nothing. A gVisor that is there and does not work is no reason. */
export async function whyNoGvisor(): Promise<string | undefined> {
  const found = await findGvisor()
  return 'fix' in found ? found.why : undefined
}
