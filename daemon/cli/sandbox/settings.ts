import type { ParamsOf, ResultOf } from '#protocol/methods.ts'
import { UsageError } from '../usage.ts'
import { readKind } from './target.ts'

type Settings = ResultOf<'sandbox/inspect'>['sandbox']['settings']
type Change = ParamsOf<'sandbox/configure'>['settings']
type Limits = Settings['limits']
type Rule = Settings['network']['rules'][number]
type Secret = Settings['secrets'][number]

/** What `paddock sandbox set` knows, for its help. */
export const settingsHelp = `  kind=bubblewrap|docker|gvisor   image=NAME (for kinds that have images; empty is Paddock's own)
  memoryMiB= processes= cpus= openFiles= fileMiB= diskMiB= outputMiB=   (empty: no limit)
  allow=HOST[:PORT,…]  deny=HOST[:PORT,…]  forget=HOST   HOST is a name, *.NAME, an address, or * for any public host
  undecided=ask|deny   what becomes of hosts that no rule names
  secret.NAME=env:VAR|file:/PATH|editor:KEY[@HOST]   a file in /run/secrets, or for HOST a stand-in (empty: none)
  allowNone=true|false   whether a session may be without a sandbox`

/** These words as one change to settings that are so now. */
export function changeOf(words: readonly string[], now: Settings): Change {
  const change: Change = {}
  for (const word of words) Object.assign(change, oneChange(word, { ...now, ...change } as Settings))
  return change
}

function oneChange(word: string, now: Settings): Change {
  const at = word.indexOf('=')
  if (at < 1) throw new UsageError(`"${word}" is not KEY=VALUE.`)
  const [key, value] = [word.slice(0, at), word.slice(at + 1)]
  if (key.startsWith('secret.')) return { secrets: withSecret(now.secrets, key.slice('secret.'.length), value) }
  const read = Object.hasOwn(readers, key) ? readers[key] : undefined
  if (!read) throw new UsageError(`There is no setting "${key}".\n${settingsHelp}`)
  return read(value, now)
}

const limit =
  (name: keyof Limits) =>
  (value: string, { limits }: Settings): Change => {
    const { [name]: _, ...others } = limits
    return { limits: value === '' ? others : { ...others, [name]: readNumber(name, value) } }
  }

const readers: Record<string, (value: string, now: Settings) => Change> = {
  kind(value) {
    const kind = readKind(value)
    if (kind === 'none') throw new UsageError('A workspace always has a sandbox; allowNone=true is for its sessions.')
    return { kind }
  },
  image: (image) => ({ image }),
  memoryMiB: limit('memoryMiB'),
  processes: limit('processes'),
  cpus: limit('cpus'),
  openFiles: limit('openFiles'),
  fileMiB: limit('fileMiB'),
  diskMiB: limit('diskMiB'),
  outputMiB: limit('outputMiB'),
  allow: (value, now) => withRule(now, 'allow', value),
  deny: (value, now) => withRule(now, 'deny', value),
  forget: (value, { network }) => ({
    network: { ...network, rules: network.rules.filter(({ host }) => host !== value.toLowerCase()) },
  }),
  undecided(value, { network }) {
    if (value === 'ask' || value === 'deny') return { network: { ...network, undecided: value } }
    throw new UsageError(`undecided is "ask" or "deny", not "${value}".`)
  },
  allowNone(value) {
    if (value === 'true' || value === 'false') return { allowNone: value === 'true' }
    throw new UsageError(`allowNone is "true" or "false", not "${value}".`)
  },
}

function withRule({ network }: Settings, verdict: Rule['verdict'], text: string): Change {
  const rule = readRule(verdict, text)
  const same = ({ host, verdict: other }: Rule) => host === rule.host && other === verdict
  return { network: { ...network, rules: [...network.rules.filter((each) => !same(each)), rule] } }
}

/** `host`, `host:port,port`, `[::1]:port`. */
function readRule(verdict: Rule['verdict'], text: string): Rule {
  const [, bracketed, plain, listed] = /^(?:\[([0-9a-f:.]+)\]|([^:[\]/\s]+))(?::([\d,]+))?$/i.exec(text) ?? []
  const host = (bracketed ?? plain)?.toLowerCase()
  const ports = listed?.split(',').map(Number)
  if (!host || ports?.some((port) => port < 1 || port > 65_535)) {
    throw new UsageError(`"${text}" is no HOST or HOST:PORT,PORT. An IPv6 address stands in brackets.`)
  }
  return ports ? { verdict, host, ports } : { verdict, host }
}

function withSecret(secrets: readonly Secret[], name: string, text: string): Secret[] {
  const others = secrets.filter((secret) => secret.name !== name)
  if (text === '') return others
  const [, from = '', host] = /^((?:env|file|editor):[^@]+)(?:@([^@/\s]+))?$/.exec(text) ?? []
  if (!from) {
    // Never the text itself: it may be the secret.
    throw new UsageError(
      `secret.${name} says where it is, not what it is: env:VAR, file:/PATH or editor:KEY, then @HOST.`,
    )
  }
  return [...others, { name, from, use: host ? { type: 'host', host } : { type: 'file' } }]
}

function readNumber(name: string, text: string): number {
  const number = Number(text)
  if (number > 0) return number
  throw new UsageError(`${name} is a number, not "${text}".`)
}
