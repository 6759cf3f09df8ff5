import * as z from 'zod'
import { method } from './method.ts'

export const TaskState = z.enum(['queued', 'running', 'waiting', 'completed', 'failed', 'cancelled'])
export type TaskState = z.infer<typeof TaskState>

export const FailureCode = z.enum([
  'interrupted',
  'sandboxUnavailable',
  'storeUnavailable',
  'modelRefusedKey',
  'modelRateLimited',
  'modelUnreachable',
  'modelError',
  'modelReplyInvalid',
  'stepLimit',
  'approvalDenied',
  'manyDeletions',
  'internal',
])
export type FailureCode = z.infer<typeof FailureCode>

/** Why a task failed: `message` says what and where, `fix` how to mend it. */
export const Failure = z.object({ code: FailureCode, message: z.string(), fix: z.string().optional() })
export type Failure = z.infer<typeof Failure>

export const Usage = z.object({
  inputTokens: z.number(),
  outputTokens: z.number(),
  cachedTokens: z.number().optional(),
})
export type Usage = z.infer<typeof Usage>

/** Something the user points at with a prompt: a file, or lines of it (1-based, inclusive). Path relative to the workspace. */
export const Reference = z.object({
  path: z.string(),
  startLine: z.number().optional(),
  endLine: z.number().optional(),
  text: z.string().max(200_000).optional(),
})
export type Reference = z.infer<typeof Reference>

export const Task = z.object({
  id: z.string(),
  prompt: z.string(),
  references: z.array(Reference).optional(),
  state: TaskState,
  submittedAt: z.number(),
  startedAt: z.number().optional(),
  endedAt: z.number().optional(),
  steps: z.number(),
  failure: Failure.optional(),
})
export type Task = z.infer<typeof Task>

const TaskRef = z.object({ session: z.string(), task: z.string() })

export const taskMethods = {
  /** Queues a task. Answered once the event is on disk. */
  'task/submit': method(
    z.object({
      session: z.string(),
      prompt: z.string().min(1).max(400_000),
      references: z
        .array(Reference)
        .max(100)
        .refine((references) => references.reduce((sum, { text }) => sum + (text?.length ?? 0), 0) <= 1_000_000, {
          message: 'The texts are over a million characters together. Point at files instead.',
        })
        .optional(),
      /** A client-made id that makes a repeated submit harmless: the same id answers with the same task. */
      submission: z.string().max(100).optional(),
    }),
    z.object({ task: z.string() }),
  ),
  /** Cancels a queued, running or waiting task; the running process tree dies. Answered when that is so. */
  'task/cancel': method(TaskRef, z.object({ state: TaskState })),
  /** Goes on with a failed or interrupted task where its log ends. */
  'task/resume': method(TaskRef, z.object({})),
  /** Submits the same prompt as a new task; `submission` as for `task/submit`. */
  'task/retry': method(TaskRef.extend({ submission: z.string().max(100).optional() }), z.object({ task: z.string() })),
}
