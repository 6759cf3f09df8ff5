import * as z from 'zod'
import { Action, Approval, Decision, Outcome } from './approval.ts'
import { GuardSummary } from './guard.ts'
import { ConnectionDecision } from './network.ts'
import { Mode } from './policy.ts'
import { SandboxRunner } from './sandbox.ts'
import { Failure, Reference, Usage } from './task.ts'

export const ToolCall = z.object({
  id: z.string(),
  tool: z.string(),
  /** The arguments exactly as the model sent them: JSON text, perhaps malformed. */
  arguments: z.string(),
})
export type ToolCall = z.infer<typeof ToolCall>

/** What the sandbox did for a call: asked for, in force, and by what. Part of every tool result that ran there. */
export const Evidence = z.object({
  kind: z.string(),
  /** Where more than one can run the kind. */
  runner: SandboxRunner.optional(),
  requested: z.object({ network: z.boolean() }),
  effective: z.object({ network: z.boolean() }),
  active: z.boolean(),
  /** Limits that were run into. */
  limitsHit: z.array(z.string()).optional(),
})
export type Evidence = z.infer<typeof Evidence>

export const ToolOutcome = z.enum(['ok', 'error', 'denied', 'cancelled', 'interrupted'])
export type ToolOutcome = z.infer<typeof ToolOutcome>

/** Facts of a session, in the past tense, numbered from 1 without gaps. The log is append-only. */
export const SessionEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('sessionCreated'),
    folder: z.string(),
    title: z.string(),
    /** Only where the user asked for a session without a sandbox. */
    sandbox: z.literal('none').optional(),
    by: z.string().optional(),
  }),
  z.object({ type: z.literal('sessionRenamed'), title: z.string() }),
  /** How the session treats what no rule decides, from here on. */
  z.object({ type: z.literal('modeChanged'), mode: Mode, by: z.string() }),
  z.object({
    type: z.literal('taskSubmitted'),
    task: z.string(),
    prompt: z.string(),
    references: z.array(Reference).optional(),
    submission: z.string().optional(),
  }),
  /** Carries the prompt again, so that a page of the log that begins here can be drawn alone. */
  z.object({
    type: z.literal('taskStarted'),
    task: z.string(),
    prompt: z.string(),
    references: z.array(Reference).optional(),
    model: z.string(),
    resumed: z.boolean(),
  }),
  z.object({ type: z.literal('stepStarted'), task: z.string(), step: z.number() }),
  z.object({
    type: z.literal('modelRetried'),
    task: z.string(),
    step: z.number(),
    attempt: z.number(),
    reason: Failure,
    delayMs: z.number(),
  }),
  z.object({
    type: z.literal('modelReplied'),
    task: z.string(),
    step: z.number(),
    text: z.string(),
    reasoning: z.string().optional(),
    calls: z.array(ToolCall),
    usage: Usage.optional(),
    /** The provider's length limit ended the reply too early. */
    cut: z.boolean().optional(),
  }),
  z.object({
    type: z.literal('toolStarted'),
    task: z.string(),
    step: z.number(),
    call: z.string(),
    tool: z.string(),
    action: Action,
    decision: Decision,
    guard: GuardSummary.optional(),
    /** The kind of the sandbox that it runs in. */
    sandbox: z.string().optional(),
  }),
  z.object({
    type: z.literal('toolFinished'),
    task: z.string(),
    step: z.number(),
    call: z.string(),
    outcome: ToolOutcome,
    /** What the model is told: bounded, with a visible marker where it was cut. */
    output: z.string(),
    /** One line for a person: "exit 1 in 0.2 s", "42 lines". */
    summary: z.string(),
    durationMs: z.number(),
    evidence: Evidence.optional(),
    /** What decided, where the call did not run for it, and what the call would have been. */
    decision: Decision.optional(),
    tool: z.string().optional(),
    action: Action.optional(),
    guard: GuardSummary.optional(),
  }),
  z.object({ type: z.literal('approvalAsked'), approval: Approval }),
  z.object({
    type: z.literal('approvalAnswered'),
    approval: z.string(),
    task: z.string(),
    outcome: Outcome,
    /** Who: a client's name, or what answered in nobody's place: `policy` (rules or mode changed), `timeout`, `cancel`. */
    by: z.string(),
  }),
  /** A program wanted out: the first time that its command, this host and this verdict met. `times` where it is told again at the command's end. */
  z.object({
    type: z.literal('connectionDecided'),
    task: z.string().optional(),
    /** The tool call that it belongs to, where that is known, and its command line, shortened. */
    call: z.string().optional(),
    command: z.string().optional(),
    decision: ConnectionDecision,
    times: z.number().optional(),
  }),
  /** The layer as it stood after this step (0: before the first one) can be gone back to. */
  z.object({ type: z.literal('checkpointMade'), checkpoint: z.string(), task: z.string(), step: z.number() }),
  z.object({ type: z.literal('layerRewound'), checkpoint: z.string(), files: z.number(), by: z.string() }),
  /** The layer differs from the workspace in `files` files; said after each step that changed that. */
  z.object({
    type: z.literal('changesChanged'),
    revision: z.number(),
    files: z.number(),
    additions: z.number(),
    deletions: z.number(),
    /** What looks different in the list since the last such event, at most 50 of them; none after a keep or discard. */
    paths: z.array(z.string()),
  }),
  z.object({
    type: z.literal('changeKept'),
    path: z.string(),
    hunks: z.number().optional(),
    /** What it makes run later, where somebody consented to that. */
    consent: z.string().optional(),
    by: z.string(),
  }),
  z.object({ type: z.literal('changeDiscarded'), path: z.string(), hunks: z.number().optional(), by: z.string() }),
  z.object({ type: z.literal('taskCompleted'), task: z.string() }),
  z.object({ type: z.literal('taskFailed'), task: z.string(), failure: Failure }),
  z.object({ type: z.literal('taskCancelled'), task: z.string(), by: z.string() }),
])
export type SessionEvent = z.infer<typeof SessionEvent>
export type SessionEventType = SessionEvent['type']
export type EventOf<T extends SessionEventType> = Extract<SessionEvent, { type: T }>

/** An event as the log holds it: `seq` from 1, `at` in milliseconds since 1970. */
export const LoggedEvent = z.object({ seq: z.number(), at: z.number(), event: SessionEvent })
export type LoggedEvent = z.infer<typeof LoggedEvent>
