import { lookup } from 'node:dns/promises'
import type { NetworkPolicy } from '#protocol/network.ts'
import { addressClass, carriedIPv4 } from './addressClass.ts'
import type { Host } from './hostName.ts'
import { listsAddress } from './hostRule.ts'

/** All addresses of a name, as the machine's own resolver gives them. */
export type Resolve = (name: string) => Promise<readonly string[]>

export type Resolved =
  /** Looked up once and every one checked: only these may be dialled. */
  | { readonly type: 'addresses'; readonly addresses: readonly string[] }
  | { readonly type: 'refused'; readonly rule: string; readonly reason: string }
  | { readonly type: 'failed'; readonly why: string }

/** The addresses of a host that the rules allow. One that is out of bounds refuses them all: a mixed answer is an attack. */
export async function resolveHost(
  host: Host,
  port: number,
  policy: NetworkPolicy,
  resolve: Resolve,
): Promise<Resolved> {
  let addresses: readonly string[]
  try {
    addresses = host.type === 'address' ? [host.text] : await resolve(host.text)
  } catch (error) {
    return {
      type: 'failed',
      why: `its name could not be looked up (${(error as NodeJS.ErrnoException).code ?? 'failed'})`,
    }
  }
  if (addresses.length === 0) return { type: 'failed', why: 'its name has no address' }
  for (const address of addresses) {
    const carried = carriedIPv4(address)
    const isDenied = (one: string) => listsAddress(policy, 'deny', one, port)
    if (isDenied(address) || (carried !== undefined && isDenied(carried))) {
      return { type: 'refused', rule: `deny ${address}`, reason: `its address ${address} is refused by a rule` }
    }
    const kind = addressClass(address)
    if (kind === 'public' || listsAddress(policy, 'allow', address, port)) continue
    // The rules allow `localhost` only where one names it literally.
    if (kind === 'loopback' && host.text === 'localhost') continue
    const what = kind === 'private' ? 'in a private or reserved network' : 'this machine itself'
    const reason = `its address ${address} is ${what}, which is out of reach unless a rule names the address`
    return { type: 'refused', rule: 'privateAddress', reason }
  }
  return { type: 'addresses', addresses: addresses.slice(0, 8) }
}

/** The machine's resolver. The daemon's file access shares its threads, so only two names are looked up at once. */
export const systemResolve: Resolve = (name) => {
  const same = underWay.get(name)
  if (same) return same
  const asked = turn().then(async (done) => {
    try {
      return (await lookup(name, { all: true, order: 'verbatim' })).map(({ address }) => address)
    } finally {
      done()
      underWay.delete(name)
    }
  })
  underWay.set(name, asked)
  return asked
}

const underWay = new Map<string, Promise<string[]>>()
const waiting: (() => void)[] = []
let running = 0

async function turn(): Promise<() => void> {
  if (running < 2) running += 1
  else await new Promise<void>((resolve) => waiting.push(resolve))
  return () => {
    const next = waiting.shift()
    if (next) next()
    else running -= 1
  }
}
