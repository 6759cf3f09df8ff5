import type { Action } from '#protocol/approval.ts'
import type { Evidence } from '#protocol/event.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import type { BackgroundProcesses } from './background.ts'
import type { ToolSpec } from './model.ts'

/** One thing that the agent can do. */
export interface Tool {
  readonly spec: ToolSpec
  /** Checks the arguments and says what the call would do, as facts. Pure: touches nothing. */
  plan(args: unknown, context: PlanContext): ToolPlan
}

export interface PlanContext {
  /** The workspace's absolute path, the same inside the sandbox. */
  readonly root: string
}

export type ToolPlan =
  | {
      readonly type: 'planned'
      readonly action: Action
      /** What the model says the call is for; shown as its claim. */
      readonly claim?: string
      /** Does just what `action` says. Rejects only with `SandboxGone` or the signal's reason. */
      run(context: ToolContext): Promise<ToolResult>
    }
  /** The arguments do not fit; `message` tells the model which and why. */
  | { readonly type: 'invalid'; readonly message: string }

export interface ToolContext {
  readonly sandbox: Sandbox
  readonly signal: AbortSignal
  /** Output for a person to watch, as it comes. */
  readonly onOutput: (text: string) => void
  /** What the session's agent left running. */
  readonly background: BackgroundProcesses
  /** What its commands are called when they reach for the network. */
  readonly tag: string
  /** A person is being asked about a host for it. */
  readonly waits: () => boolean
  /** To be awaited before a file is written: `bytes` is what is there now (null: nothing). */
  readonly beforeWrite: (path: string, bytes: Uint8Array | null, mode: number) => Promise<void>
}

export interface ToolResult {
  readonly outcome: 'ok' | 'error'
  /** For the model: bounded, with a visible marker where something was left out. */
  readonly output: string
  /** One line for a person. */
  readonly summary: string
  readonly evidence?: Evidence
}
