import type { Action, Approval, Decision, Outcome } from '#protocol/approval.ts'
import type { Evidence, ToolOutcome } from '#protocol/event.ts'
import type { ConnectionDecision } from '#protocol/network.ts'
import type { Mode } from '#protocol/policy.ts'
import type { Failure, Reference } from '#protocol/task.ts'

/** One entry of the conversation as it is drawn. Never changed in place: an entry that is the same object looks the same. */
export type Item =
  | PromptItem
  | TextItem
  | ToolItem
  | ApprovalItem
  | ChangesItem
  | MovedItem
  | RewoundItem
  | ModeItem
  | HostItem
  | RetryItem
  | EndItem

export interface PromptItem {
  readonly type: 'prompt'
  readonly key: string
  readonly seq: number
  readonly task: string
  readonly prompt: string
  readonly references: readonly Reference[]
  readonly model: string
  readonly resumed: boolean
  /** The layer as it stood before the task. */
  readonly checkpoint?: string
}

/** What the model says, or thinks. `live`: it is still speaking. */
export interface TextItem {
  readonly type: 'reply' | 'reasoning'
  readonly key: string
  /** Of the event that ended it; 0 while live. */
  readonly seq: number
  readonly task: string
  readonly step: number
  readonly text: string
  readonly live: boolean
}

export type ToolState = 'proposed' | 'asking' | 'running' | ToolOutcome

export interface ToolItem {
  readonly type: 'tool'
  readonly key: string
  readonly seq: number
  readonly task: string
  readonly step: number
  readonly call: string
  readonly tool: string
  /** As the model sent them; '' where the page of the log does not tell. */
  readonly arguments: string
  readonly state: ToolState
  readonly action?: Action
  readonly decision?: Decision
  readonly output?: string
  readonly summary?: string
  readonly durationMs?: number
  readonly evidence?: Evidence
  /** Output as it comes while the call runs: its last part, and how much there was in all. */
  readonly live?: { readonly tail: string; readonly total: number }
}

export interface ApprovalItem {
  readonly type: 'approval'
  readonly key: string
  readonly approval: Approval
  /** Of the call that it is about, as the model sent them. */
  readonly arguments?: string
  /** `withdrawn`: the task ended before anybody answered. */
  readonly answer?: { readonly outcome: Outcome; readonly by: string } | 'withdrawn'
}

export interface ChangesItem {
  readonly type: 'changes'
  readonly key: string
  readonly files: number
  readonly additions: number
  readonly deletions: number
  readonly paths: readonly string[]
  /** The layer as it stands with them. */
  readonly checkpoint?: string
}

/** Changes that were kept or discarded in a row by the same hand. */
export interface MovedItem {
  readonly type: 'moved'
  readonly key: string
  readonly verb: 'kept' | 'discarded'
  readonly by: string
  /** The first of them, each with its number of hunks where not the whole file was meant. */
  readonly paths: readonly { readonly path: string; readonly hunks?: number }[]
  readonly count: number
}

/** The layer was made what it was at a checkpoint. */
export interface RewoundItem {
  readonly type: 'rewound'
  readonly key: string
  readonly files: number
  readonly by: string
}

/** Another mode holds from here on. */
export interface ModeItem {
  readonly type: 'mode'
  readonly key: string
  readonly mode: Mode
  readonly by: string
}

/** A program wanted to reach a host. */
export interface HostItem {
  readonly type: 'host'
  readonly key: string
  readonly call?: string
  readonly command?: string
  readonly decision: ConnectionDecision
  readonly times: number
}

export interface RetryItem {
  readonly type: 'retry'
  readonly key: string
  readonly task: string
  readonly step: number
  readonly attempt: number
  readonly reason: Failure
  readonly delayMs: number
}

export interface EndItem {
  readonly type: 'end'
  readonly key: string
  readonly task: string
  readonly end: 'completed' | 'failed' | 'cancelled'
  readonly failure?: Failure
  readonly by?: string
  readonly facts: TaskFacts
}

/** What the loaded part of the log tells of a task. `whole` where its beginning is in it. */
export interface TaskFacts {
  readonly startedAt: number
  readonly endedAt: number
  readonly steps: number
  readonly tokens: number
  readonly whole: boolean
}
