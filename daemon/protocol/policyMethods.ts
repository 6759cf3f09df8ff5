import * as z from 'zod'
import { Action, Decision } from './approval.ts'
import { GuardReport } from './guard.ts'
import { method } from './method.ts'
import { Mode, PolicyRule, PolicySource, PolicyTrouble } from './policy.ts'

/** A file that says what is allowed, asked about and denied; or where one may be. */
export const PolicySourceInfo = z.object({
  source: PolicySource.exclude(['builtin', 'session']),
  /** Absolute. */
  path: z.string(),
  exists: z.boolean(),
  /** Of its bytes, in hex; absent where it cannot be read. */
  sha256: z.string().optional(),
  /** Of a repository’s: whether the user trusts just this content. */
  trusted: z.boolean().optional(),
  /** Only what it asks about and denies is in force. */
  tightensOnly: z.boolean(),
  /** Nothing is allowed without a question until its troubles are mended. */
  holds: z.boolean(),
  mode: Mode.optional(),
  /** Those that could be read, with the names that they go by. */
  rules: z.array(PolicyRule),
  troubles: z.array(PolicyTrouble),
})
export type PolicySourceInfo = z.infer<typeof PolicySourceInfo>

const RuleMatch = z.object({
  source: PolicySource,
  rule: z.string(),
  verdict: z.enum(['allow', 'ask', 'deny']),
  /** False where it may match: what it is about is only known when it runs. */
  certain: z.boolean(),
  /** The part of the action that it is about, for people. */
  part: z.string(),
})

/** What would become of an action, and why. */
export const PolicyExplanation = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('explained'),
    /** As it was asked. */
    asked: z.string(),
    action: Action,
    guard: GuardReport,
    /** Paddock’s own rule for it, by name. */
    builtin: z.string(),
    /** Every rule of any source that is about it or a part of it, the strongest first; at most 200. */
    matches: z.array(RuleMatch),
    decision: Decision,
    /** Why this one decided, as a sentence. */
    because: z.string(),
    /** What would allow it. */
    proposals: z.array(PolicyRule),
  }),
  z.object({ type: z.literal('notUnderstood'), asked: z.string(), why: z.string() }),
])
export type PolicyExplanation = z.infer<typeof PolicyExplanation>

const Ref = z.object({ folder: z.string() })
const OwnSource = z.enum(['user', 'workspace'])
const Sources = z.object({ sources: z.array(PolicySourceInfo) })

/** Apart from what a rule is: that is also part of an approval, which these know. */
export const policyMethods = {
  /** Every source of a workspace’s policy, the strongest first. */
  'policy/sources': method(Ref, Sources),
  /** Trusts the repository’s policy as long as its content is just this; null takes that back. Refused where it is another one by now. */
  'policy/trust': method(
    Ref.extend({
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .nullable(),
    }),
    Sources,
  ),
  /**
   * What would become of each of these: command lines, or actions as JSON (which begin with a brace; `tool` in one names
   * the tool). Without a session: in one that begins now. Nothing is run, and nothing written down.
   */
  'policy/explain': method(
    Ref.extend({
      session: z.string().optional(),
      mode: Mode.optional(),
      actions: z.array(z.string().max(200_000)).max(1_000),
    }),
    z.object({ explanations: z.array(PolicyExplanation) }),
  ),
  /** Adds rules behind the others; refused where one cannot be understood, and then none is. */
  'policy/addRules': method(Ref.extend({ source: OwnSource, rules: z.array(PolicyRule).min(1).max(100) }), Sources),
  'policy/removeRule': method(Ref.extend({ source: OwnSource, name: z.string() }), Sources),
}

export const policyNotifications = {
  /** What is in force in a workspace changed. */
  'policy/changed': Ref,
}
