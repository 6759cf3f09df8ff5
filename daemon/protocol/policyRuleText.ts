import type { PolicyRule, PolicySource } from './policy.ts'
import { visible } from './visible.ts'

type Kind = 'program' | 'command' | 'path' | 'host' | 'tool'

const kinds: readonly Kind[] = ['program', 'command', 'path', 'host', 'tool']

/** A rule as one line of JSON, which a policy file takes as it is. What would not show is written as an escape. */
export function ruleText(rule: PolicyRule): string {
  return JSON.stringify(rule)
    .replace(/[^ -~]/gu, (character) => (visible(character) === character ? character : escaped(character)))
    .replace(/ {2,}/g, (run) => ` ${'\\u0020'.repeat(run.length - 1)}`)
}

/** Reads what `ruleText` wrote and a person may have changed. By its shape only: the daemon has the last word. */
export function readRuleText(text: string): PolicyRule | { readonly fault: string } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { fault: 'This is not JSON: a rule looks like {"verdict":"allow","program":["npm","test"]}.' }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { fault: 'A rule is one object: {"verdict":"allow","program":["npm","test"]}.' }
  }
  const wrong = Object.entries(value).find(([key, held]) => !(Object.hasOwn(shapes, key) && isField(key, held)))
  if (wrong) return { fault: faultOf(wrong[0]) }
  const about = kinds.filter((kind) => Object.hasOwn(value, kind))
  if (about.length !== 1) return { fault: `A rule is about exactly one of ${kinds.join(', ')}.` }
  return Object.hasOwn(value, 'verdict') ? (value as PolicyRule) : { fault: 'A rule has a "verdict".' }
}

/** As `readRuleText`, of what is to be granted: that only allows. */
export function readGrantText(text: string): PolicyRule | { readonly fault: string } {
  const rule = readRuleText(text)
  return 'fault' in rule || rule.verdict === 'allow' ? rule : { fault: 'A grant only allows: its "verdict" is allow.' }
}

/** “the workspace policy’s “no-push””: which rule something was decided by, and whose it is. */
export function whoseRule({
  rule = '',
  source,
}: {
  readonly rule?: string | undefined
  readonly source?: PolicySource | undefined
}): string {
  return `${source ? `the ${source} policy’s` : 'Paddock’s own'} “${visible(rule)}”`
}

/** What a rule means, as a person reads it; its words are made visible. */
export function ruleSentence(rule: PolicyRule): string {
  const kind = kinds.find((one) => rule[one] !== undefined)
  return `${verdicts[rule.verdict]} ${kind ? phrases[kind](rule) : 'nothing'}.`
}

/** What allowing a host for the session means where no rule is granted. */
export function sessionHostSentence({ host, port }: { readonly host: string; readonly port: number }): string {
  return `Every program in the sandbox may reach ${visible(host)} on port ${port}, also where a rule says that you are asked.`
}

const verdicts: Record<PolicyRule['verdict'], string> = { allow: 'Allows', ask: 'Asks about', deny: 'Denies' }

const phrases: Record<Kind, (rule: PolicyRule) => string> = {
  program: (rule) =>
    `${rule.program?.map(wordOf).join(' ')}${rule.exactly ? ' and no other words' : ', whatever follows these words'}${reach(rule)}`,
  command: (rule) => `exactly this command line, byte for byte${reach(rule)}`,
  path: ({ path = '', access = ['read', 'write', 'delete'] }) => `${access.map(doing).join(', ')} ${visible(path)}`,
  host: ({ host = '', ports }) =>
    `reaching ${host === '*' ? 'any public host' : visible(host)}${ports ? ` on port ${ports.join(', ')}` : ''}`,
  tool: ({ tool = '', schema }) => `calling ${visible(tool)}${schema ? ', as long as it describes itself as now' : ''}`,
}

const reach = ({ network }: PolicyRule) => (network ? ', also with the whole network' : '')

const doing = (access: 'read' | 'write' | 'delete') =>
  ({ read: 'reading', write: 'writing', delete: 'deleting' })[access]

function wordOf(word: string | readonly string[]): string {
  if (typeof word !== 'string') return word.map((one) => wordOf(one)).join(' or ')
  return /^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(visible(word))
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const isTrue = (value: unknown) => value === true
const areTexts = (value: unknown) => Array.isArray(value) && value.every(isText)
const isOneOf = (choices: readonly string[]) => (value: unknown) => typeof value === 'string' && choices.includes(value)

const shapes: Record<keyof PolicyRule, readonly [holds: (value: unknown) => boolean, what: string]> = {
  name: [isText, 'a text'],
  verdict: [isOneOf(['allow', 'ask', 'deny']), 'allow, ask or deny'],
  program: [
    (value) => Array.isArray(value) && value.length > 0 && value.every((word) => isText(word) || areTexts(word)),
    'a list of words, the program first',
  ],
  exactly: [isTrue, 'true or not there'],
  command: [isText, 'a whole command line'],
  network: [isTrue, 'true or not there'],
  path: [isText, 'a path or pattern'],
  access: [
    (value) => Array.isArray(value) && value.length > 0 && value.every(isOneOf(['read', 'write', 'delete'])),
    'a list of read, write, delete',
  ],
  host: [isText, 'a host'],
  ports: [
    (value) =>
      Array.isArray(value) &&
      value.length > 0 &&
      value.every((port) => Number.isInteger(port) && port >= 1 && port <= 65_535),
    'a list of numbers from 1 to 65535',
  ],
  tool: [isText, 'a tool’s name'],
  schema: [(value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value), '64 hexadecimal digits'],
  reason: [isText, 'a text'],
  match: [areTexts, 'a list of examples'],
  not_match: [areTexts, 'a list of examples'],
}

function isField(key: string, value: unknown): boolean {
  return shapes[key as keyof PolicyRule][0](value)
}

function faultOf(key: string): string {
  const shape = Object.hasOwn(shapes, key) ? shapes[key as keyof PolicyRule] : undefined
  if (!shape) return `A rule has no "${visible(key)}". It has ${Object.keys(shapes).join(', ')}.`
  return `"${key}" is ${shape[1]}.`
}

/** In UTF-16 units, as JSON writes it. */
function escaped(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('')
}
