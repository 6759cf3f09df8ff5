import * as z from 'zod'
import { method } from './method.ts'

/** One clear state: it works, or it does not and this is the one fix. */
export const SandboxStatus = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), kind: z.string() }),
  z.object({ type: z.literal('unavailable'), kind: z.string(), why: z.string(), fix: z.string() }),
])
export type SandboxStatus = z.infer<typeof SandboxStatus>

export const sandboxMethods = {
  /** Probes by running, not by looking. */
  'sandbox/status': method(z.object({ folder: z.string() }), z.object({ sandbox: SandboxStatus })),
}
