import * as z from 'zod'
import { method } from './method.ts'

/** A layer as it stood after a step. */
export const Checkpoint = z.object({ id: z.string(), at: z.number(), task: z.string(), step: z.number() })
export type Checkpoint = z.infer<typeof Checkpoint>

/** `paths` are those that look different now, at most 50 of them; `files` counts all. */
export const RewindResult = z.discriminatedUnion('type', [
  z.object({ type: z.literal('rewound'), files: z.number(), paths: z.array(z.string()) }),
  /** Nothing of it was begun, or it stopped at `path`: doing it again goes on. */
  z.object({ type: z.literal('failed'), path: z.string(), why: z.string() }),
])
export type RewindResult = z.infer<typeof RewindResult>

const Ref = z.object({ session: z.string() })

export const checkpointMethods = {
  /** Oldest first. */
  'checkpoint/list': method(Ref, z.object({ checkpoints: z.array(Checkpoint) })),
  /** Refused with `sessionBusy` while a task runs or waits for an answer. The state before is a checkpoint too, so a rewind can be taken back. */
  'checkpoint/rewind': method(Ref.extend({ checkpoint: z.string() }), z.object({ result: RewindResult })),
}
