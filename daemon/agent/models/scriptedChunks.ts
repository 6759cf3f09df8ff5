import { randomUUID } from 'node:crypto'
import type { ScriptedReply } from './scripted.ts'

/** A scripted reply as the events of a Chat Completions stream: text by words, arguments in pieces, usage last. */
export function* scriptedChunks(
  reply: Extract<ScriptedReply, { type: 'reply' }>,
  model: string,
  promptTokens: number,
): Generator<object> {
  const { text = '', reasoning = '', calls = [] } = reply
  const id = `chatcmpl-${randomUUID()}`
  const chunk = (delta: object, finish_reason: string | null = null) => ({
    id,
    object: 'chat.completion.chunk',
    model,
    choices: [{ index: 0, delta, finish_reason }],
  })
  let tokens = 0
  yield chunk({ role: 'assistant', content: '' })
  for (const piece of words(reasoning)) {
    tokens++
    yield chunk({ reasoning_content: piece })
  }
  for (const piece of words(text)) {
    tokens++
    yield chunk({ content: piece })
  }
  for (const [index, call] of calls.entries()) {
    const name = call.tool
    const start = {
      index,
      id: call.id ?? `call_${randomUUID().slice(0, 8)}`,
      type: 'function',
      function: { name, arguments: '' },
    }
    yield chunk({ tool_calls: [start] })
    const args = typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments)
    for (const piece of args.match(/.{1,24}/gsu) ?? []) {
      tokens++
      yield chunk({ tool_calls: [{ index, function: { arguments: piece } }] })
    }
  }
  yield chunk({}, reply.finish ?? (calls.length > 0 ? 'tool_calls' : 'stop'))
  const usage = { prompt_tokens: promptTokens, completion_tokens: tokens, total_tokens: promptTokens + tokens }
  yield { id, object: 'chat.completion.chunk', model, choices: [], usage }
}

function words(text: string): string[] {
  return text.match(/\s*\S+\s*?|\s+/gu) ?? []
}
