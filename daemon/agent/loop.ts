import type { Action, Decision } from '#protocol/approval.ts'
import type { SessionEvent } from '#protocol/event.ts'
import type { Failure } from '#protocol/task.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import type { Message, Model } from './model.ts'
import type { Tool } from './tool.ts'

export interface LoopParams {
  readonly task: string
  readonly model: Model
  readonly tools: readonly Tool[]
  /** Opens (or answers the open) sandbox; called when the first tool needs it. Rejects with a ProtocolError. */
  readonly sandbox: () => Promise<Sandbox>
  readonly root: string
  readonly system: string
  /** The conversation so far, the task's prompt included; after an interruption also its finished steps. */
  readonly messages: readonly Message[]
  /** Steps that the task has already had. */
  readonly stepsDone: number
  /** Calls of the last step that have no result yet: what an interruption left. They are decided and run first. */
  readonly unfinished: readonly UnfinishedCall[]
  readonly gate: Gate
  readonly beforeWrite: (path: string, bytes: Uint8Array | null, mode: number) => Promise<void>
  /** Called after the calls of a step ran: the session looks at the layer here. */
  readonly afterStep: () => Promise<void>
  /** Stores an event before the loop goes on. Throws where the store cannot take it. */
  readonly emit: (event: SessionEvent) => void
  /** Text for those who watch; not stored. */
  readonly live: (step: number, part: string, text: string) => void
  readonly signal: AbortSignal
  readonly maxSteps?: number
}

export interface UnfinishedCall {
  readonly step: number
  readonly id: string
  readonly tool: string
  readonly arguments: string
  /** `asked`: it waits for its approval. `started`: it may have run; it is not run again. `new`: neither. */
  readonly progress: 'new' | 'asked' | 'started'
}

/** Everything a call must pass before it runs: policy, and where that says ask, a person. */
export interface Gate {
  /** Settles when the call may run or may not. Emits `approvalAsked` / `approvalAnswered` itself. */
  pass(call: GateCall, signal: AbortSignal): Promise<GateResult>
}

export interface GateCall {
  readonly task: string
  readonly step: number
  readonly call: string
  readonly tool: string
  readonly arguments: string
  readonly action: Action
  readonly claim?: string
}

export type GateResult =
  | { readonly type: 'allowed'; readonly decision: Decision }
  /** `guidance` is what the model is told. */
  | { readonly type: 'denied'; readonly decision: Decision; readonly guidance: string }

export type LoopEnd =
  | { readonly type: 'completed' }
  | { readonly type: 'failed'; readonly failure: Failure }
  | { readonly type: 'cancelled' }
