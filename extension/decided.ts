import type { Action } from '#protocol/approval.ts'
import { textInWorkspace } from '#protocol/pathText.ts'
import type { PolicyRule } from '#protocol/policy.ts'
import { readRuleText, whoseRule } from '#protocol/policyRuleText.ts'
import { visible } from '#protocol/visible.ts'
import { verdictWords } from './explanationText.ts'
import type { PolicySourceInfo } from './folderPolicy.ts'
import type { AuditEntry } from './recentDecisions.ts'

/** One decision as a line of the view. */
export interface DecidedLine {
  readonly label: string
  readonly description: string
  readonly tooltip: string
  readonly icon: string
  /** `decided.granted`: a grant of the user's is behind it. */
  readonly context: 'decided' | 'decided.granted'
}

const kinds: ReadonlySet<AuditEntry['kind']> = new Set(['call', 'answer', 'connection'])

/** Whether something was allowed or denied by it: whatever else the record holds is not shown here. */
export function isDecision({ kind, verdict, who }: AuditEntry): boolean {
  // A call that a person decided has that answer in the record already.
  const isTwice = kind === 'call' && who.type === 'person'
  return kinds.has(kind) && verdict !== undefined && !isTwice
}

/** What was decided, and why; `timeOf` says when. */
export function decidedLine(entry: AuditEntry, timeOf: (at: number) => string): DecidedLine {
  const { folder, what, why = {}, who, verdict = 'deny', at } = entry
  const { name, icon } = verdictWords[verdict]
  const by = who.type === 'person' ? `by ${visible(who.name)}` : why.rule ? `by ${whoseRule(why)}` : ''
  const facts = [
    `${name}: ${visible(what.text)}`,
    why.reason && visible(why.reason),
    why.rule && `Rule: ${whoseRule(why)}`,
    why.risk && `Risk: ${why.risk}`,
    `${who.type === 'person' ? visible(who.name) : 'Nobody was asked'}, ${timeOf(at)}`,
  ]
  return {
    // What lies in the folder is told as seen from there.
    label: visible(textInWorkspace(what.text, folder ?? '')),
    description: [name.toLowerCase(), by].filter(Boolean).join(' '),
    tooltip: facts.filter(Boolean).join('\n'),
    icon,
    context: isGranted(entry) ? 'decided.granted' : 'decided',
  }
}

function isGranted({ verdict, why, evidence }: AuditEntry): boolean {
  const lasting = evidence?.outcome === 'allowForWorkspace' || evidence?.outcome === 'allowForUser'
  return verdict === 'allow' && (lasting || (why?.source !== undefined && why.source !== 'builtin'))
}

/** The rule that denies just what was decided about; undefined where it does not tell exactly what that was. */
export function denyRule(entry: AuditEntry, action: Action | undefined): PolicyRule | undefined {
  const { what, evidence } = entry
  switch (action?.type) {
    case 'command':
      return { verdict: 'deny', command: action.command }
    case 'read':
    case 'list':
    case 'search':
      return { verdict: 'deny', path: action.path, access: ['read'] }
    case 'write':
      return { verdict: 'deny', path: action.path, access: ['write', 'delete'] }
    case 'connect':
      return { verdict: 'deny', host: action.host, ports: [action.port] }
    case 'mcp':
      return { verdict: 'deny', tool: `${action.server}/${action.tool}` }
    case 'unknown':
      return { verdict: 'deny', tool: action.tool }
    default: {
      const host = entry.kind === 'connection' ? what.hosts?.[0] : undefined
      if (host === undefined) return undefined
      return { verdict: 'deny', host, ...(evidence?.port !== undefined && { ports: [evidence.port] }) }
    }
  }
}

/** Where a grant can be taken back: rules of the user's that are there by name, a file of somebody else's, or nowhere. */
export type Undo =
  | { readonly type: 'remove'; readonly source: 'user' | 'workspace'; readonly names: readonly string[] }
  | { readonly type: 'file'; readonly source: string; readonly path: string }
  | { readonly type: 'none'; readonly why: string }

export function undoOf(entry: AuditEntry, sources: readonly PolicySourceInfo[]): Undo {
  const { why, evidence } = entry
  const scope = scopes[evidence?.outcome ?? '']
  if (scope) {
    const granted = new Set((evidence?.rules ?? []).map((text) => keyOf(readRuleText(text))))
    const rules = sources.find(({ source }) => source === scope)?.rules ?? []
    const names = rules.flatMap((rule) => (rule.name !== undefined && granted.has(keyOf(rule)) ? [rule.name] : []))
    return names.length > 0 ? { type: 'remove', source: scope, names } : gone
  }
  const { rule, source } = why ?? {}
  if (source === 'session') return { type: 'none', why: 'It was granted for its session only, and ends with it.' }
  const file = sources.find((one) => one.source === source)
  if (!file || rule === undefined) return { type: 'none', why: 'Nothing was granted: Paddock’s own rule decided.' }
  if (!file.rules.some(({ name }) => name === rule)) return gone
  if (file.source === 'user' || file.source === 'workspace')
    return { type: 'remove', source: file.source, names: [rule] }
  return { type: 'file', source: file.source, path: file.path }
}

/** What a rule means: whatever it is called, and in whatever order it was written. One that was cut is like no other. */
function keyOf(rule: PolicyRule | { readonly fault: string }): string {
  const fields = Object.entries(rule).filter(([key]) => key !== 'name')
  return JSON.stringify(fields.sort(([one], [other]) => (one < other ? -1 : 1)))
}

const gone: Undo = { type: 'none', why: 'The rule is not there any more.' }
const scopes: Readonly<Record<string, 'user' | 'workspace'>> = Object.assign(Object.create(null), {
  allowForWorkspace: 'workspace',
  allowForUser: 'user',
})
