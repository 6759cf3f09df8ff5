import type { EventOf } from '#protocol/event.ts'
import type { Failure, Usage } from '#protocol/task.ts'
import { abortable, pause } from './abortable.ts'
import type { Message, Model, ModelReply, ModelRequest } from './model.ts'
import { TaskFailure } from './taskFailure.ts'

const maxAttempts = 4
const firstDelayMs = 500
const maxDelayMs = 8000
const maxRetryAfterMs = 60_000

export interface AskParams {
  readonly model: Model
  readonly request: ModelRequest
  readonly task: string
  readonly step: number
  readonly emit: (event: EventOf<'modelRetried'>) => void
  readonly live: (part: 'reply' | 'reasoning', text: string) => void
  readonly signal: AbortSignal
}

export type Reply = Extract<ModelReply, { type: 'reply' }>

/**
 * One reply that says something or asks for something. What may pass is tried again, each time announced; an empty reply
 * is answered with a nudge, once. Throws `TaskFailure` where the model gives nothing, and the signal's reason.
 */
export async function askModel(params: AskParams): Promise<Reply> {
  let request = params.request
  let nudged = false
  let spent: Usage | undefined
  for (let attempt = 1; ; attempt++) {
    const reply = await attemptReply(params, request)
    if (reply.type === 'failure') {
      if (!reply.retry || attempt >= maxAttempts) throw new TaskFailure(reply.failure)
      await announce(params, attempt, reply.failure, delayBefore(attempt, reply.retryAfterMs))
      continue
    }
    spent = added(spent, reply.usage)
    if (reply.text.trim() !== '' || reply.calls.length > 0) return spent ? { ...reply, usage: spent } : reply
    if (nudged || attempt >= maxAttempts) throw new TaskFailure(emptyReply)
    nudged = true
    request = { ...request, messages: [...request.messages, nudge] }
    await announce(params, attempt, emptyReply, 0)
  }
}

const nudge: Message = { role: 'user', text: '[Your reply was empty. Go on with the task, or say that it is done.]' }
const emptyReply: Failure = {
  code: 'modelReplyInvalid',
  message: 'The model sent an empty reply.',
  fix: 'Resume the task, or choose another model.',
}

async function attemptReply({ model, live, signal }: AskParams, request: ModelRequest): Promise<ModelReply> {
  let listening = true
  const onText: AskParams['live'] = (part, text) => {
    if (listening && text) live(part, text)
  }
  try {
    return await abortable(model.reply(request, { signal, onText }), signal)
  } finally {
    listening = false
  }
}

async function announce({ task, step, emit, signal }: AskParams, attempt: number, reason: Failure, delayMs: number) {
  emit({ type: 'modelRetried', task, step, attempt, reason, delayMs })
  if (delayMs > 0) await pause(delayMs, signal)
}

function delayBefore(attempt: number, retryAfterMs: number | undefined): number {
  if (retryAfterMs !== undefined) return Math.min(maxRetryAfterMs, Math.max(0, Math.round(retryAfterMs)))
  const jitter = 0.75 + Math.random() / 2
  return Math.round(Math.min(maxDelayMs, firstDelayMs * 2 ** (attempt - 1) * jitter))
}

function added(sum: Usage | undefined, usage: Usage | undefined): Usage | undefined {
  if (!sum || !usage) return usage ?? sum
  const cached = (sum.cachedTokens ?? 0) + (usage.cachedTokens ?? 0)
  return {
    inputTokens: sum.inputTokens + usage.inputTokens,
    outputTokens: sum.outputTokens + usage.outputTokens,
    ...(cached > 0 && { cachedTokens: cached }),
  }
}
