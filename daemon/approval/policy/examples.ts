import type { Action } from '#protocol/approval.ts'
import type { GuardReport } from '#protocol/guard.ts'
import type { PolicyRule } from '#protocol/policy.ts'
import { readAuthority } from '../../egress/hostName.ts'
import { coverage } from './coverage.ts'
import { forbidding } from './forbids.ts'
import type { Place } from './place.ts'
import { readAction, resolved, type WrittenAction } from './readAction.ts'
import { ruledTool } from './ruledTool.ts'
import { ruleSet } from './ruleSet.ts'

/** What the guard says of an action at this place. */
export type Examine = (action: Action, place: Place) => GuardReport

export interface FailedExample {
  readonly list: 'match' | 'not_match'
  readonly at: number
  readonly what: string
}

/** Examples know no workspace: they happen in this one. */
const place: Place = { root: '/workspace', home: '/home/user' }

/** The first example that does not hold of a rule. `match` wants a rule to decide for sure, `not_match` not even perhaps. */
export function failedExample(rule: PolicyRule, examine: Examine): FailedExample | undefined {
  for (const list of ['match', 'not_match'] as const) {
    for (const [at, text] of (rule[list] ?? []).entries()) {
      const tried = triedBy(text, rule, examine)
      if (!tried) return { list, at, what: `“${shortened(text)}” is no action` }
      const decided = decides(rule, tried)
      const isWrong = list === 'match' ? decided !== 'surely' : decided !== 'not'
      if (isWrong) return { list, at, what: `the rule ${said[decided]} “${shortened(text)}”` }
    }
  }
  return undefined
}

const said = { surely: 'decides', perhaps: 'may decide', not: 'does not decide' }

interface Tried extends WrittenAction {
  readonly report: GuardReport
}

function decides(rule: PolicyRule, { action, tool, report }: Tried): keyof typeof said {
  const set = ruleSet('session', { rules: [rule] })
  const ruled = ruledTool(action, tool)
  if (rule.verdict === 'allow') {
    const context = { ...place, ...ruled, onlyLooks: true }
    return coverage([set], action, report, context).isWhole ? 'surely' : 'not'
  }
  const found = forbidding(set, ruled, action, report, place)
  if (found.length === 0) return 'not'
  return found.some(({ certain }) => certain) ? 'surely' : 'perhaps'
}

/** What an example says would happen; undefined where it cannot be read. */
function triedBy(text: string, rule: PolicyRule, examine: Examine): Tried | undefined {
  const isJson = text.trimStart().startsWith('{')
  const written =
    isJson || rule.program || rule.command !== undefined ? readAction(text, place) : plainAction(text, rule)
  if (!written || 'why' in written) return undefined
  const { action, tool } = rule.network && !isJson ? online(written) : written
  const report = examine(action, place)
  const isDeleted = !isJson && rule.access?.every((access) => access === 'delete')
  return isDeleted && 'path' in action ? deletion(action.path, report) : { action, tool, report }
}

function online({ action, tool }: WrittenAction): WrittenAction {
  return { action: action.type === 'command' ? { ...action, network: true } : action, tool }
}

/** No tool deletes: commands do. */
function deletion(path: string, report: GuardReport): Tried {
  const action = { type: 'command' as const, command: `rm ${path}`, cwd: place.root, network: false }
  return { action, tool: 'exec', report: { ...report, paths: [{ path, effect: 'delete' }] } }
}

function plainAction(text: string, rule: PolicyRule): WrittenAction | undefined {
  const { path, access, host, ports, tool, schema = '' } = rule
  const [, server, name] = tool === undefined ? [] : (/^([^/]+)\/(.+)$/.exec(text) ?? [])
  if (server && name) return { action: { type: 'mcp', server, tool: name, schema, arguments: '{}' }, tool: text }
  if (tool !== undefined) return { action: { type: 'unknown', tool: text, arguments: '{}' }, tool: text }
  if (host !== undefined) {
    const read = readAuthority(text, ports?.[0] ?? 443)
    return read && { action: { type: 'connect', host: read.host.text, port: read.port, command: '' }, tool: 'network' }
  }
  if (path === undefined) return undefined
  const at = resolved(text, place)
  const isWritten = access && !access.includes('read')
  return isWritten
    ? { action: { type: 'write', path: at, size: 0, sha256: '' }, tool: 'write_file' }
    : { action: { type: 'read', path: at }, tool: 'read_file' }
}

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
