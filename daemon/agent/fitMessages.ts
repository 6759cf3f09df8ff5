import { isGoOn } from './goOn.ts'
import type { Message } from './model.ts'

/** Beyond this many characters a conversation is made to fit `trimmedTo`, so that it is not cut anew at every step. */
export const conversationLimit = 400_000
const trimmedTo = 300_000
const shortOutput = 200

const left = '[Earlier steps of this session are left out here to save room.]'
const outputLeft = (length: number) =>
  `[${length.toLocaleString('en')} characters of output left out here to save room.]`

/** Roughly how much room a message takes, in characters. */
export function messageSize(message: Message): number {
  if (message.role === 'tool') return message.output.length + 20
  if (message.role === 'user') return message.text.length + 20
  return message.calls.reduce((size, call) => size + call.tool.length + call.arguments.length + 40, message.text.length)
}

/**
 * The same conversation within the limit: the oldest tool outputs make way for a marker, then whole oldest steps and
 * prompts do, with one marker for all. The last prompt and the last step stay; of the latter, outputs may be cut.
 */
export function fitMessages(messages: readonly Message[], limit = conversationLimit, target = trimmedTo): Message[] {
  let size = messages.reduce((sum, message) => sum + messageSize(message), 0)
  if (size <= limit) return [...messages]
  const kept: (Message | undefined)[] = messages.filter((message) => !isMarker(message))
  const lastPrompt = kept.findLastIndex((message) => message?.role === 'user' && !isGoOn(message))
  const lastStep = lastAssistant(kept)

  const shorten = (from: number, to: number) => {
    for (let index = from; index < to && size > target; index++) {
      const message = kept[index]
      if (message?.role !== 'tool' || message.output.length <= shortOutput) continue
      const output = outputLeft(message.output.length)
      size -= message.output.length - output.length
      kept[index] = { ...message, output }
    }
  }
  shorten(0, lastStep)
  let dropped = kept.length < messages.length
  for (let index = 0; index < lastStep && size > target; ) {
    const end = endOfGroup(kept, index)
    if (index !== lastPrompt) {
      for (let at = index; at < end; at++) {
        const message = kept[at]
        if (message) size -= messageSize(message)
        kept[at] = undefined
      }
      dropped = true
    }
    index = end
  }
  shorten(lastStep, kept.length - 1)
  const fitting = kept.filter((message) => message !== undefined)
  return dropped ? [{ role: 'user', text: left }, ...fitting] : fitting
}

function isMarker(message: Message): boolean {
  return message.role === 'user' && message.text === left
}

function lastAssistant(messages: readonly (Message | undefined)[]): number {
  const index = messages.findLastIndex((message) => message?.role === 'assistant')
  return index < 0 ? messages.length : index
}

/** An assistant's message and the results of its calls go together. */
function endOfGroup(messages: readonly (Message | undefined)[], start: number): number {
  let end = start + 1
  while (end < messages.length && messages[end]?.role === 'tool') end++
  return end
}
