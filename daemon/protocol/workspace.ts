import * as z from 'zod'
import { method } from './method.ts'

export const workspaceMethods = {
  /** The user saved or replaced files of this folder: agents at work on it see them from their next step on. */
  'workspace/saved': method(z.object({ folder: z.string() }), z.object({})),
}
