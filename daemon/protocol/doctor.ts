import * as z from 'zod'
import { method } from './method.ts'

/**
 * Without what is `core` nothing works; without what is for `safety` agents do not work; without a `feature` all else does.
 */
const Tier = z.enum(['core', 'safety', 'feature'])

/** One thing that Paddock needs, tried by doing it. */
export const Finding = z.object({
  id: z.string(),
  tier: Tier,
  title: z.string(),
  outcome: z.discriminatedUnion('type', [
    z.object({ type: z.literal('ok'), detail: z.string().optional() }),
    z.object({ type: z.literal('failed'), why: z.string(), fix: z.string() }),
  ]),
})
export type Finding = z.infer<typeof Finding>

/** `degraded`: a feature is missing; `failed`: something of core or safety is. */
export const Diagnosis = z.object({ verdict: z.enum(['ok', 'degraded', 'failed']), findings: z.array(Finding) })
export type Diagnosis = z.infer<typeof Diagnosis>

export const doctorMethods = {
  /** Tries every requirement of this machine now, which takes some seconds. */
  'daemon/doctor': method(z.object({}), Diagnosis),
}
