import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { scriptedChunks } from './scriptedChunks.ts'

/** What the provider was asked, as far as scripts look at it. */
export interface ScriptedRequest {
  /** From 1. */
  readonly number: number
  readonly model: string
  readonly messages: readonly ScriptedMessage[]
  readonly tools: readonly unknown[]
}

export interface ScriptedMessage {
  readonly role: string
  readonly content?: string | null
  readonly tool_calls?: readonly { id: string; function: { name: string; arguments: string } }[]
  readonly tool_call_id?: string
}

export interface ScriptedCall {
  readonly tool: string
  /** An object, or JSON text to be sent as it stands. */
  readonly arguments: object | string
  readonly id?: string
}

export type ScriptedReply =
  | {
      readonly type: 'reply'
      readonly text?: string
      readonly reasoning?: string
      readonly calls?: readonly ScriptedCall[]
      readonly finish?: string
      /** Between two chunks, in ms; default 0. */
      readonly paceMs?: number
    }
  /** Events with this data, strings as they stand; then the stream ends well, is cut, or never ends. */
  | { readonly type: 'raw'; readonly events: readonly unknown[]; readonly end: 'done' | 'cut' | 'hang' }
  | {
      readonly type: 'status'
      readonly status: number
      readonly body?: string
      readonly headers?: Readonly<Record<string, string>>
    }
  /** Takes the request and says nothing. */
  | { readonly type: 'hang' }

export type Script = (request: ScriptedRequest) => ScriptedReply | Promise<ScriptedReply>

export interface ScriptedProvider {
  readonly baseUrl: string
  readonly apiKey: string
  readonly model: string
  close(): Promise<void>
}

const maxBodyBytes = 64 * 1024 * 1024

/**
 * A model provider on this machine that answers by a script, over HTTP in the OpenAI streaming format. It listens on
 * 127.0.0.1 only and answers only who has its random key.
 */
export async function startScriptedProvider(script: Script, model = 'scripted'): Promise<ScriptedProvider> {
  const apiKey = randomBytes(24).toString('base64url')
  let number = 0
  const server = createServer((request, response) => {
    serve(request, response, { script, model, apiKey, next: () => ++number }).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    apiKey,
    model,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface Serving {
  readonly script: Script
  readonly model: string
  readonly apiKey: string
  readonly next: () => number
}

async function serve(request: IncomingMessage, response: ServerResponse, serving: Serving): Promise<void> {
  if (!isAuthorized(request, serving.apiKey)) return refuse(response, 401, 'The key is not the one of this provider.')
  const route = `${request.method} ${request.url}`
  if (route === 'GET /v1/models') {
    const data = [{ id: serving.model, object: 'model', created: 0, owned_by: 'paddock' }]
    return sendJson(response, 200, { object: 'list', data })
  }
  if (route !== 'POST /v1/chat/completions') return refuse(response, 404, `There is no ${route}.`)
  const body = await readBody(request)
  if (!body) return refuse(response, 400, 'The body is no JSON object, or too large.')
  const { messages, tools, model } = body
  if (!Array.isArray(messages)) return refuse(response, 400, 'messages is missing.')
  const reply = await serving.script({
    number: serving.next(),
    model: String(model),
    messages,
    tools: Array.isArray(tools) ? tools : [],
  })
  // As rough as it is for any text: four characters to a token.
  const promptTokens = Math.ceil(JSON.stringify(messages).length / 4)
  await send(response, reply, serving.model, promptTokens)
}

function isAuthorized(request: IncomingMessage, apiKey: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? '')
  const wanted = Buffer.from(`Bearer ${apiKey}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown> | undefined> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length
    if (size > maxBodyBytes) return undefined
    pieces.push(piece)
  }
  try {
    const body: unknown = JSON.parse(Buffer.concat(pieces).toString('utf8'))
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

async function send(
  response: ServerResponse,
  reply: ScriptedReply,
  model: string,
  promptTokens: number,
): Promise<void> {
  if (reply.type === 'hang') return
  if (reply.type === 'status') {
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers })
    response.end(reply.body ?? '')
    return
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  const events = reply.type === 'raw' ? reply.events : scriptedChunks(reply, model, promptTokens)
  const paceMs = reply.type === 'reply' ? (reply.paceMs ?? 0) : 0
  for (const event of events) {
    if (response.destroyed) return
    if (paceMs > 0) await pace(paceMs)
    const data = typeof event === 'string' ? event : JSON.stringify(event)
    if (!response.write(`data: ${data}\n\n`)) await drained(response)
  }
  if (reply.type === 'raw' && reply.end === 'hang') return
  // What was written still arrives; the end of the stream does not.
  if (reply.type === 'raw' && reply.end === 'cut') response.socket?.end()
  else response.end('data: [DONE]\n\n')
}

function pace(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      response.off('drain', settle).off('close', settle)
      resolve()
    }
    response.on('drain', settle).on('close', settle)
  })
}

function refuse(response: ServerResponse, status: number, message: string): void {
  sendJson(response, status, { error: { message, type: 'invalid_request_error' } })
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
