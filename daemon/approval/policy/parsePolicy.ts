import { isMap, isScalar, isSeq, type Node } from 'yaml'
import { Mode, PolicyRule, type PolicyTrouble } from '#protocol/policy.ts'
import { ruleFault as hostFault } from '../../egress/hostRule.ts'
import { type Examine, failedExample } from './examples.ts'
import { isFault, readPathPattern } from './pathPattern.ts'
import { entriesOf, type NodeFault, nodeAt, plainValue, readYaml, type YamlText } from './yamlNodes.ts'

/** What a policy file says, as far as it could be read. */
export interface ParsedPolicy {
  readonly rules: readonly PolicyRule[]
  /** Of each of these rules, its place in the file's list. */
  readonly items: readonly number[]
  readonly mode?: Mode | undefined
  /** Minutes. */
  readonly denyUnansweredAfter?: number | undefined
  readonly troubles: readonly PolicyTrouble[]
}

const mostRules = 5_000
const mostTroubles = 100
const mostExamples = 2_000

/**
 * Reads `{ version: 1, mode?, denyUnansweredAfter?: minutes, rules }`, YAML or JSON. What cannot be understood is told
 * with its place and left out, and the rest is in force; where it may have been meant to ask or deny, it `holds`. Never
 * throws; `file` is only named.
 */
export function parsePolicy(text: string, file: string, examine: Examine): ParsedPolicy {
  const yaml = readYaml(text)
  const troubles = new Troubles(file, yaml)
  for (const fault of yaml.faults) troubles.add(fault, true)
  const { root } = yaml
  if (root === null || (isScalar(root) && root.value === null)) return { rules: [], items: [], troubles: troubles.list }
  if (!isMap(root)) {
    const what = 'a policy is a map of version, mode, denyUnansweredAfter and rules'
    troubles.add({ at: root.range?.[0] ?? 0, what, fix: 'Begin with “version: 1” and “rules:”.' }, true)
    return { rules: [], items: [], troubles: troubles.list }
  }
  const said = new Map<string, Node | null>()
  for (const { key, keyAt, value } of entriesOf(root)) {
    const isKnown = key !== undefined && settings.has(key)
    if (!isKnown) troubles.add({ at: keyAt, what: `“${key ?? ''}” is nothing that a policy has`, fix: knownKeys }, true)
    else if (said.has(key))
      troubles.add({ at: keyAt, what: `“${key}” stands here twice`, fix: 'Leave one of them.' }, true)
    else said.set(key, value)
  }
  const version = plainValue(said.get('version'))
  if (!('value' in version) || version.value !== 1) {
    const at = said.get('version')?.range?.[0] ?? root.range?.[0] ?? 0
    troubles.add({ at, what: 'the version must be 1', fix: 'Write “version: 1” first, or update Paddock.' }, true)
  }
  return {
    ...rulesOf(said.get('rules'), troubles, examine),
    mode: modeOf(said.get('mode'), troubles),
    denyUnansweredAfter: minutesOf(said.get('denyUnansweredAfter'), troubles),
    troubles: troubles.list,
  }
}

const settings = new Set(['version', 'mode', 'denyUnansweredAfter', 'rules'])
const knownKeys = 'Say version, mode, denyUnansweredAfter or rules.'
const mostMinutes = 7 * 24 * 60

/** What was found, with its place; the first hundred of it. */
class Troubles {
  readonly list: PolicyTrouble[] = []
  readonly #file: string
  readonly #yaml: YamlText

  constructor(file: string, yaml: YamlText) {
    this.#file = file
    this.#yaml = yaml
  }

