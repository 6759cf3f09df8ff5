import type { OpenAI } from 'openai'
import type { ToolCall } from '#protocol/event.ts'
import { givenId } from '../distinctCalls.ts'
import type { Message, ToolSpec } from '../model.ts'

type ChatMessage = OpenAI.ChatCompletionMessageParam
type ChatTool = OpenAI.ChatCompletionFunctionTool
type ChatCall = OpenAI.ChatCompletionMessageFunctionToolCall

/** A conversation as the chat API takes it; ids of calls are made to tell them apart. */
export function chatMessages(system: string, messages: readonly Message[]): ChatMessage[] {
  const ids = new GivenIds()
  return [{ role: 'system', content: system }, ...messages.map((message) => chatMessage(message, ids))]
}

export function chatTools(tools: readonly ToolSpec[]): ChatTool[] {
  return tools.map(({ name, description, parameters }) => ({
    type: 'function',
    function: { name, description, parameters },
  }))
}

/** The model's own ids where they tell the calls of this conversation apart, ours where they do not. */
class GivenIds {
  readonly #taken = new Set<string>()
  readonly #given = new Map<string, string>()

  ofCall(id: string): string {
    let given = givenId(id)
    for (let turn = 1; this.#taken.has(given); turn++) given = turn === 1 ? id : `${id}_${turn}`
    this.#taken.add(given)
    this.#given.set(id, given)
    return given
  }

  /** Of the result of the latest call with this id. */
  ofResult(id: string): string {
    return this.#given.get(id) ?? id
  }
}

function chatMessage(message: Message, ids: GivenIds): ChatMessage {
  if (message.role === 'user') return { role: 'user', content: message.text }
  if (message.role === 'tool')
    return { role: 'tool', tool_call_id: ids.ofResult(message.call), content: message.output }
  const { text, calls } = message
  if (calls.length === 0) return { role: 'assistant', content: text }
  return {
    role: 'assistant',
    content: text || null,
    tool_calls: calls.map((call) => chatCall(call, ids.ofCall(call.id))),
  }
}

/**
 * Servers refuse a whole conversation for one malformed call in its past. That call was not run; the model still sees
 * what it wrote, as a string inside of well-formed arguments.
 */
function chatCall({ tool, arguments: text }: ToolCall, id: string): ChatCall {
  const name = /^[\w-]{1,64}$/.test(tool) ? tool : 'unknown'
  const args = isObject(text) ? text : JSON.stringify({ malformed: text.slice(0, 2000) })
  return { id, type: 'function', function: { name, arguments: args } }
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
