import type { Action, Approval } from '#protocol/approval.ts'
import type { Risk } from '#protocol/guard.ts'
import { consequence, guardFacts, isConsequential } from '#protocol/guardText.ts'
import { inWorkspace } from '#protocol/pathText.ts'
import { ruleSentence, ruleText } from '#protocol/policyRuleText.ts'
import { visible } from '#protocol/visible.ts'

/** More than this is not shown on one line: whoever answers looks at the whole action first. */
const lineLimit = 200

export interface ActionLine {
  /** One line, every invisible character made visible. */
  readonly text: string
  /** It is the whole action. Where it is not, allowing is offered only once the whole was shown. */
  readonly whole: boolean
}

interface LineOptions {
  readonly limit?: number
  /** The workspace's, as the action names it: paths in it are told as seen from there. */
  readonly folder?: string
}

/** An action on one line, as facts; never the model's words. */
export function actionLine(action: Action, { limit = lineLimit, folder = '' }: LineOptions = {}): ActionLine {
  const { verb, exact } = parts(action, folder)
  const shown = visible(exact).replace(/\n/g, ' ⏎ ')
  const whole = shown.length <= limit
  return { text: `${verb}${whole ? shown : `${cut(shown, limit)}…`}`, whole }
}

/** The text of an approval's notification. */
export function approvalMessage(approval: Approval, folder = ''): ActionLine {
  const line = actionLine(approval.action, { folder })
  const risk = isGrave(approval.risk) ? ` (${approval.risk} risk)` : ''
  return { text: inert(`Paddock asks${risk}: ${line.text}`), whole: line.whole }
}

export function isGrave(risk: Risk): boolean {
  return risk === 'high' || risk === 'critical'
}

/** Everything about an approval, to be read in an editor: first what it would do, then what the model says of it. */
export function approvalDocument(approval: Approval, sessionTitle: string, folder = ''): string {
  const { verb, exact, facts } = parts(approval.action, folder)
  const table = [
    ['Session', visible(sessionTitle)],
    ['Tool', visible(approval.tool)],
    ['Risk', `${approval.risk}: ${visible(approval.reason)}`],
    ...facts,
    ...foundFacts(approval, folder),
    ['Asked at', new Date(approval.askedAt).toISOString()],
    ['SHA-256 of the call', approval.hash],
  ]
  const whole = wrapped(visible(exact))
  const broken = whole === visible(exact) ? '' : '; ↩ breaks a long line, only for reading'
  const length = `${exact.length.toLocaleString('en')} characters, all of them here`
  const lines = [`${verb.trim().replace(/:$/, '')}, exactly this (${length}${broken}):`, '', whole, '']
  if (isConsequential(approval.guard)) lines.push(consequence, '')
  for (const [name, value] of table) lines.push(`${name}: ${value}`)
  if (approval.proposals?.length) lines.push('', 'What would be granted, where you allow it from now on:', '')
  for (const rule of approval.proposals ?? []) lines.push(wrapped(ruleText(rule)), `  ${ruleSentence(rule)}`)
  if (approval.claim) {
    lines.push('', 'What the model says it is for (nobody has checked this):', '', wrapped(visible(approval.claim)))
  }
  return `${lines.join('\n')}\n`
}

/** What the guard found, and what an answer is bound to beside the action itself. */
function foundFacts({ reason, guard, dependsOn = [] }: Approval, folder: string): string[][] {
  const shown = (path: string) => inWorkspace(path, folder)
  const facts = guard ? guardFacts(guard, shown) : []
  const others = guard?.reasons.filter(({ text }) => text !== reason) ?? []
  return [
    ...others.map(({ text }) => ['Also', visible(text)]),
    ...facts.map(({ name, values }) => [name, values.map(visible).join('\n    ')]),
    ...dependsOn.map(({ path, sha256 }) => [
      'Takes orders from',
      `${visible(shown(path))} (${sha256 ? `SHA-256 ${sha256}` : 'not there'})`,
    ]),
  ]
}

/** For places where the editor reads `[x](command:y)` as a link or `$(x)` as an icon: the same text, read as text. */
export function inert(text: string): string {
  return text.replace(/\]\(/g, ']\u2060(').replace(/\$\(/g, '$\u2060(')
}

function parts(action: Action, folder: string): { verb: string; exact: string; facts: string[][] } {
  switch (action.type) {
    case 'command':
      return {
        verb: action.network ? 'Run with the network: ' : 'Run: ',
        exact: action.command,
        facts: [
          ['Folder', visible(inWorkspace(action.cwd, folder))],
          ['Network', action.network ? 'any public host' : 'as the workspace allows'],
        ],
      }
    case 'read':
      return { verb: 'Read: ', exact: inWorkspace(action.path, folder), facts: [] }
    case 'list':
      return { verb: 'List: ', exact: inWorkspace(action.path, folder), facts: [] }
    case 'search':
      return {
        verb: 'Search: ',
        exact: inWorkspace(action.path, folder),
        facts: [['Pattern', visible(action.pattern)]],
      }
    case 'write':
      return {
        verb: `Write ${action.size} bytes: `,
        exact: inWorkspace(action.path, folder),
        facts: [['SHA-256 of the content', visible(action.sha256)]],
      }
    case 'process':
      return {
        verb: action.signal ? `Send ${action.signal} to: ` : 'Say: ',
        exact: action.input ?? action.process,
        facts: [['Process', visible(action.process)]],
      }
    case 'connect':
      return {
        verb: 'Reach: ',
        exact: `${action.host}, port ${action.port}`,
        facts: [['Command', visible(action.command)]],
      }
    case 'mcp':
      return {
        verb: 'Call: ',
        exact: `${action.server}/${action.tool} ${action.arguments}`,
        facts: [
          ['MCP server', visible(action.server)],
          ['SHA-256 of what the tool says of itself', visible(action.schema)],
        ],
      }
    case 'unknown':
      return { verb: 'Call: ', exact: `${action.tool} ${action.arguments}`, facts: [] }
  }
}

/** Long lines broken where they would leave the window, so that nothing hides at the far right. */
function wrapped(text: string): string {
  return text.replace(/[^\n]{100}(?=[^\n])/gu, '$& ↩\n')
}

function cut(text: string, limit: number): string {
  const end = text.slice(0, limit)
  return /[\ud800-\udbff]$/.test(end) ? end.slice(0, -1) : end
}
