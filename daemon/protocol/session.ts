import * as z from 'zod'
import { Approval } from './approval.ts'
import { LoggedEvent } from './event.ts'
import { method } from './method.ts'
import { Mode } from './policy.ts'
import { Task, Usage } from './task.ts'

/** A line in a list of sessions. `state` is that of its newest live task, `idle` where none is. */
export const SessionSummary = z.object({
  id: z.string(),
  folder: z.string(),
  title: z.string(),
  createdAt: z.number(),
  updatedAt: z.number(),
  state: z.enum(['idle', 'queued', 'running', 'waiting']),
  approvals: z.number(),
  changedFiles: z.number(),
  /** Its commands run on the machine itself: nothing fences them in. Only where the user asked for that. */
  unsandboxed: z.literal(true).optional(),
})
export type SessionSummary = z.infer<typeof SessionSummary>

export const ChangeTotals = z.object({
  revision: z.number(),
  files: z.number(),
  additions: z.number(),
  deletions: z.number(),
})
export type ChangeTotals = z.infer<typeof ChangeTotals>

/**
 * What `reduce` (sessionState.ts) makes of a session's events up to `seq`. Bounded: live tasks and the last 20 ended
 * ones, pending approvals only; the conversation itself is read page by page.
 */
export const SessionState = z.object({
  id: z.string(),
  folder: z.string(),
  title: z.string(),
  createdAt: z.number(),
  updatedAt: z.number(),
  /** As in the summary. */
  unsandboxed: z.literal(true).optional(),
  /** Absent is `auto`. */
  mode: Mode.optional(),
  seq: z.number(),
  tasks: z.array(Task),
  approvals: z.array(Approval),
  changes: ChangeTotals,
  usage: Usage,
  steps: z.number(),
})
export type SessionState = z.infer<typeof SessionState>

/** What is being said at this moment and not yet in the log: the reply under way and output of running calls. */
export const LiveText = z.object({
  task: z.string(),
  step: z.number(),
  /** `reply`, `reasoning`, or the id of the tool call whose output this is. */
  part: z.string(),
  text: z.string(),
})
export type LiveText = z.infer<typeof LiveText>

const Ref = z.object({ session: z.string() })

export const sessionMethods = {
  /**
   * `sandbox: 'none'`: without a sandbox, for good. Refused with `sandboxUnavailable` unless the workspace's settings have
   * `allowNone` (and nobody who manages the machine forbids it); also later, when they no longer have.
   */
  'session/create': method(
    z.object({
      folder: z.string().min(1),
      title: z.string().max(200).optional(),
      sandbox: z.literal('none').optional(),
      /** Absent: what the user's policy begins with. */
      mode: Mode.optional(),
    }),
    z.object({ session: SessionSummary }),
  ),
  /** Newest first. */
  'session/list': method(z.object({ folder: z.string().optional() }), z.object({ sessions: z.array(SessionSummary) })),
  'session/rename': method(Ref.extend({ title: z.string().min(1).max(200) }), z.object({})),
  /** Takes effect at once; what waits for an answer is decided anew. */
  'session/setMode': method(Ref.extend({ mode: Mode }), z.object({})),
  /** Drops the session's log and layer for good; refused while a task is live. */
  'session/delete': method(Ref, z.object({})),
  /**
   * From now on this client gets `session/events` and `session/live`. With `after`, the answer holds the events that
   * follow that number, or, where these would be more than 1,000, the newest page and `gap: true`; without, the newest page.
   */
  'session/subscribe': method(
    Ref.extend({ after: z.number().int().min(0).optional() }),
    z.object({
      state: SessionState,
      events: z.array(LoggedEvent),
      gap: z.boolean(),
      hasEarlier: z.boolean(),
      live: z.array(LiveText),
    }),
  ),
  'session/unsubscribe': method(Ref, z.object({})),
  /** The page that ends just before `before`. A page begins where a task or a step does, so it can be drawn alone. */
  'session/history': method(
    Ref.extend({ before: z.number().int().min(1), limit: z.number().int().min(1).max(1000).optional() }),
    z.object({ events: z.array(LoggedEvent), hasEarlier: z.boolean() }),
  ),
}

export const sessionNotifications = {
  /** New events in order; `events[0].seq` follows the last one this client got. */
  'session/events': z.object({ session: z.string(), events: z.array(LoggedEvent) }),
  /**
   * Live text grew: append `text` at `offset` (UTF-16 units) of that part. Not stored, and merged when the client is
   * slow. The logged event that ends the part (`modelReplied`, `toolFinished`) replaces it.
   */
  'session/live': z.object({
    session: z.string(),
    task: z.string(),
    step: z.number(),
    part: z.string(),
    offset: z.number(),
    text: z.string(),
  }),
  /** A session appeared or its summary changed. Sent to every greeted client, at most ten times a second each. */
  'session/changed': z.object({ session: SessionSummary }),
  /** Something went wrong that the log could not take, as when the disk is full. */
  'session/trouble': z.object({ session: z.string(), message: z.string() }),
  'session/deleted': z.object({ session: z.string() }),
}
