import * as z from 'zod'
import { method } from './method.ts'
import { SandboxKind } from './sandbox.ts'

/** Of output that a client has not acknowledged, so much is under way; the program then waits in its own writes. */
export const processWindowBytes = 1 << 20

export const ProcessEnd = z.discriminatedUnion('type', [
  z.object({ type: z.literal('exited'), code: z.number() }),
  z.object({ type: z.literal('signalled'), signal: z.string() }),
  /** The sandbox went, or the command never started. */
  z.object({ type: z.literal('lost'), why: z.string() }),
])
export type ProcessEnd = z.infer<typeof ProcessEnd>

const Ref = z.object({ process: z.string() })
const Size = z.object({ columns: z.int().min(1).max(1000), rows: z.int().min(1).max(1000) })
/** Bytes as base64. */
const Data = z.string().max(1_500_000)

/** Programs that a person runs in a session's sandbox. They belong to the connection that started them and end with it. */
export const processMethods = {
  'process/start': method(
    z.object({
      session: z.string(),
      /** A shell line, or a program and its arguments. Absent: the shell itself, as for a terminal. */
      command: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
      cwd: z.string().optional(),
      env: z.record(z.string(), z.string()).optional(),
      terminal: Size.optional(),
      /** Another kind of sandbox than the workspace's, for this session; refused while one of another kind is open. */
      kind: SandboxKind.optional(),
    }),
    z.object({ process: z.string() }),
  ),
  /** Answers when there is room for more. With `end`, nothing follows. */
  'process/write': method(Ref.extend({ data: Data, end: z.boolean().optional() }), z.object({})),
  'process/resize': method(Ref.extend(Size.shape), z.object({})),
  'process/kill': method(Ref.extend({ signal: z.string().optional() }), z.object({})),
  /** So many more bytes of output were taken. */
  'process/acknowledge': method(Ref.extend({ bytes: z.int().min(0) }), z.object({})),
}

export const processNotifications = {
  'process/output': z.object({ process: z.string(), stream: z.enum(['stdout', 'stderr']), data: z.string() }),
  /** The last word of a process: all its output came before. */
  'process/ended': z.object({ process: z.string(), end: ProcessEnd }),
}
