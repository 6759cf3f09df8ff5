import type { ToolCall } from '#protocol/event.ts'
import type { Failure, Usage } from '#protocol/task.ts'

/** One model of one provider. */
export interface Model {
  /** As told to the user: `gpt-5 at api.example.com`. */
  readonly name: string
  /** Never rejects, except with the signal's reason: trouble is a value. */
  reply(request: ModelRequest, options: ReplyOptions): Promise<ModelReply>
}

export interface ModelRequest {
  readonly system: string
  readonly messages: readonly Message[]
  readonly tools: readonly ToolSpec[]
}

export type Message =
  | { readonly role: 'user'; readonly text: string }
  | { readonly role: 'assistant'; readonly text: string; readonly calls: readonly ToolCall[] }
  | { readonly role: 'tool'; readonly call: string; readonly output: string }

export interface ToolSpec {
  readonly name: string
  readonly description: string
  /** JSON Schema of the arguments: an object. */
  readonly parameters: Readonly<Record<string, unknown>>
}

export interface ReplyOptions {
  readonly signal: AbortSignal
  readonly onText: (part: 'reply' | 'reasoning', text: string) => void
}

export type ModelReply =
  | {
      readonly type: 'reply'
      readonly text: string
      readonly reasoning?: string
      readonly calls: readonly ToolCall[]
      readonly usage?: Usage
      /** `length`: the reply was cut by the provider's limit. */
      readonly finish: 'stop' | 'calls' | 'length'
    }
  /** `retryAfterMs` as the provider asked, if it did. */
  | { readonly type: 'failure'; readonly failure: Failure; readonly retry: boolean; readonly retryAfterMs?: number }
