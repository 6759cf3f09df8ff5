import type { Duplex } from 'node:stream'
import type { NetworkPort } from '../sandbox/sandbox.ts'
import type { BoundSecret } from './boundSecret.ts'
import { CertificateAuthority } from './certificateAuthority.ts'
import { endWith } from './endWith.ts'
import { takeFirst, watchEnd } from './firstBytes.ts'
import { type Client, Gate, type GateOptions } from './gate.ts'
import { readHost } from './hostName.ts'
import { readTag } from './httpHeaders.ts'
import { HttpProxy } from './httpProxy.ts'
import { letPass, type Manner, type PassageOptions, type PortKind } from './passage.ts'
import { asResponse } from './refusal.ts'
import { type Resolve, systemResolve } from './resolveHost.ts'
import { readSocks, replySocks } from './socks.ts'
import { ToldTargets } from './toldTargets.ts'

export interface EgressOptions extends Omit<GateOptions, 'resolve'> {
  /** Those that are in use now. Their values leave only towards their own hosts. */
  readonly secrets: () => readonly BoundSecret[]
  /** Default: the machine's own resolver. */
  readonly resolve?: Resolve
  /** Default: HTTP on 80, TLS on 443. */
  readonly kindOf?: (port: number) => PortKind
  /** Certificates that servers are trusted by, in place of the machine's, where secrets go to them. */
  readonly upstreamCa?: readonly string[]
  /** How long nothing may move; default ten minutes. */
  readonly idleMs?: number
  /** Open at once; default 512. One more is refused. */
  readonly maxConnections?: number
}

export interface Egress extends NetworkPort {
  /** What programs inside must trust where a secret is bound to a host: see `caEnvironment`. */
  readonly caPem: string
  /** Ends open connections that the rules, as they are now, no longer allow. */
  reconsider(): void
  /** Ends all connections and withdraws all questions. */
  close(): void
}

/** The way out of one sandbox: a proxy for HTTP and SOCKS5, and the other end of captured connections. Deny is the default. */
export function egress(options: EgressOptions): Egress {
  const { secrets, kindOf = usualKind, idleMs = 600_000, maxConnections = 512 } = options
  const open = new Map<Duplex, Client>()
  let authority: CertificateAuthority | undefined
  const theAuthority = () => {
    authority ??= new CertificateAuthority()
    return authority
  }
  let closed = false

  const secretsOf = (host: string, port: number) =>
    kindOf(port) === 'tls' ? secrets().filter((secret) => secret.host === host) : []
  const gate = new Gate({ ...options, resolve: options.resolve ?? systemResolve })
  const http = new HttpProxy({
    gate,
    idleMs,
    secretsOf,
    upstreamCa: options.upstreamCa,
    onConnect: (wanted, client, stream) =>
      guard(stream, letPass(wanted, client, stream, passage, connectManner(stream))),
  })
  const passage: PassageOptions = {
    gate,
    http,
    kindOf,
    idleMs,
    hasSecrets: (host, port) => secretsOf(host, port).length > 0,
    authority: theAuthority,
  }

  const enter = (stream: Duplex, tag: string | undefined): Client => {
    const gone = new AbortController()
    const client: Client = {
      tag,
      gone: gone.signal,
      approved: new Set(),
      told: new ToldTargets(),
      watch: () => watchEnd(stream, () => gone.abort()),
    }
    open.set(stream, client)
    stream.on('error', () => {})
    stream.once('close', () => {
      open.delete(stream)
      gone.abort()
    })
    return client
  }

  const proxy = async (stream: Duplex, client: Client) => {
    const first = await takeFirst(stream, (bytes) => ({ value: bytes[0], used: 0 }))
    if (first === undefined) return void stream.destroy()
    if (first !== 5) return http.accept(stream, client, undefined)
    const request = await readSocks(stream)
    if (!request) return endWith(stream)
    const { host, port, user } = request
    const tag = gate.tagOf(readTag(user), client)
    await letPass({ host, port, how: 'socks', tag }, client, stream, passage, socksManner(stream))
  }

  return {
    connection(outgoing, stream) {
      if (closed || open.size >= maxConnections || stream.destroyed) return void stream.destroy()
      const client = enter(stream, outgoing.tag)
      if (outgoing.type === 'proxy') return guard(stream, proxy(stream, client))
      const host = readHost(outgoing.host)
      if (!host) return void stream.destroy()
      const { port, tag } = outgoing
      guard(stream, letPass({ host, port, how: 'captured', tag }, client, stream, passage))
    },
    // Also what will be refused: a connection can be told of with its reason, a name that does not resolve cannot.
    resolves(name) {
      const host = readHost(name.replace(/\.$/, ''))
      return host?.type === 'name' && host.text !== 'localhost' && !host.text.endsWith('.localhost')
    },
    get caPem() {
      return theAuthority().pem
    },
    reconsider() {
      for (const [stream, client] of open) if (!gate.stillAllowed(client)) stream.destroy()
    },
    close() {
      closed = true
      for (const stream of open.keys()) stream.destroy()
    },
  }
}

/** Whatever goes wrong with one connection ends that one, and lets nothing through. */
function guard(stream: Duplex, passing: Promise<void>): void {
  passing.catch((error) => stream.destroy(error))
}

function usualKind(port: number): PortKind {
  return port === 443 ? 'tls' : port === 80 ? 'http' : 'any'
}

function connectManner(stream: Duplex): Manner {
  return {
    accept: () => stream.write('HTTP/1.1 200 Connection Established\r\n\r\n'),
    refuse: (refusal) => endWith(stream, asResponse(refusal)),
  }
}

function socksManner(stream: Duplex): Manner {
  return {
    accept: () => replySocks(stream, 'succeeded'),
    refuse({ status }) {
      replySocks(stream, status === 403 ? 'refused' : 'unreachable')
      endWith(stream)
    },
  }
}
