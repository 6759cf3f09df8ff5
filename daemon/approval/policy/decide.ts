import type { Action, Decision } from '#protocol/approval.ts'
import type { GuardReport, Risk } from '#protocol/guard.ts'
import type { NetworkPolicy } from '#protocol/network.ts'
import type { Mode, PolicyRule } from '#protocol/policy.ts'
import { grantKey } from '../actionHash.ts'
import { type BuiltinContext, type BuiltinRule, builtinRule, onlyLooks } from './builtin.ts'
import { type Coverage, coverage } from './coverage.ts'
import { forbidding, type Match } from './forbids.ts'
import { isBeyond, type Place } from './place.ts'
import { ruledTool } from './ruledTool.ts'
import { type RuleSet, ruleSet } from './ruleSet.ts'

export interface PolicyContext extends BuiltinContext {
  /** The tool that would do it. */
  readonly tool: string
  readonly mode: Mode
  /** What the workspace's settings say of hosts; of what wants to reach one, and of nothing else. */
  readonly network: NetworkPolicy
  /** Keys (`grantKey`) of what was allowed for this session. */
  readonly grants: ReadonlySet<string>
  /** Rules that were granted for this session. */
  readonly rules: readonly PolicyRule[]
  /** What the other sources say. */
  readonly policy: readonly RuleSet[]
}

/** A decision, and everything that could have made another one. */
export interface Reasoning {
  readonly decision: Decision
  readonly builtin: BuiltinRule
  /** Every rule that is about the action or a part of it, the strongest first. */
  readonly matches: readonly Match[]
  readonly coverage: Coverage
  /** Why this one decided, as a sentence. */
  readonly because: string
}

/** What policy says of an action before anyone is asked. Pure. */
export function decide(action: Action, report: GuardReport, context: PolicyContext): Decision {
  return reasonAbout(action, report, context).decision
}

/**
 * The stages in their order; the first that has something to say decides.
 *
 * 1. What Paddock itself denies, and what a rule of any source denies for sure.
 * 2. `plan`: whatever does more than look is denied.
 * 3. What a rule asks about, or may deny or ask about; and what Paddock always asks about.
 * 4. What rules allow whole.
 * 5. A host that no rule names is denied where the workspace's settings say so.
 * 6. What is grave, was not understood or writes outside the workspace is asked about; the rest is as the mode and Paddock's own rules have it.
 *
 * Then: where a rule that may forbid cannot be read, nothing is allowed without a question. A grant turns an ask into an
 * allow, and never touches a deny. What `unattended` would ask about is denied.
 */
export function reasonAbout(action: Action, report: GuardReport, context: PolicyContext): Reasoning {
  const settings = action.type === 'connect' ? [cachedSet('workspace', context.network.rules)] : []
  const sets = [...context.policy, ...settings, cachedSet('session', context.rules)]
  const modes = new Set<Mode>([
    context.mode,
    ...sets.flatMap(({ source, mode }) => (source === 'managed' && mode) || []),
  ])
  const builtin = builtinRule(action, context)
  const ruled = ruledTool(action, context.tool)
  const looks = onlyLooks(action) || (action.type === 'command' && report.understood && report.effect === 'look')
  const forbids = sets.flatMap((set) => forbidding(set, ruled, action, report, context)).toSorted(byStrength)
  const covered = coverage(sets, action, report, {
    ...context,
    ...ruled,
    onlyLooks: modes.has('ask') || modes.has('plan'),
  })
  const facts: Facts = {
    action,
    report,
    builtin,
    forbids,
    covered,
    looks,
    modes,
    sets,
    place: context,
    network: context.network,
  }
  const found = stages.map((stage) => stage(facts)).find((said) => said !== undefined) ?? asBuiltin(facts)
  const held = found.verdict === 'allow' ? sets.find(({ holds }) => holds) : undefined
  const said = held ? unread(held) : found
  const { verdict, rule, source, reason, because } = afterwards(said, action, context, modes)
  const risk = stronger(builtin.risk, report.risk)
  return {
    decision: { verdict, rule, ...(source && { source }), risk, reason },
    builtin,
    matches: [...forbids, ...covered.matches.toSorted(byStrength)],
    coverage: covered,
    because,
  }
}

