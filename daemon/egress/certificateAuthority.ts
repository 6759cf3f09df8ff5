import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isIPv4 } from 'node:net'
import { createSecureContext, type SecureContext } from 'node:tls'
import { bits, boolean, explicit, implicit, integer, objectId, octets, sequence, set, text, time } from './der.ts'

const dayMs = 86_400_000
const caDays = 3_650
const leafDays = 30

/**
 * Certificates for the hosts whose secrets are swapped on the way. Its key is made anew each time, stays in memory and signs
 * for nothing else. Written over node:crypto: one kind of certificate in a hundred lines, instead of a library that must
 * know them all.
 */
export class CertificateAuthority {
  /** What a program must trust. */
  readonly pem: string
  readonly #ca = newKey()
  readonly #leaf = newKey()
  readonly #name = `Paddock ${randomBytes(4).toString('hex')}`
  readonly #contexts = new Map<string, { readonly context: SecureContext; readonly until: number }>()

  constructor() {
    this.pem = this.#certificate(this.#name, this.#ca.publicKey, caDays, [
      extension('2.5.29.19', true, sequence(boolean(true), integer(Buffer.of(0)))),
      extension('2.5.29.15', true, bits(Buffer.of(0x06), 1)),
    ])
  }

  /** What a TLS server needs to be `host`, a name or an address in canonical form. */
  contextFor(host: string): SecureContext {
    const known = this.#contexts.get(host)
    if (known && known.until > Date.now()) return known.context
    const cert = this.#certificate(host.slice(0, 60), this.#leaf.publicKey, leafDays, [
      extension('2.5.29.19', true, sequence()),
      extension('2.5.29.15', true, bits(Buffer.of(0x80), 7)),
      extension('2.5.29.37', false, sequence(objectId('1.3.6.1.5.5.7.3.1'))),
      extension('2.5.29.17', false, sequence(alternativeName(host))),
    ])
    const key = this.#leaf.privateKey.export({ type: 'pkcs8', format: 'pem' })
    const context = createSecureContext({ key, cert, minVersion: 'TLSv1.2' })
    this.#contexts.set(host, { context, until: Date.now() + (leafDays - 2) * dayMs })
    return context
  }

  #certificate(subject: string, key: KeyObject, days: number, extensions: Buffer[]): string {
    const publicKey = key.export({ type: 'spki', format: 'der' })
    const issuerKey = this.#ca.publicKey.export({ type: 'spki', format: 'der' })
    const now = Date.now()
    const body = sequence(
      explicit(0, integer(Buffer.of(2))),
      integer(Buffer.concat([Buffer.of(1), randomBytes(15)])),
      ecdsaWithSha256,
      commonName(this.#name),
      // Clocks inside and outside may differ, and jump.
      sequence(time(new Date(now - 2 * dayMs)), time(new Date(now + days * dayMs))),
      commonName(subject),
      publicKey,
      explicit(
        3,
        sequence(
          ...extensions,
          extension('2.5.29.14', false, octets(keyId(publicKey))),
          extension('2.5.29.35', false, sequence(implicit(0, keyId(issuerKey)))),
        ),
      ),
    )
    const signature = sign('sha256', body, this.#ca.privateKey)
    const base64 = sequence(body, ecdsaWithSha256, bits(signature)).toString('base64')
    return `-----BEGIN CERTIFICATE-----\n${base64.replaceAll(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE-----\n`
  }
}

const ecdsaWithSha256 = sequence(objectId('1.2.840.10045.4.3.2'))

function newKey() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

function commonName(name: string): Buffer {
  return sequence(set(sequence(objectId('2.5.4.3'), text(name))))
}

function extension(id: string, critical: boolean, content: Buffer): Buffer {
  return sequence(objectId(id), ...(critical ? [boolean(true)] : []), octets(content))
}

function keyId(publicKey: Buffer): Buffer {
  return createHash('sha256').update(publicKey).digest().subarray(0, 20)
}

function alternativeName(host: string): Buffer {
  if (isIPv4(host)) return implicit(7, Buffer.from(host.split('.').map(Number)))
  return host.includes(':') ? implicit(7, ipv6Bytes(host)) : implicit(2, Buffer.from(host, 'latin1'))
}

function ipv6Bytes(host: string): Buffer {
  const [before = '', after] = host.split('::')
  const hextets = (part: string | undefined) => (part ? part.split(':') : [])
  const missing = 8 - hextets(before).length - hextets(after).length
  const all = [...hextets(before), ...Array<string>(missing).fill('0'), ...hextets(after)]
  return Buffer.from(all.map((hextet) => hextet.padStart(4, '0')).join(''), 'hex')
}
