import type { SandboxStatus } from '#protocol/sandbox.ts'
import type { Handlers } from './handler.ts'

export function sandboxHandlers(probe: () => Promise<SandboxStatus>): Handlers<'sandbox/status'> {
  return { 'sandbox/status': async () => ({ sandbox: await probe() }) }
}