interface Facts {
  readonly action: Action
  readonly report: GuardReport
  readonly builtin: BuiltinRule
  readonly forbids: readonly Match[]
  readonly covered: Coverage
  readonly looks: boolean
  readonly modes: ReadonlySet<Mode>
  readonly sets: readonly RuleSet[]
  readonly place: Place
  readonly network: NetworkPolicy
}

interface Said extends Omit<Decision, 'risk'> {
  readonly because: string
}

const stages: readonly ((facts: Facts) => Said | undefined)[] = [
  ({ builtin }) =>
    builtin.verdict === 'deny'
      ? { ...ofBuiltin(builtin), because: 'What Paddock itself denies, no rule lifts.' }
      : undefined,
  ({ forbids }) => {
    const deny = forbids.find(({ rule, certain }) => certain && rule.verdict === 'deny')
    return deny && ofRule(deny, 'deny', 'A deny of any source beats every ask and allow.')
  },
  ({ looks, modes }) => {
    if (looks || !modes.has('plan')) return undefined
    const reason = 'This session only plans: what does more than look is denied.'
    return { verdict: 'deny', rule: 'plan-mode', reason, because: 'No rule lifts what the mode “plan” denies.' }
  },
  ({ forbids }) => {
    const ask = forbids.find(({ rule, certain }) => certain && rule.verdict === 'ask')
    if (ask) return ofRule(ask, 'ask', 'An ask of any source beats every allow.')
    const [maybe] = forbids
    return maybe && ofRule(maybe, 'ask', 'It may match: what it is about is only known when it runs.')
  },
  ({ builtin }) =>
    builtin.verdict === 'ask' && builtin.firm
      ? { ...ofBuiltin(builtin), because: 'No rule shows what this would let happen, so none lifts it.' }
      : undefined,
  ({ covered }) => {
    const sorted = covered.matches.toSorted(byStrength)
    const [first] = sorted
    if (!covered.isWhole || !first) return undefined
    const names = [...new Set(sorted.map(({ rule }) => rule.name))]
    const because =
      names.length > 1 ? `Together these rules cover all of it: ${names.join(', ')}.` : 'It covers all of it.'
    return ofRule(first, 'allow', because)
  },
  ({ action, network }) => {
    if (action.type !== 'connect' || network.undecided === 'ask') return undefined
    const reason = 'No rule names this host, and such hosts are refused in this workspace.'
    return { verdict: 'deny', rule: 'undecided-host', reason, because: 'No rule of any source decides it.' }
  },
  ({ report, builtin }) => {
    const grave = report.reasons.filter(({ consequential }) => consequential)
    const because = 'What cannot be taken back is asked about in every mode, unless a rule names just that.'
    return grave.length > 0 ? asked('consequential', grave, builtin, because) : undefined
  },
  ({ report, builtin }) => {
    if (report.understood) return undefined
    const why = report.reasons.length > 0 ? report.reasons : [{ text: 'What it does could not be understood.' }]
    return asked('not-understood', why, builtin, 'What is not understood is never taken for harmless.')
  },
  ({ report, builtin, place }) => {
    const beyond = report.paths.find(({ path, effect }) => effect !== 'read' && isBeyond(path, place))
    if (!beyond) return undefined
    const why = { text: `It writes ${beyond.path.slice(0, 200)}, outside the workspace.` }
    return asked('writes-outside', [why], builtin, 'No layer holds what is written outside the workspace.')
  },
  ({ looks, modes, builtin }) => {
    if (looks || !modes.has('ask') || builtin.verdict !== 'allow') return undefined
    const reason = 'This session asks about whatever does more than look.'
    return { verdict: 'ask', rule: 'ask-mode', reason, because: 'No rule decides it, and the mode is “ask”.' }
  },
]

