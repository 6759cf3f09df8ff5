import type { Failure } from '#protocol/task.ts'
import type { ModelReply } from '../model.ts'
import { host } from './endpoint.ts'

/** The provider sent nothing for too long. */
export class ProviderSilent extends Error {
  constructor(ms: number) {
    super(`sent nothing for ${Math.round(ms / 1000)} s`)
  }
}

/** What came is beyond the bounds of a reply. */
export class ReplyRefused extends Error {}

/** Something other than a stream of events came. */
export class NotAStream extends Error {
  constructor(type: string, start: string) {
    super(`answered with ${type.split(';')[0]} where a stream of events was asked for: ${start}`)
  }
}

export interface Endpoint {
  readonly baseUrl: string
  readonly model: string
  readonly apiKey?: string | undefined
}

type FailedReply = Extract<ModelReply, { type: 'failure' }>

/** What the provider's trouble means for the task. The key is in no word of it. */
export function failureOfProvider(error: unknown, endpoint: Endpoint): FailedReply {
  const named = namedCause(error)
  if (named) return named(endpoint)
  const { status, headers, code } = facts(error)
  if (status !== undefined) return byStatus(status, error, endpoint)
  if (error instanceof SyntaxError) {
    return failed(endpoint, 'modelReplyInvalid', 'sent something that is no event of a reply', resume, true)
  }
  // An error within the stream came over a connection that works.
  if (headers) return failed(endpoint, 'modelError', `failed: ${told(error, endpoint)}`, resume, !isOurs(code))
  return failed(endpoint, 'modelUnreachable', `could not be reached: ${reach(error, endpoint)}`, checkUrl, true)
}

const setModel = 'Run “Paddock: Set Model and Key…”.'
const resume = 'Resume the task.'
const checkUrl = `Check the connection and the base URL (${setModel.slice(0, -1)}), then resume the task.`

interface StatusRule {
  readonly code: Failure['code']
  readonly says: string
  readonly fix: string
  readonly retry: boolean
}

const statuses: Record<number, StatusRule> = {
  401: { code: 'modelRefusedKey', says: 'refused the key', fix: setModel, retry: false },
  403: { code: 'modelRefusedKey', says: 'refused the key', fix: setModel, retry: false },
  404: { code: 'modelError', says: 'knows no such model or address', fix: setModel, retry: false },
  408: { code: 'modelUnreachable', says: 'timed out', fix: resume, retry: true },
  409: { code: 'modelError', says: 'was in conflict', fix: resume, retry: true },
  429: { code: 'modelRateLimited', says: 'limits the rate', fix: 'Wait a little, then resume the task.', retry: true },
}
const serverRule: StatusRule = { code: 'modelUnreachable', says: 'has trouble', fix: resume, retry: true }
const redirectRule: StatusRule = { code: 'modelError', says: 'redirects elsewhere', fix: setModel, retry: false }
const requestRule: StatusRule = { code: 'modelError', says: 'refused the request', fix: setModel, retry: false }

function byStatus(status: number, error: unknown, endpoint: Endpoint): FailedReply {
  const other = status >= 500 ? serverRule : status < 400 ? redirectRule : requestRule
  const { code, says, fix, retry } = statuses[status] ?? other
  const { code: reason, headers } = facts(error)
  const exhausted = reason === 'insufficient_quota'
  const reply = failed(endpoint, code, `${says} (${status}): ${told(error, endpoint)}`, fix, retry && !exhausted)
  const retryAfterMs = reply.retry ? retryAfter(headers) : undefined
  return retryAfterMs === undefined ? reply : { ...reply, retryAfterMs }
}

function failed(endpoint: Endpoint, code: Failure['code'], says: string, fix: string, retry: boolean): FailedReply {
  const message = `${endpoint.model} at ${host(endpoint.baseUrl)} ${says.replace(/[\s:]+$/, '')}${/[.!?]$/.test(says) ? '' : '.'}`
  return { type: 'failure', failure: { code, message, fix }, retry }
}

function namedCause(error: unknown): ((endpoint: Endpoint) => FailedReply) | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth++) {
    const { message } = cause
    if (cause instanceof ProviderSilent) return (at) => failed(at, 'modelUnreachable', message, resume, true)
    if (cause instanceof ReplyRefused) {
      return (at) => failed(at, 'modelReplyInvalid', `sent a reply that cannot be used: ${message}`, setModel, false)
    }
    if (cause instanceof NotAStream) {
      return (at) => failed(at, 'modelError', bounded(redacted(message, at)), setModel, false)
    }
  }
  return undefined
}

/** What the package's errors carry; its classes are not asked, for they are loaded only with it. */
function facts(error: unknown): { status?: number; headers?: Headers; code?: unknown } {
  if (!(error instanceof Error)) return {}
  const { status, headers, code } = error as { status?: unknown; headers?: unknown; code?: unknown }
  return {
    ...(typeof status === 'number' && { status }),
    ...(headers instanceof Headers && { headers }),
    code,
  }
}

/** The provider's own words, bounded and without the key. */
function told(error: unknown, endpoint: Endpoint): string {
  const message = error instanceof Error ? error.message : String(error)
  return bounded(redacted(message.replace(/^\d{3} /, ''), endpoint))
}

function reach(error: unknown, endpoint: Endpoint): string {
  let deepest = error
  for (let depth = 0; deepest instanceof Error && deepest.cause instanceof Error && depth < 8; depth++) {
    deepest = deepest.cause
  }
  return told(deepest, endpoint)
}

function bounded(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length <= 500 ? line : `${line.slice(0, 500)} […]`
}

function redacted(text: string, { apiKey }: Endpoint): string {
  if (!apiKey) return text
  const rest = text.replaceAll(apiKey, '[key]')
  // A body is read to its bound, which may be in the middle of the key.
  for (let length = apiKey.length - 1; length >= leastOfKey; length--) {
    if (rest.endsWith(apiKey.slice(0, length))) return `${rest.slice(0, -length)}[key]`
  }
  return rest
}

/** So much of a key says nothing. */
const leastOfKey = 4

/** The provider says that the request is at fault: the same one will not fare better. */
function isOurs(code: unknown): boolean {
  const status = Number(code)
  return status >= 400 && status < 500 && status !== 429 && status !== 408
}

function retryAfter(headers: Headers | undefined): number | undefined {
  const ms = Number.parseFloat(headers?.get('retry-after-ms') ?? '')
  if (ms >= 0) return ms
  const given = headers?.get('retry-after') ?? ''
  if (/^\d+(\.\d+)?$/.test(given)) return Number(given) * 1000
  const until = Date.parse(given) - Date.now()
  return Number.isNaN(until) ? undefined : Math.max(0, until)
}
