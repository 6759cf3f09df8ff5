import { posix } from 'node:path'
import type { Action } from '#protocol/approval.ts'
import type { GuardedProgram, GuardReport } from '#protocol/guard.ts'
import type { PolicyRule } from '#protocol/policy.ts'
import type { TouchedPath } from './actionParts.ts'
import { decide, type PolicyContext, type Reasoning, reasonAbout } from './decide.ts'
import type { Place } from './place.ts'
import { ruledTool } from './ruledTool.ts'

/**
 * The rules that would allow just what an action shows and no rule allows yet: the words of each such program and no
 * others, each such path, the host and port. None where no rule can: what an ask or deny is about, what runs outside a
 * sandbox, what does not show whole.
 */
export function proposeRules(action: Action, report: GuardReport, context: PolicyContext): PolicyRule[] {
  const reasoning = reasonAbout(action, report, context)
  if (reasoning.decision.verdict !== 'ask') return []
  const rules = proposals[action.type](action as never, report, context, reasoning)
  const granted = { ...context, rules: [...context.rules, ...rules] }
  return rules.length > 0 && decide(action, report, granted).verdict === 'allow' ? rules : []
}

type Command = Extract<Action, { type: 'command' }>
type Propose = (action: Action, report: GuardReport, context: PolicyContext, reasoning: Reasoning) => PolicyRule[]

const proposals: { [T in Action['type']]: Propose } = {
  command: (action, report, context, reasoning) => commandRules(action as Command, report, context, reasoning),
  process: () => [],
  read: pathRules,
  list: pathRules,
  search: pathRules,
  write: pathRules,
  connect: (action) => {
    const { host, port } = action as Extract<Action, { type: 'connect' }>
    return [{ verdict: 'allow', host, ports: [port] }]
  },
  // What a tool is told is no part of a rule: at least it must stay the tool that it is.
  mcp: (action, _, { tool }) => [{ verdict: 'allow', ...ruledTool(action, tool) }],
  unknown: () => [],
}

function commandRules(
  action: Command,
  report: GuardReport,
  context: PolicyContext,
  { coverage }: Reasoning,
): PolicyRule[] {
  const network = action.network ? { network: true as const } : {}
  const left = coverage.programs.flatMap((at) => report.programs[at] ?? [])
  const paths = coverage.paths.map((path) => pathRule(path, context))
  const byWords = report.understood && left.every(canBeNamed) && paths.every((rule) => rule !== undefined)
  const isOverall = report.reasons.some(({ consequential, program }) => consequential && program === undefined)
  if (!byWords || isOverall || left.length + paths.length === 0) {
    return [{ verdict: 'allow', command: action.command, ...network }]
  }
  const words = left.map(({ argv }) => argv as string[])
  const programs = [...new Map(words.map((program) => [JSON.stringify(program), program])).values()]
  return [
    ...programs.map((program): PolicyRule => ({ verdict: 'allow', program, exactly: true, ...network })),
    ...paths.filter((rule) => rule !== undefined),
  ]
}

/** Programs whose words say little of what they do: they run what they are told. */
const runners: ReadonlySet<string> = new Set(
  'sh bash zsh dash ksh fish csh tcsh python python2 python3 node deno bun ruby perl php lua awk gawk mawk sed xargs parallel find env sudo doas su eval source . ssh docker podman npx bunx pnpx uvx watch script expect osascript pwsh powershell cmd busybox'.split(
    ' ',
  ),
)

function canBeNamed({ name, argv, via }: GuardedProgram): boolean {
  if (name === null || runners.has(name) || via.length > 0) return false
  return argv.length <= 50 && argv.every((word) => word !== null && word !== '' && word.length <= 2_000)
}

function pathRules(_: Action, __: GuardReport, context: PolicyContext, { coverage }: Reasoning): PolicyRule[] {
  return coverage.paths.flatMap((path) => pathRule(path, context) ?? [])
}

/** Undefined where the path cannot be written as a pattern that means just it. */
function pathRule({ path, access, tree }: TouchedPath, place: Place): PolicyRule | undefined {
  if (/[*?[\]{}\\$\0]/.test(path)) return undefined
  const written = writtenBelow(place.root, './', path) ?? writtenBelow(place.home, '~/', path) ?? path
  if (written.length > 1_900) return undefined
  return { verdict: 'allow', path: tree ? `${written.replace(/\/$/, '')}/**` : written, access: [access] }
}

function writtenBelow(folder: string, prefix: './' | '~/', path: string): string | undefined {
  const below = posix.relative(folder, path)
  if (below === '' || below === '..' || below.startsWith('../')) return undefined
  return prefix === './' && !/^[~!]/.test(below) ? below : `${prefix}${below}`
}