  add({ at, what, fix }: NodeFault, holds: boolean, rule?: string): void {
    if (this.list.length < mostTroubles) {
      const place = this.#yaml.place(at)
      this.list.push({ file: this.#file, ...place, ...(rule !== undefined && { rule }), what, fix, holds })
    } else {
      const last = this.list[mostTroubles - 1]
      if (last && holds && !last.holds) this.list[mostTroubles - 1] = { ...last, holds }
    }
  }
}

function modeOf(node: Node | null | undefined, troubles: Troubles): Mode | undefined {
  if (!node) return undefined
  const read = plainValue(node)
  const mode = Mode.safeParse('value' in read ? read.value : undefined)
  if (mode.success) return mode.data
  const fix = `Say ${Mode.options.join(', ')}, or leave it out.`
  troubles.add({ at: node.range?.[0] ?? 0, what: 'there is no such mode', fix }, true)
  return undefined
}

function minutesOf(node: Node | null | undefined, troubles: Troubles): number | undefined {
  if (!node) return undefined
  const read = plainValue(node)
  const minutes = 'value' in read ? read.value : undefined
  if (typeof minutes === 'number' && minutes >= 1 && minutes <= mostMinutes) return minutes
  const fix = `Say a number of minutes from 1 to ${mostMinutes}, or leave it out.`
  // Nothing is ever allowed for it.
  troubles.add({ at: node.range?.[0] ?? 0, what: 'this is no such time', fix }, false)
  return undefined
}

type Rules = Pick<ParsedPolicy, 'rules' | 'items'>

function rulesOf(node: Node | null | undefined, troubles: Troubles, examine: Examine): Rules {
  const rules: PolicyRule[] = []
  const items: number[] = []
  if (node === null || node === undefined || (isScalar(node) && node.value === null)) return { rules, items }
  if (!isSeq(node)) {
    const fix = 'Write each rule as an item that begins with “- ”.'
    troubles.add({ at: node.range?.[0] ?? 0, what: 'rules must be a list', fix }, true)
    return { rules, items }
  }
  const names = new Set<string>()
  let examples = 0
  for (const [at, written] of node.items.entries()) {
    const item = written as Node | null
    if (at >= mostRules) {
      const what = `there are more than ${mostRules} rules, and those from here on are not read`
      troubles.add({ at: item?.range?.[0] ?? 0, what, fix: 'Join or remove rules.' }, true)
      break
    }
    const read = ruleOf(item)
    const name = nameOf(item) ?? `rule ${at + 1}`
    if (!('rule' in read)) {
      for (const fault of read.faults) troubles.add(fault, !isPlainlyAllow(item), name)
      continue
    }
    const { rule } = read
    examples += (rule.match?.length ?? 0) + (rule.not_match?.length ?? 0)
    const failed = examples <= mostExamples ? exampleFault(rule, item, examine) : tooManyExamples(item)
    if (failed) {
      troubles.add(failed, rule.verdict !== 'allow', name)
      continue
    }
    if (rule.name !== undefined && names.has(rule.name)) {
      const fault = {
        at: positionOf(item, ['name']),
        what: `another rule is called “${rule.name}”`,
        fix: 'Give it a name of its own; until then it goes by this name and a number.',
      }
      troubles.add(fault, false)
    }
    if (rule.name !== undefined) names.add(rule.name)
    rules.push(rule)
    items.push(at)
  }
  return { rules, items }
}

function ruleOf(node: Node | null): { rule: PolicyRule } | { faults: NodeFault[] } {
  if (!isMap(node)) {
    const fix = 'Write it as “- verdict: deny” and what it is about below that.'
    return { faults: [{ at: node?.range?.[0] ?? 0, what: 'a rule must be a map', fix }] }
  }
  const unknown = entriesOf(node).filter(({ key }) => key === undefined || !Object.hasOwn(mends, key))
  if (unknown.length > 0) {
    const fix = `A rule has ${Object.keys(mends).join(', ')}.`
    return {
      faults: unknown
        .slice(0, 5)
        .map(({ key, keyAt: at }) => ({ at, what: `“${key ?? ''}” is nothing that a rule has`, fix })),
    }
  }
  const read = plainValue(node)
  if (!('value' in read)) return { faults: [read] }
  const parsed = PolicyRule.safeParse(read.value)
  if (!parsed.success) {
    return {
      faults: parsed.error.issues.slice(0, 5).map(({ path, message }) => {
        const [field] = path
        const at = positionOf(node, path)
        if (typeof field !== 'string') return { at, what: message.replace(/\.$/, ''), fix: oneAbout }
        const isMissing = (read.value as Record<string, unknown>)[field] === undefined
        return { at, what: isMissing ? `it has no “${field}”` : `“${field}” cannot be this`, fix: mends[field] ?? '' }
      }),
    }
  }
  const fault = meaningFault(parsed.data, node)
  return fault ? { faults: [fault] } : { rule: parsed.data }
}

const oneAbout = 'Leave one of program, command, path, host and tool, and write another rule for the others.'
const words = 'put a word in quotes that YAML takes for a number, yes, no or nothing'

/** How each field is written. */
const mends: Readonly<Record<string, string>> = {
  name: 'Give it a text of 1 to 100 characters.',
  verdict: 'Say allow, ask or deny.',
  program: `Write a list of words, the program’s name first, as in [git, push]; ${words}.`,
  exactly: 'Say true, or leave it out.',
  command: 'Write one whole command line as text.',
  network: 'Say true, or leave it out.',
  path: 'Write one pattern as text, as in src/**.',
  access: 'List any of read, write and delete, as in [read].',
  host: 'Write one host as text, as in example.com or "*.example.com".',
  ports: 'List up to 20 numbers from 1 to 65535, as in [443].',
  tool: 'Write one tool’s name as text.',
  schema: 'Write a SHA-256 as 64 hexadecimal digits in lower case.',
  reason: 'Write a text of at most 2,000 characters.',
  match: `List up to 100 examples of at most 2,000 characters; ${words}.`,
  not_match: `List up to 100 examples of at most 2,000 characters; ${words}.`,
}

/** What each field says something of. */
const belongs: readonly (readonly [field: keyof PolicyRule, to: readonly (keyof PolicyRule)[]])[] = [
  ['exactly', ['program']],
  ['network', ['program', 'command']],
  ['access', ['path']],
  ['ports', ['host']],
  ['schema', ['tool']],
]

function meaningFault(rule: PolicyRule, node: Node): NodeFault | undefined {
  for (const [field, to] of belongs) {
    if (rule[field] === undefined || to.some((about) => rule[about] !== undefined)) continue
    const fix = `Take “${field}” away: it says something of ${to.join(' and ')} only.`
    return { at: positionOf(node, [field]), what: `“${field}” says nothing here`, fix }
  }
  if (rule.network && rule.verdict !== 'allow') {
    const fix = 'Take it away: an ask or deny holds with and without it.'
    return { at: positionOf(node, ['network']), what: '“network” says nothing here', fix }
  }
  if (rule.path !== undefined) {
    const read = readPathPattern(rule.path)
    if (isFault(read)) return { ...read, at: positionOf(node, ['path']) }
  }
  const fault = rule.host === undefined ? undefined : hostFault({ host: rule.host })
  if (fault === undefined) return undefined
  return { at: positionOf(node, ['host']), what: 'this is no host', fix: fault }
}

function exampleFault(rule: PolicyRule, node: Node | null, examine: Examine): NodeFault | undefined {
  const failed = failedExample(rule, examine)
  if (!failed) return undefined
  const { list, at, what } = failed
  const fix = 'Mend the rule or its example: until then it is not in force.'
  return { at: positionOf(node, [list, at]), what: `an example of “${list}” fails: ${what}`, fix }
}

function tooManyExamples(node: Node | null): NodeFault {
  const what = `there are more than ${mostExamples} examples in this file`
  return { at: node?.range?.[0] ?? 0, what, fix: 'Leave fewer: a rule whose examples are not checked is not in force.' }
}

function positionOf(node: Node | null, path: readonly PropertyKey[]): number {
  return (node ? nodeAt(node, path) : node)?.range?.[0] ?? 0
}

function nameOf(node: Node | null): string | undefined {
  const name = node && isMap(node) ? nodeAt(node, ['name']) : undefined
  return isScalar(name) && typeof name.value === 'string' ? name.value.slice(0, 100) : undefined
}

/** Whatever else is wrong with it, it was not meant to ask or deny. */
function isPlainlyAllow(node: Node | null): boolean {
  if (!isMap(node)) return false
  const verdicts = entriesOf(node).filter(({ key }) => key === 'verdict')
  const [only] = verdicts
  return verdicts.length === 1 && isScalar(only?.value) && only.value.value === 'allow'
}
