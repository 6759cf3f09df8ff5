import type { ToolCall } from '#protocol/event.ts'
import type { Usage } from '#protocol/task.ts'
import type { ModelReply, ReplyOptions } from '../model.ts'
import { ReplyRefused } from './openaiFailure.ts'

const maxText = 2 * 1024 * 1024
const maxArguments = 1024 * 1024
const maxCalls = 128

interface PartialCall {
  readonly index: number
  id: string
  tool: string
  arguments: string
}

/**
 * Puts a reply together from its chunks. Providers differ in what they leave out, repeat, or number; nothing but the
 * bounds is taken for granted, and arguments are joined, never mended.
 */
export class ReplyAssembly {
  readonly #onText: ReplyOptions['onText']
  #text = ''
  #reasoning = ''
  readonly #calls: PartialCall[] = []
  #argumentLength = 0
  #finish: string | undefined
  #usage: Usage | undefined

  constructor(onText: ReplyOptions['onText']) {
    this.#onText = onText
  }

  /** The provider has said why it stopped. */
  get isFinished(): boolean {
    return this.#finish !== undefined
  }

  take(chunk: unknown): void {
    const { usage, choices } = fields(chunk)
    this.#usage = usageOf(usage) ?? this.#usage
    if (!Array.isArray(choices) || choices.length === 0) return
    const { delta, finish_reason } = fields(choices[0])
    const { content, refusal, reasoning_content, reasoning, tool_calls } = fields(delta)
    this.#reasoning += this.#say('reasoning', textOf(reasoning_content) || textOf(reasoning))
    this.#text += this.#say('reply', textOf(content) + textOf(refusal))
    if (this.#text.length + this.#reasoning.length > maxText) throw new ReplyRefused('its text is longer than 2 MB')
    if (Array.isArray(tool_calls)) for (const call of tool_calls) this.#takeCall(fields(call))
    if (typeof finish_reason === 'string' && finish_reason !== '') this.#finish = finish_reason
  }

  end(name: string): ModelReply {
    if (this.#finish === undefined) return cutReply(name)
    const refusal = refusals[this.#finish]
    if (refusal) return refusal(name)
    const calls = this.#calls.toSorted((a, b) => a.index - b.index).map(({ index: _, ...call }): ToolCall => call)
    const finish = this.#finish === 'length' ? 'length' : calls.length > 0 ? 'calls' : 'stop'
    return {
      type: 'reply',
      text: this.#text,
      calls,
      finish,
      ...(this.#reasoning && { reasoning: this.#reasoning }),
      ...(this.#usage && { usage: this.#usage }),
    }
  }

  #say(part: 'reply' | 'reasoning', text: string): string {
    if (text !== '') this.#onText(part, text)
    return text
  }

  #takeCall(delta: Fields): void {
    const { name, arguments: args } = fields(delta['function'])
    const id = idOf(delta['id'])
    const call = this.#callFor(delta['index'], id, textOf(name))
    call.id ||= id
    call.tool ||= textOf(name)
    // Some servers send the arguments as an object, whole.
    const piece = typeof args === 'object' && args !== null ? JSON.stringify(args) : textOf(args)
    call.arguments += piece
    this.#argumentLength += piece.length
    if (this.#argumentLength > maxArguments) throw new ReplyRefused('its tool calls are longer than 1 MB')
  }

  /** The call that a delta belongs to: by index, or by id where there is none, or else the last one. */
  #callFor(index: unknown, id: string, name: string): PartialCall {
    const known =
      typeof index === 'number'
        ? this.#calls.findLast((call) => call.index === index)
        : id !== ''
          ? this.#calls.find((call) => call.id === id)
          : name === ''
            ? this.#calls.at(-1)
            : undefined
    // Servers that number every call 0 begin a new one with an id and a name of its own.
    const begins = known && id !== '' && known.id !== '' && id !== known.id && name !== ''
    if (known && !begins) return known
    if (this.#calls.length >= maxCalls) throw new ReplyRefused(`it asks for more than ${maxCalls} tool calls`)
    const number = typeof index === 'number' ? index : this.#calls.length
    const call: PartialCall = { index: number, id, tool: '', arguments: '' }
    this.#calls.push(call)
    return call
  }
}

type Fields = Record<string, unknown>

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function idOf(value: unknown): string {
  return typeof value === 'number' ? String(value) : textOf(value)
}

function usageOf(value: unknown): Usage | undefined {
  const { prompt_tokens, completion_tokens, prompt_tokens_details } = fields(value)
  if (typeof prompt_tokens !== 'number' || typeof completion_tokens !== 'number') return undefined
  const { cached_tokens } = fields(prompt_tokens_details)
  return {
    inputTokens: prompt_tokens,
    outputTokens: completion_tokens,
    ...(typeof cached_tokens === 'number' && { cachedTokens: cached_tokens }),
  }
}

function cutReply(name: string): ModelReply {
  const message = `${name} ended its reply in the middle.`
  return { type: 'failure', failure: { code: 'modelUnreachable', message, fix: 'Resume the task.' }, retry: true }
}

/** Reasons to stop that are no reply. */
const refusals: Record<string, (name: string) => ModelReply> = {
  content_filter: (name) => ({
    type: 'failure',
    failure: {
      code: 'modelError',
      message: `The content filter of ${name} stopped the reply.`,
      fix: 'Put the task in other words.',
    },
    retry: false,
  }),
  error: (name) => ({
    type: 'failure',
    failure: { code: 'modelError', message: `${name} failed in the middle of its reply.`, fix: 'Resume the task.' },
    retry: true,
  }),
}
