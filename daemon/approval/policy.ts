import { posix } from 'node:path'
import type { Action, Decision } from '#protocol/approval.ts'
import type { Risk } from '#protocol/guard.ts'
import { hidesSomething } from '#protocol/visible.ts'
import { actionHash } from './actionHash.ts'

export interface PolicyContext {
  /** The workspace's absolute path. */
  readonly root: string
  /** The sandbox's home folder, as seen inside. */
  readonly home: string
  /** Something fences in what runs. Without that, a program is asked about whatever it is. */
  readonly sandboxed: boolean
  /** The tool that would do it. */
  readonly tool: string
  /** What was allowed for this session: hashes of exact actions (`actionHash`). */
  readonly grants: ReadonlySet<string>
}

/**
 * What policy says of an action before anyone is asked. Pure. The first rule that matches decides; what no rule knows is
 * asked. A grant turns an ask into an allow and never touches a deny.
 */
export function decide(action: Action, context: PolicyContext): Decision {
  const place = placeOf(action, context)
  const rule = rules.find(({ matches }) => matches(action, place, context)) ?? unknownAction
  const decision = { verdict: rule.verdict, rule: rule.name, risk: rule.risk, reason: rule.reason }
  if (decision.verdict !== 'ask' || !context.grants.has(actionHash(context.tool, action))) return decision
  return {
    verdict: 'allow',
    rule: 'session-grant',
    risk: decision.risk,
    reason: 'You allowed this exact action for this session.',
  }
}

type Place = 'workspace' | 'home' | 'outside' | 'none'

interface Rule {
  readonly name: string
  readonly verdict: Decision['verdict']
  readonly risk: Risk
  readonly reason: string
  matches(action: Action, place: Place, context: Pick<PolicyContext, 'sandboxed'>): boolean
}

/** A search runs a program too, and what a program is told may be what it runs. */
const startsSomething = (action: Action) =>
  action.type === 'command' || action.type === 'search' || (action.type === 'process' && action.input !== undefined)
const looks = new Set<Action['type']>(['read', 'list', 'search'])
const isNetworkCommand = (action: Action) => action.type === 'command' && action.network

const rules: readonly Rule[] = [
  {
    name: 'unsandboxed-command',
    verdict: 'ask',
    risk: 'high',
    reason: 'This session has no sandbox: it runs on your machine, and can do there whatever you can.',
    matches: (action, _, { sandboxed }) => !sandboxed && startsSomething(action),
  },
  {
    name: 'sandboxed-command',
    verdict: 'allow',
    risk: 'low',
    reason: 'It runs in the sandbox: what it writes stays in the layer, and hosts are asked about.',
    matches: (action, place) => action.type === 'command' && !action.network && place === 'workspace',
  },
  {
    name: 'network-command-with-hidden-text',
    verdict: 'ask',
    risk: 'high',
    reason:
      'While it runs, it and whatever else runs in the sandbox may reach any public host, and its text holds characters that do not show; they are spelled out.',
    matches: (action) => isNetworkCommand(action) && action.type === 'command' && hidesSomething(action.command),
  },
  {
    name: 'network-command',
    verdict: 'ask',
    risk: 'medium',
    reason:
      'While it runs, it and whatever else runs in the sandbox may reach any public host, without being asked about each. This machine’s own services stay out of reach; files stay in the sandbox.',
    matches: isNetworkCommand,
  },
  {
    name: 'sandboxed-process',
    verdict: 'allow',
    risk: 'low',
    reason: 'It talks to a program that the agent itself left running.',
    matches: (action) => action.type === 'process',
  },
  {
    name: 'undecided-host',
    verdict: 'ask',
    risk: 'medium',
    reason: 'No rule of this workspace names this host. What the program sends there leaves this machine.',
    matches: (action) => action.type === 'connect',
  },
  {
    name: 'command-outside-workspace',
    verdict: 'ask',
    risk: 'medium',
    reason: 'It would run in a folder outside the workspace.',
    matches: (action) => action.type === 'command',
  },
  {
    name: 'look-in-workspace',
    verdict: 'allow',
    risk: 'low',
    reason: 'It only looks at the workspace.',
    matches: (action, place) => looks.has(action.type) && place === 'workspace',
  },
  {
    name: 'look-outside-workspace',
    verdict: 'ask',
    risk: 'medium',
    reason: 'It looks outside the workspace.',
    matches: (action) => looks.has(action.type),
  },
  {
    name: 'write-in-layer',
    verdict: 'allow',
    risk: 'low',
    reason: 'It writes to the layer; your files change only when you keep it.',
    matches: (action, place) => action.type === 'write' && place === 'workspace',
  },
  {
    name: 'write-in-sandbox-home',
    verdict: 'ask',
    risk: 'medium',
    reason: 'It writes to the sandbox’s home folder, which later sessions on this workspace share.',
    matches: (action, place) => action.type === 'write' && place === 'home',
  },
  {
    name: 'write-outside-workspace',
    verdict: 'deny',
    risk: 'high',
    reason: 'It would write outside the workspace, which is read-only in the sandbox.',
    matches: (action) => action.type === 'write',
  },
]

const unknownAction: Rule = {
  name: 'unknown-action',
  verdict: 'ask',
  risk: 'high',
  reason: 'No rule knows what this tool does.',
  matches: () => true,
}

/** Every rule in the order they are tried, for a person to read. */
export const policyRules = [...rules, unknownAction].map(({ name, verdict, risk, reason }) => ({
  name,
  verdict,
  risk,
  reason,
}))

function placeOf(action: Action, { root, home }: PolicyContext): Place {
  const path = action.type === 'command' ? action.cwd : 'path' in action ? action.path : undefined
  if (path === undefined) return 'none'
  // A path that is not in its plain form is not taken for what it seems to be.
  if (!posix.isAbsolute(path) || posix.normalize(path) !== path || path.includes('\0')) return 'outside'
  if (isWithin(root, path)) return 'workspace'
  return isWithin(home, path) ? 'home' : 'outside'
}

function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`)
}
