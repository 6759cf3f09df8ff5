import type { Action, Decision } from '#protocol/approval.ts'
import type { GuardSummary } from '#protocol/guard.ts'
import type { Failure } from '#protocol/task.ts'

/** Everything a call must pass before it runs: policy, and where that says ask, a person. */
export interface Gate {
  /** Settles when the call may run or may not. Emits `approvalAsked` / `approvalAnswered` itself. */
  pass(call: GateCall, signal: AbortSignal): Promise<GateResult>
  /**
   * The last look, once all else is ready: whether what `pass` allowed may still begin. The files that its answer is bound to
   * are read again; then, last of all, mode and rules are asked. Where it answers true, begin in the same turn: nothing that
   * the daemon is told comes in between. Where it answers false, `pass` decides anew.
   *
   * What it cannot see: a program that already runs in the sandbox may replace a file between this read and the moment in
   * which the new program reads it (a script that a shell follows: until its last line), and files that the guard did not
   * see are bound to nothing.
   */
  stillAllows(call: GateCall, allowed: Allowed): Promise<boolean>
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

export type GateResult = Allowed | Denied

export interface Allowed {
  readonly type: 'allowed'
  readonly decision: Decision
  readonly guard?: GuardSummary
  /** The answer that allowed it, where somebody was asked. */
  readonly approval?: string
  /** It can destroy or give away what cannot be had back: the layer is remembered before it runs. */
  readonly remember?: boolean
  /** What a person wrote instead of the call's own: the call is planned anew from these, and runs without another question. */
  readonly arguments?: string
}

export interface Denied {
  readonly type: 'denied'
  readonly decision: Decision
  /** What is denied, where that is what a person wrote instead of the call's own. */
  readonly action?: Action
  readonly guard?: GuardSummary
  /** What the model is told. */
  readonly guidance: string
  /** The task ends there. */
  readonly ends?: Failure
}
