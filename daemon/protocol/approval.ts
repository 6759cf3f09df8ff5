import * as z from 'zod'
import { GuardReport, Risk } from './guard.ts'
import { method } from './method.ts'
import { PolicyRule, PolicySource } from './policy.ts'

/** What a tool call would do, as facts computed by us; never the model's own words about it. */
export const Action = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('command'),
    /** The shell line exactly as it would run. */
    command: z.string(),
    cwd: z.string(),
    /** Asks to reach any public host while it runs, instead of being asked about each. */
    network: z.boolean(),
    /** It is left running. */
    background: z.literal(true).optional(),
  }),
  /** Talks to a program that the agent left running. */
  z.object({
    type: z.literal('process'),
    process: z.string(),
    /** Exactly what it would be sent. */
    input: z.string().optional(),
    signal: z.string().optional(),
  }),
  z.object({ type: z.literal('read'), path: z.string() }),
  z.object({ type: z.literal('list'), path: z.string() }),
  z.object({ type: z.literal('search'), path: z.string(), pattern: z.string() }),
  z.object({
    type: z.literal('write'),
    path: z.string(),
    /** Size in bytes and SHA-256 (hex) of the content that would be written. */
    size: z.number(),
    sha256: z.string(),
    /** Replaces a part of the file: `size` is the new part's, `sha256` is over the old and the new part. */
    edit: z.literal(true).optional(),
  }),
  /** A program that runs inside wants to reach a host. */
  z.object({
    type: z.literal('connect'),
    host: z.string(),
    port: z.number(),
    /** The command that it belongs to, as far as that is known. */
    command: z.string(),
  }),
  /** A call of a tool of an MCP server. */
  z.object({
    type: z.literal('mcp'),
    server: z.string().regex(/^[^/]+$/),
    tool: z.string(),
    /** SHA-256 (hex) of all that the server says of the tool: one that describes itself in another way is another tool. */
    schema: z.string(),
    /** Exactly what it would be sent: JSON. */
    arguments: z.string(),
  }),
  /** A call of a tool that the policy has no knowledge of. */
  z.object({ type: z.literal('unknown'), tool: z.string(), arguments: z.string() }),
])
export type Action = z.infer<typeof Action>

/** What policy says of an action before anyone is asked, and the rule that said it. */
export const Decision = z.object({
  verdict: z.enum(['allow', 'ask', 'deny']),
  rule: z.string(),
  /** Whose rule it is; absent for Paddock's own. */
  source: PolicySource.optional(),
  risk: Risk,
  reason: z.string(),
  /** Who answered, where it was asked about: as in `approvalAnswered`. */
  by: z.string().optional(),
})
export type Decision = z.infer<typeof Decision>

/** For the agent to read. */
const guidance = z.string().max(10_000).optional()
/** What is granted, as the person saw and perhaps edited it: rules that allow, and nothing else. */
const rules = z
  .array(PolicyRule)
  .min(1)
  .max(20)
  .refine((granted) => granted.every(({ verdict }) => verdict === 'allow'), 'A grant only allows.')

export const Outcome = z.discriminatedUnion('type', [
  z.object({ type: z.literal('allowOnce') }),
  /** The call runs with these arguments (JSON) instead of the model's. Refused where policy denies that. */
  z.object({ type: z.literal('allowWithInput'), arguments: z.string().max(1_000_000) }),
  /**
   * Until the session ends; without rules it is this exact action, as long as the files that it depends on are those that were
   * shown, or this host and port: also where a rule asks about it.
   */
  z.object({ type: z.literal('allowForSession'), rules: rules.optional() }),
  /** Adds to the user's rules for this workspace; without rules, of `connect` only: a rule for this host and port, which the record names. */
  z.object({ type: z.literal('allowForWorkspace'), rules: rules.optional() }),
  /** Adds to the user's rules for every workspace. */
  z.object({ type: z.literal('allowForUser'), rules }),
  z.object({ type: z.literal('deny'), guidance }),
  /** Denies it and ends the task. */
  z.object({ type: z.literal('abort'), guidance }),
])
export type Outcome = z.infer<typeof Outcome>

/** A question about one exact action. `hash` binds the answer to the bytes: SHA-256 over the canonical JSON of tool and action. */
export const Approval = z.object({
  id: z.string(),
  session: z.string(),
  task: z.string(),
  call: z.string(),
  tool: z.string(),
  action: Action,
  hash: z.string(),
  risk: Risk,
  reason: z.string(),
  /** What the model says it is for. Shown apart from the facts; never believed. */
  claim: z.string().optional(),
  /** What the guard saw; lists of more than 100 are cut. */
  guard: GuardReport.optional(),
  /** Rules that would allow just what was not allowed yet: for a person to read, edit and grant. */
  proposals: z.array(PolicyRule).optional(),
  /** Files that it runs or reads its orders from, as they were when it was asked. Where one differs before it runs, it is asked again. */
  dependsOn: z.array(z.object({ path: z.string(), sha256: z.string().nullable() })).optional(),
  /** The workspace's path as the action names it, where that is none of the user's: a copy. */
  root: z.string().optional(),
  askedAt: z.number(),
})
export type Approval = z.infer<typeof Approval>

export const approvalMethods = {
  /** Every pending approval of every session. */
  'approval/list': method(z.object({}), z.object({ approvals: z.array(Approval) })),
  /** The first answer wins; a later one is refused with `approvalAlreadyAnswered`. */
  'approval/answer': method(z.object({ approval: z.string(), outcome: Outcome }), z.object({ outcome: Outcome })),
}

export const approvalNotifications = {
  /** All pending approvals, whenever that set changes. Sent to every greeted client. */
  'approval/changed': z.object({ approvals: z.array(Approval) }),
}
