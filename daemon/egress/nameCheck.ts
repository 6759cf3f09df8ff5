import { Transform } from 'node:stream'
import { type ClientHello, readClientHello } from './clientHello.ts'
import type { Wanted } from './gate.ts'
import { readHost } from './hostName.ts'

/** Why a connection is not what it was let out as; as `rule` and `reason` of a decision. */
export interface Mismatch {
  readonly rule: 'nameMismatch' | 'notTls'
  readonly reason: string
}

/** TLS must name the host that the connection was let out to. Only an address, which a rule lists, may go unnamed. */
export function helloMismatch(hello: ClientHello | undefined, { host }: Pick<Wanted, 'host'>): Mismatch | undefined {
  if (hello?.type !== 'hello') return { rule: 'notTls', reason: 'what was sent is not TLS' }
  if (hello.serverName === undefined) {
    if (host.type === 'address') return undefined
    return { rule: 'nameMismatch', reason: 'its TLS names no host' }
  }
  const named = readHost(hello.serverName)
  if (named && named.type === host.type && named.text === host.text) return undefined
  const other = named ? `names another host (${named.text})` : 'names no valid host'
  return { rule: 'nameMismatch', reason: `its TLS ${other}` }
}

/**
 * For ports of no known protocol: TLS that names another host fails, before anything of it has passed. Whatever is not
 * TLS passes.
 */
export function nameGuard(wanted: Wanted, onMismatch: (mismatch: Mismatch) => void): Transform {
  let held: Buffer | undefined = Buffer.alloc(0)
  let pieces = 0
  return new Transform({
    transform(chunk: Buffer, _, done) {
      if (!held) return done(null, chunk)
      held = held.length > 0 ? Buffer.concat([held, chunk]) : chunk
      const hello = readClientHello(held)?.value
      pieces += 1
      if (!hello) return done(held.length > 80 * 1024 || pieces > 1_000 ? new Error('TLS that does not begin') : null)
      const mismatch = hello.type === 'hello' && hello.serverName !== undefined && helloMismatch(hello, wanted)
      if (mismatch) {
        onMismatch(mismatch)
        return done(new Error(mismatch.reason))
      }
      const bytes = held
      held = undefined
      done(null, bytes)
    },
    flush(done) {
      done(null, held && held.length > 0 ? held : undefined)
    },
  })
}
