import * as z from 'zod'
import { method } from './method.ts'

/** The protocol numbers that this build speaks. Raise `max` for additions that an older side may ignore, `min` for breaks. */
export const protocolRange = { min: 1, max: 1 }

/** What a client may do: `view` lists, reads and subscribes, and nothing else. */
export const Role = z.enum(['full', 'view'])
export type Role = z.infer<typeof Role>

/**
 * The file that a client finds the daemon by: `endpoint.json` in the data folder, mode 0600, written aside and renamed.
 * `socket` is a Unix socket's path, or a named pipe's on Windows. `viewToken` is for handing on: whoever greets with it
 * has the role `view`, whatever is asked for.
 */
export const Endpoint = z.object({
  socket: z.string(),
  token: z.string(),
  viewToken: z.string(),
  pid: z.number(),
  build: z.string(),
})
export type Endpoint = z.infer<typeof Endpoint>

export const daemonMethods = {
  /** The first request on every connection. With `channel: 'skills'` the connection speaks LSP from the answer on. */
  'daemon/hello': method(
    z.object({
      token: z.string(),
      client: z.object({ name: z.string().max(100), version: z.string().max(100) }),
      protocol: z.object({ min: z.number(), max: z.number() }),
      build: z.string().max(100),
      channel: z.enum(['control', 'skills']).optional(),
      /** Less than the token would give; `full` where absent. */
      role: Role.optional(),
    }),
    z.object({ protocol: z.number(), build: z.string(), pid: z.number(), role: Role }),
  ),
  'daemon/status': method(
    z.object({}),
    z.object({
      pid: z.number(),
      build: z.string(),
      startedAt: z.number(),
      connections: z.number(),
      sessions: z.number(),
      runningTasks: z.number(),
      openSandboxes: z.number(),
      memoryBytes: z.number(),
      dataFolder: z.string(),
      logFile: z.string(),
    }),
  ),
  /** With `whenIdle` it goes when no task runs and waits for that; without, running tasks are interrupted (and can be resumed). */
  'daemon/shutdown': method(z.object({ whenIdle: z.boolean() }), z.object({ pending: z.boolean() })),
}
