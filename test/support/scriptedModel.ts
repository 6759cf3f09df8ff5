import type { Model, ModelReply, ModelRequest, ReplyOptions } from '../../daemon/agent/model.ts'

type Answer = ModelReply | ((request: ModelRequest, options: ReplyOptions) => ModelReply | Promise<ModelReply>)

/** A model that gives these answers in turn, and remembers what it was asked. More questions than answers are a fault. */
export function scriptedModel(...answers: Answer[]): Model & { readonly requests: ModelRequest[] } {
  const requests: ModelRequest[] = []
  return {
    name: 'scripted',
    requests,
    async reply(request, options) {
      // The loop goes on adding to its conversation; this is what it was at this moment.
      requests.push({ ...request, messages: [...request.messages] })
      const answer = answers[requests.length - 1]
      if (!answer) throw new Error(`The scripted model has no answer number ${requests.length}.`)
      return typeof answer === 'function' ? answer(request, options) : answer
    },
  }
}

/** A reply that only says something. */
export function says(text: string): ModelReply {
  return { type: 'reply', text, calls: [], finish: 'stop' }
}

/** A reply that asks for calls: tool name and arguments, as an object or as raw text. Ids are a1, a2, … */
export function asks(...calls: [tool: string, args: object | string][]): ModelReply {
  return {
    type: 'reply',
    text: '',
    finish: 'calls',
    calls: calls.map(([tool, args], index) => ({
      id: `a${index + 1}`,
      tool,
      arguments: typeof args === 'string' ? args : JSON.stringify(args),
    })),
  }
}
