import type { Action, Decision } from '#protocol/approval.ts'
import type { Risk } from '#protocol/guard.ts'
import { hidesSomething } from '#protocol/visible.ts'
import { type Place, type Region, regionOf } from './place.ts'

/** What holds of an action where nobody said anything else. */
export interface BuiltinRule {
  readonly name: string
  readonly verdict: Decision['verdict']
  readonly risk: Risk
  readonly reason: string
  /** An ask that no rule lifts, because no rule shows what it would let happen. */
  readonly firm?: true
}

export interface BuiltinContext extends Place {
  /** Something fences in what runs. Without that, a program is asked about whatever it is. */
  readonly sandboxed: boolean
}

/** The first of Paddock's own rules that matches; what none knows is asked. */
export function builtinRule(action: Action, context: BuiltinContext): BuiltinRule {
  const region = regionOf(action, context)
  return rules.find(({ matches }) => matches(action, region, context)) ?? unknownAction
}

/** Nothing happens but that something is looked at. */
export function onlyLooks(action: Action): boolean {
  return looks.has(action.type) || (action.type === 'process' && !action.input && !action.signal)
}

interface Rule extends BuiltinRule {
  matches(action: Action, region: Region, context: Pick<BuiltinContext, 'sandboxed'>): boolean
}

/** A search runs a program too, and what a program is told may be what it runs. */
const startsSomething = (action: Action) =>
  action.type === 'command' || action.type === 'search' || (action.type === 'process' && action.input !== undefined)
const looks: ReadonlySet<Action['type']> = new Set(['read', 'list', 'search'])
const isNetworkCommand = (action: Action) => action.type === 'command' && action.network

const rules: readonly Rule[] = [
  {
    name: 'unsandboxed-command',
    verdict: 'ask',
    firm: true,
    risk: 'high',
    reason: 'This session has no sandbox: it runs on your machine, and can do there whatever you can.',
    matches: (action, _, { sandboxed }) => !sandboxed && startsSomething(action),
  },
  {
    name: 'sandboxed-command',
    verdict: 'allow',
    risk: 'low',
    reason: 'It runs in the sandbox: what it writes stays in the layer, and hosts are asked about.',
    matches: (action, region) => action.type === 'command' && !action.network && region === 'workspace',
  },
  {
    name: 'network-command-with-hidden-text',
    verdict: 'ask',
    firm: true,
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
    name: 'mcp-tool',
    verdict: 'ask',
    risk: 'high',
    reason: 'It calls a tool of an MCP server: what that does happens where the server is, and stays in no layer.',
    matches: (action) => action.type === 'mcp',
  },
  {
    name: 'command-outside-workspace',
    verdict: 'ask',
    firm: true,
    risk: 'medium',
    reason: 'It would run in a folder outside the workspace.',
    matches: (action) => action.type === 'command',
  },
  {
    name: 'look-in-workspace',
    verdict: 'allow',
    risk: 'low',
    reason: 'It only looks at the workspace.',
    matches: (action, region) => looks.has(action.type) && region === 'workspace',
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
    matches: (action, region) => action.type === 'write' && region === 'workspace',
  },
  {
    name: 'write-in-sandbox-home',
    verdict: 'ask',
    risk: 'medium',
    reason: 'It writes to the sandbox’s home folder, which later sessions on this workspace share.',
    matches: (action, region) => action.type === 'write' && region === 'home',
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
