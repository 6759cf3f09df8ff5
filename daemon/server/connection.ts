import { timingSafeEqual } from 'node:crypto'
import type { Socket } from 'node:net'
import { createMessageConnection, type Message } from 'vscode-jsonrpc/node'
import { daemonMethods, protocolRange, type Role } from '#protocol/daemon.ts'
import {
  invalidParams,
  notGreeted,
  type ProtocolError,
  protocolMismatch,
  roleRefused,
  tokenRefused,
} from '#protocol/errors.ts'
import { FrameFault, FrameReader } from '#protocol/frameReader.ts'
import type { Caller } from './caller.ts'
import { FrameWriter } from './frameWriter.ts'
import { Inbox } from './inbox.ts'
import type { Subscription } from './subscription.ts'
import type { Wire } from './wire.ts'

const greetingTimeoutMs = 5_000
/** Bytes that may wait in a client's socket before it counts as slow. */
const slowBytes = 1024 * 1024
export interface ConnectionParams {
  /** What each role is greeted with. */
  readonly tokens: Readonly<Record<Role, string>>
  readonly build: string
  readonly dispatch: (method: string, params: unknown, caller: Caller) => Promise<unknown>
  /** Takes over a stream that was greeted as `skills`. */
  readonly serveSkills: (reader: FrameReader, writer: FrameWriter) => Promise<void>
  readonly onGreeted: (wire: Wire) => void
  readonly onClosed: (wire: Wire | undefined) => void
  readonly report: (line: string) => void
}

/** Serves one client from its greeting to its end. Whatever it sends, memory stays bounded and the daemon lives. */
export function serveConnection(socket: Socket, params: ConnectionParams): void {
  const reader = new FrameReader(socket)
  const writer = new FrameWriter(socket)
  let wire: Wire | undefined
  const greetingTimer = setTimeout(() => socket.destroy(), greetingTimeoutMs)
  // Once everything is sent there is nothing to wait for, whether the other end hangs up or not.
  socket.once('finish', () => socket.destroy())
  socket.on('close', () => {
    clearTimeout(greetingTimer)
    params.onClosed(wire)
  })
  reader.onError((error) => refuseFrame(socket, writer, error))
  writer.onError(() => socket.destroy())
  reader.listen((message) => {
    const { id, method, params: sent } = message as { id?: unknown; method?: unknown; params?: unknown }
    const answer = (reply: object) => writer.write({ jsonrpc: '2.0', id, ...reply } as unknown as Message)
    const refuse = ({ code, message: text, data }: ProtocolError) => {
      void answer({ error: { code, message: text, data } }).then(
        () => socket.end(),
        () => socket.destroy(),
      )
    }
    if (method !== 'daemon/hello') return refuse(notGreeted())
    const hello = daemonMethods['daemon/hello'].params.safeParse(sent)
    if (!hello.success) {
      const issues = hello.error.issues.map(({ path, message: text }) => ({ path: path.join('.'), message: text }))
      return refuse(invalidParams('daemon/hello', issues))
    }
    const role = roleOf(hello.data, params.tokens)
    if (!role) return refuse(tokenRefused())
    const { min, max } = hello.data.protocol
    const protocol = Math.min(max, protocolRange.max)
    if (protocol < Math.max(min, protocolRange.min)) return refuse(protocolMismatch(protocolRange))
    // The language service reads whatever it is pointed at.
    if (hello.data.channel === 'skills' && role !== 'full') return refuse(roleRefused('daemon/hello', role))
    clearTimeout(greetingTimer)
    void answer({ result: { protocol, build: params.build, pid: process.pid, role } }).catch(() => socket.destroy())
    if (hello.data.channel === 'skills') {
      // Nothing is read, and so nothing held, until somebody listens.
      socket.pause()
      params.serveSkills(reader, writer).then(
        () => socket.resume(),
        (error: unknown) => {
          params.report(`skills: ${String(error)}`)
          socket.destroy()
        },
      )
      return
    }
    wire = serveRequests(socket, reader, writer, { client: clientName(hello.data.client.name), role }, params)
  })
}

function serveRequests(
  socket: Socket,
  reader: FrameReader,
  writer: FrameWriter,
  { client, role }: { client: string; role: Role },
  params: ConnectionParams,
): Wire {
  const subscriptions = new Map<string, Subscription>()
  const wire: Wire = {
    client,
    get ready() {
      return socket.writableLength < slowBytes && !socket.destroyed
    },
    send(method, payload) {
      if (!socket.destroyed) void rpc.sendNotification(method, payload).catch(() => socket.destroy())
    },
  }
  const ended = new AbortController()
  const caller: Caller = { wire, role, subscriptions, ended: ended.signal }
  const inbox = new Inbox(socket, reader, () => wire.ready)
  const rpc = createMessageConnection(inbox, writer)
  rpc.onRequest(async (method, sent) => {
    try {
      return await params.dispatch(method, sent, caller)
    } finally {
      inbox.handled()
    }
  })
  rpc.onNotification(() => inbox.handled())
  socket.on('drain', () => {
    inbox.readOn()
    for (const subscription of subscriptions.values()) subscription.pump()
  })
  socket.on('close', () => {
    for (const subscription of subscriptions.values()) subscription.end()
    subscriptions.clear()
    ended.abort()
    rpc.dispose()
  })
  // The stream's own errors are dealt with where reader and writer were made.
  rpc.onError(() => {})
  rpc.listen()
  params.onGreeted(wire)
  return wire
}

/** A stream that broke its framing cannot be followed further: say why, once, and end it. */
function refuseFrame(socket: Socket, writer: FrameWriter, error: Error): void {
  if (!(error instanceof FrameFault)) return void socket.destroy()
  const code = error.fault === 'badJson' ? -32700 : error.fault === 'frameTooLarge' ? -32004 : -32600
  const reply = { jsonrpc: '2.0', id: null, error: { code, message: error.message, data: { type: error.fault } } }
  writer.write(reply as unknown as Message).then(
    () => socket.end(),
    () => socket.destroy(),
  )
  socket.resume()
}

/** What the token gives, and no more than is asked for; undefined where it is none of ours. */
function roleOf(
  { token, role = 'full' }: { token: string; role?: Role | undefined },
  tokens: ConnectionParams['tokens'],
) {
  const [isFull, isView] = [sameToken(token, tokens.full), sameToken(token, tokens.view)]
  if (isFull) return role
  return isView ? 'view' : undefined
}

/** Names that the log has for what answers in nobody's place. */
const reserved = new Set(['policy', 'timeout', 'cancel', 'daemon'])

/** A client's name as the log has it: never one that means nobody. */
function clientName(name: string): string {
  return reserved.has(name.trim().toLowerCase()) ? `client “${name}”` : name
}

function sameToken(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
