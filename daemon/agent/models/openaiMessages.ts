import type { OpenAI } from 'openai'
import type { ToolCall } from '#protocol/event.ts'
import type { Message, ToolSpec } from '../model.ts'

type ChatMessage = OpenAI.ChatCompletionMessageParam
type ChatTool = OpenAI.ChatCompletionFunctionTool
type ChatCall = OpenAI.ChatCompletionMessageFunctionToolCall

export function chatMessages(system: string, messages: readonly Message[]): ChatMessage[] {
  return [{ role: 'system', content: system }, ...messages.map(chatMessage)]
}

export function chatTools(tools: readonly ToolSpec[]): ChatTool[] {
  return tools.map(({ name, description, parameters }) => ({
    type: 'function',
    function: { name, description, parameters },
  }))
}

function chatMessage(message: Message): ChatMessage {
  if (message.role === 'user') return { role: 'user', content: message.text }
  if (message.role === 'tool') return { role: 'tool', tool_call_id: message.call, content: message.output }
  const { text, calls } = message
  if (calls.length === 0) return { role: 'assistant', content: text }
  return { role: 'assistant', content: text || null, tool_calls: calls.map(chatCall) }
}

/**
 * Servers refuse a whole conversation for one malformed call in its past. That call was not run; the model still sees
 * what it wrote, as a string inside of well-formed arguments.
 */
function chatCall({ id, tool, arguments: text }: ToolCall): ChatCall {
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