function asBuiltin({ builtin }: Facts): Said {
  return { ...ofBuiltin(builtin), because: 'No rule of any source decides it.' }
}

function unread({ source }: RuleSet): Said {
  const reason = `A rule of the ${sourceNames[source]} policy cannot be read and may forbid this; until it is mended, you are asked.`
  const because = 'Nothing is allowed past a rule that cannot be read.'
  return { verdict: 'ask', rule: 'policy-not-readable', source, reason, because }
}

const sourceNames: Readonly<Record<RuleSet['source'], string>> = {
  managed: 'managed',
  user: 'user’s',
  workspace: 'workspace’s',
  repository: 'repository’s',
  session: 'session’s',
}

function afterwards(said: Said, action: Action, { tool, grants }: PolicyContext, modes: ReadonlySet<Mode>): Said {
  if (said.verdict !== 'ask') return said
  if (grants.size > 0 && grants.has(grantKey(tool, action))) {
    const reason = `You allowed this ${action.type === 'connect' ? 'host' : 'exact action'} for this session.`
    const because = 'An answer for the session lifts an ask, never a deny.'
    return { verdict: 'allow', rule: 'session-grant', reason, because }
  }
  if (!modes.has('unattended')) return said
  const reason = `Nobody can be asked in this session. ${said.reason}`
  return { ...said, verdict: 'deny', reason, because: `${said.because} The mode “unattended” denies what is asked.` }
}

function ofBuiltin({ verdict, name, reason }: BuiltinRule): Omit<Said, 'because'> {
  return { verdict, rule: name, reason }
}

function ofRule({ rule, source, part }: Match, verdict: Decision['verdict'], because: string): Said {
  const said = { allow: 'allows', ask: 'asks about', deny: 'denies' }[rule.verdict]
  const reason = rule.reason ?? `A rule of the ${sourceNames[source]} policy ${said} it (“${rule.name}”: ${part}).`
  return { verdict, rule: rule.name, source, reason, because }
}

function asked(rule: string, why: readonly { text: string }[], builtin: BuiltinRule, because: string): Said {
  const texts = why.slice(0, 3).map(({ text }) => text)
  const reason = [...texts, ...(builtin.verdict === 'ask' ? [builtin.reason] : [])].join(' ')
  return { verdict: 'ask', rule, reason, because }
}

const strengths = { certain: 4, deny: 2, ask: 1, allow: 0 }
const sources: readonly RuleSet['source'][] = ['managed', 'user', 'workspace', 'repository', 'session']

/** By verdict, then by source, then by name: never by where a rule stands. */
function byStrength(a: Match, b: Match): number {
  const strength = ({ rule, certain }: Match) => (certain ? strengths.certain : 0) + strengths[rule.verdict]
  const rank = ({ source }: Match) => sources.indexOf(source)
  return strength(b) - strength(a) || rank(a) - rank(b) || (a.rule.name < b.rule.name ? -1 : 1)
}

const risks: readonly Risk[] = ['low', 'medium', 'high', 'critical']

function stronger(a: Risk, b: Risk): Risk {
  return risks.indexOf(a) > risks.indexOf(b) ? a : b
}

/** By the list itself: grants only ever come to be more, and settings that change are another list. */
const cachedSets = new WeakMap<readonly unknown[], { readonly length: number; readonly set: RuleSet }>()

function cachedSet(source: 'workspace' | 'session', rules: readonly PolicyRule[]): RuleSet {
  const known = cachedSets.get(rules)
  if (known?.length === rules.length && known.set.source === source) return known.set
  const set = ruleSet(source, { rules })
  cachedSets.set(rules, { length: rules.length, set })
  return set
}
