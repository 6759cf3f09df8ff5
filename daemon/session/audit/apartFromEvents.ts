import type { Approval, Outcome } from '#protocol/approval.ts'
import type { AuditEntry } from '#protocol/audit.ts'
import type { PolicyRule, PolicySource } from '#protocol/policy.ts'
import { ruleText } from '#protocol/policyRuleText.ts'
import type { SandboxSettings } from '#protocol/sandbox.ts'
import type { SessionState } from '#protocol/session.ts'
import { actionSubject, subject } from './actionSubject.ts'
import type { AuditDraft } from './auditDraft.ts'
import { bounded, few } from './bounded.ts'

/** Decisions that no session's event tells of, as the audit has them. */

const person = (name: string) => ({ type: 'person' as const, name: bounded(name) })

/** An answer that counted for nothing: to a question that there is not, that was answered before, or that it does not fit. */
export function answerRefused(params: {
  readonly approval: string
  readonly asked: Approval | undefined
  readonly folder: string | undefined
  readonly outcome: Outcome
  readonly by: string
  readonly why: string
}): AuditDraft {
  const { approval, asked, folder, outcome, by, why } = params
  return {
    at: Date.now(),
    ...(folder !== undefined && { folder }),
    ...(asked && { session: asked.session, task: asked.task }),
    kind: 'answerRefused',
    who: person(by),
    what: asked ? actionSubject(asked.tool, asked.action) : subject(`approval ${approval}`),
    why: { reason: bounded(why) },
    evidence: { approval: bounded(approval), outcome: outcome.type, ...(asked && { action: asked.hash }) },
  }
}

export function sessionDeleted({ id, folder, title }: SessionState, by: string): AuditDraft {
  return { at: Date.now(), session: id, folder, kind: 'sessionDeleted', who: person(by), what: subject(title) }
}

/** A client asked for what its role does not have. */
export function roleRefused(client: string, method: string, role: string): AuditDraft {
  const what = subject(method)
  return { at: Date.now(), kind: 'roleRefused', verdict: 'deny', who: person(client), what, evidence: { method, role } }
}

/** What a workspace's programs may was set by a person. */
export function settingsChanged(folder: string, settings: Partial<SandboxSettings>, client: string): AuditDraft {
  const { network, secrets, ...rest } = settings
  const told = { ...rest, ...(network && { undecided: network.undecided }), ...(secrets && { secrets }) }
  const rules = few((network?.rules ?? []).map(ruleText))
  const evidence: AuditEntry['evidence'] = rules && { rules }
  return {
    at: Date.now(),
    folder,
    kind: 'settings',
    who: person(client),
    what: subject(JSON.stringify(told), { hosts: network?.rules.map(({ host }) => host) ?? [] }),
    ...(evidence && { evidence }),
  }
}

/** Rules of a policy were added, removed or trusted by a person. `source`: whose policy it is. */
export function rulesChanged(
  folder: string,
  { source, text, rules = [] }: { source: PolicySource; text: string; rules?: readonly PolicyRule[] },
  client: string,
): AuditDraft {
  const told = few(rules.map(ruleText))
  return {
    at: Date.now(),
    folder,
    kind: 'rules',
    who: person(client),
    what: subject(text),
    why: { source },
    ...(told && { evidence: { rules: told } }),
  }
}
