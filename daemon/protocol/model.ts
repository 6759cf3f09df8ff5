import * as z from 'zod'
import { method } from './method.ts'

/** Which model answers. `demo`: no endpoint was set, the scripted demo model answers. The key itself is never told. */
export const ModelStatus = z.object({
  demo: z.boolean(),
  baseUrl: z.string(),
  model: z.string(),
  hasKey: z.boolean(),
})
export type ModelStatus = z.infer<typeof ModelStatus>

export const modelMethods = {
  'model/status': method(z.object({}), z.object({ model: ModelStatus })),
  /** Sets the endpoint for all sessions; without `model` the demo model answers. The key stays in the daemon's memory. */
  'model/configure': method(
    z.object({
      model: z.string().optional(),
      baseUrl: z.url({ protocol: /^https?$/ }).optional(),
      apiKey: z.string().optional(),
    }),
    z.object({ model: ModelStatus }),
  ),
}

export const modelNotifications = {
  'model/changed': z.object({ model: ModelStatus }),
}
