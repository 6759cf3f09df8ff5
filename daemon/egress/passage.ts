import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import type { CertificateAuthority } from './certificateAuthority.ts'
import { readClientHello } from './clientHello.ts'
import { dial } from './dial.ts'
import { endWith } from './endWith.ts'
import { takeFirst } from './firstBytes.ts'
import type { Admission, Client, Gate, Wanted } from './gate.ts'
import type { HttpProxy } from './httpProxy.ts'
import { helloMismatch, nameGuard } from './nameCheck.ts'
import { type Refusal, refused, unreachable } from './refusal.ts'
import { tunnel } from './tunnel.ts'

/** What is spoken on a port: HTTP and TLS say which host they are for, and are held to it. */
export type PortKind = 'http' | 'tls' | 'any'

export interface PassageOptions {
  readonly gate: Gate
  readonly http: HttpProxy
  readonly kindOf: (port: number) => PortKind
  readonly idleMs: number
  /** Whether TLS to this host ends here, because a secret is bound to it. */
  readonly hasSecrets: (host: string, port: number) => boolean
  readonly authority: () => CertificateAuthority
}

/** How a client hears what became of its wish, before it goes on. */
export interface Manner {
  readonly accept: () => void
  /** Ends the stream as well. */
  readonly refuse: (refusal: Refusal) => void
}

/**
 * Lets one connection pass to one host, as far as the gate allows. Owns the stream. A captured connection has no manner:
 * its client believes that it is connected, and sends.
 */
export async function letPass(
  wanted: Wanted,
  client: Client,
  stream: Duplex,
  options: PassageOptions,
  manner?: Manner,
): Promise<void> {
  const { gate, http, kindOf, idleMs } = options
  const { host, port } = wanted
  const kind = kindOf(port)
  const refuse = (refusal: Refusal) => {
    if (manner) manner.refuse(refusal)
    else if (kind === 'tls') refuseTls(stream)
    else stream.destroy()
  }

  // Nobody waits for an answer before sending, and HTTP can say in words why a request is refused.
  if (kind === 'http' && !manner) return http.accept(stream, client, { ...wanted, scheme: 'http' })

  const admission = await gate.admit(wanted, client)
  if (stream.destroyed || admission.type === 'gone') return void stream.destroy()
  if (admission.type === 'denied') return refuse(refused(host.text, port, admission))
  if (admission.type === 'failed') return refuse(unreachable(host.text, port, admission.why))

  if (kind === 'http') {
    manner?.accept()
    return http.accept(stream, client, { ...wanted, scheme: 'http' })
  }
  if (kind === 'tls' && options.hasSecrets(host.text, port)) {
    manner?.accept()
    if (await namesItsHost(wanted, client, stream, gate, admission)) await terminate(wanted, client, stream, options)
    return
  }
  const dialled = await dial(admission.addresses, port, client.gone)
  if (dialled.type === 'failed' || kind === 'any') gate.tell(wanted, client, 'allow', admission)
  if (dialled.type === 'failed') return refuse(unreachable(host.text, port, dialled.why))
  const outside = dialled.socket
  stream.once('close', () => outside.destroy())
  manner?.accept()
  if (kind === 'any') {
    const outward = nameGuard(wanted, ({ rule, reason }) => gate.deny(wanted, client, rule, reason))
    return tunnel(stream, outside, idleMs, { outward })
  }
  if (await namesItsHost(wanted, client, stream, gate, admission)) tunnel(stream, outside, idleMs)
  else outside.destroy()
}

/** Tells of the decision, which is only now final. */
async function namesItsHost(
  wanted: Wanted,
  client: Client,
  stream: Duplex,
  gate: Gate,
  admission: Admission & { type: 'allowed' },
): Promise<boolean> {
  const hello = await takeFirst(stream, readClientHello)
  const mismatch = hello && helloMismatch(hello, wanted)
  if (mismatch) {
    gate.deny(wanted, client, mismatch.rule, mismatch.reason)
    refuseTls(stream)
    return false
  }
  gate.tell(wanted, client, 'allow', admission)
  if (!hello) stream.destroy()
  return hello !== undefined
}

/** Becomes the host, in front of programs that trust our certificates, so that its secrets can be swapped in. */
async function terminate(wanted: Wanted, client: Client, stream: Duplex, options: PassageOptions): Promise<void> {
  const secured = new TLSSocket(stream, {
    isServer: true,
    secureContext: options.authority().contextFor(wanted.host.text),
    ALPNProtocols: ['http/1.1'],
  })
  secured.on('error', () => stream.destroy())
  secured.once('close', () => stream.destroy())
  const limit = setTimeout(() => stream.destroy(), 30_000)
  stream.once('close', () => clearTimeout(limit))
  secured.once('secure', () => {
    clearTimeout(limit)
    options.http.accept(secured, client, { ...wanted, scheme: 'https' })
  })
}

/** A fatal alert, access_denied: clients say so, instead of telling of a connection that broke. */
function refuseTls(stream: Duplex): void {
  endWith(stream, Buffer.of(21, 3, 3, 0, 2, 2, 49))
}
