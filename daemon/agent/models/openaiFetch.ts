import { NotAStream, ProviderSilent, ReplyRefused } from './openaiFailure.ts'

interface Guard {
  /** So long the provider may send nothing at all. */
  readonly idleMs: number
  readonly sendKey: boolean
}

const maxReplyBytes = 64 * 1024 * 1024
const maxErrorBytes = 64 * 1024
/** After the last event, the rest of the stream is read for so long, so that its connection can serve the next request. */
const drainMs = 250

/**
 * The fetch that the provider's package sends with. It says no more than it must (no headers about this machine), follows
 * no redirect, bounds what comes back, and gives up when nothing comes.
 */
export function guardedFetch({ idleMs, sendKey }: Guard): typeof fetch {
  return async (input, init = {}) => {
    const silent = new AbortController()
    const timer = setTimeout(() => silent.abort(new ProviderSilent(idleMs)), idleMs)
    const signal = init.signal ? AbortSignal.any([init.signal, silent.signal]) : silent.signal
    const headers = plainHeaders(new Headers(init.headers), sendKey)
    try {
      const response = await fetch(input, { ...init, headers, signal, redirect: 'manual' })
      timer.refresh()
      if (response.ok) await refuseOther(response)
      return watched(response, timer)
    } catch (error) {
      clearTimeout(timer)
      throw error
    }
  }
}

function plainHeaders(given: Headers, sendKey: boolean): Headers {
  const headers = new Headers({ 'user-agent': 'paddock' })
  const kept = ['content-type', 'accept', ...(sendKey ? ['authorization'] : [])]
  for (const name of kept) {
    const value = given.get(name)
    if (value !== null) headers.set(name, value)
  }
  return headers
}

/** A page or a plain JSON answer where a stream of events was asked for. */
async function refuseOther(response: Response): Promise<void> {
  const type = response.headers.get('content-type') ?? ''
  if (!/^(text\/html|application\/json)\b/i.test(type)) return
  const start = await firstBytes(response, 2000)
  throw new NotAStream(type, start)
}

async function firstBytes(response: Response, limit: number): Promise<string> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes, { stream: true })
    if (text.length >= limit) break
  }
  return text.slice(0, limit)
}

function watched(response: Response, timer: NodeJS.Timeout): Response {
  const { status, statusText, headers, body, ok } = response
  if (!body) {
    clearTimeout(timer)
    return response
  }
  const reader = body.getReader()
  let room = ok ? maxReplyBytes : maxErrorBytes
  const bounded = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        timer.refresh()
        if (done) {
          clearTimeout(timer)
          controller.close()
          return
        }
        room -= value.length
        if (room < 0) throw new ReplyRefused('it never ends')
        controller.enqueue(value)
      } catch (error) {
        clearTimeout(timer)
        reader.cancel().catch(() => {})
        controller.error(error)
      }
    },
    async cancel() {
      clearTimeout(timer)
      await drain(reader)
    },
  })
  return new Response(bounded, { status, statusText, headers })
}

async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  const giveUp = setTimeout(() => reader.cancel().catch(() => {}), drainMs)
  try {
    while (!(await reader.read()).done);
  } catch {
    // The connection is gone; there is nothing left to free.
  }
  clearTimeout(giveUp)
}
