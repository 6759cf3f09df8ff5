import type { Decision, Outcome } from '#protocol/approval.ts'
import type { AuditEntry } from '#protocol/audit.ts'
import type { EventOf, LoggedEvent, SessionEventType } from '#protocol/event.ts'
import type { GuardReport, GuardSummary } from '#protocol/guard.ts'
import { ruleText } from '#protocol/policyRuleText.ts'
import type { SessionState } from '#protocol/session.ts'
import { actionHash } from '../../approval/actionHash.ts'
import { absolute, actionSubject, subject } from './actionSubject.ts'
import type { AuditDraft } from './auditDraft.ts'
import { bounded, few } from './bounded.ts'

/**
 * What an event says to the audit; undefined where nothing was decided by it. Pure. `before`: the session as it was until
 * then, where an answer finds its question.
 */
export function auditOf({ seq, at, event }: LoggedEvent, before: SessionState): AuditDraft | undefined {
  const entry = entryOf(event, before)
  if (!entry) return undefined
  const folder = event.type === 'sessionCreated' ? event.folder : before.folder
  return {
    at,
    session: before.id,
    ...(folder !== '' && { folder }),
    ...('task' in event && event.task !== undefined && { task: event.task }),
    ...entry,
    evidence: { event: seq, ...entry.evidence },
  }
}

type Entry = Omit<AuditDraft, 'at' | 'session' | 'folder'>
type Evidence = NonNullable<AuditEntry['evidence']>
type Why = NonNullable<AuditEntry['why']>
type Who = AuditEntry['who']

function entryOf<T extends SessionEventType>(event: EventOf<T>, before: SessionState): Entry | undefined {
  const derive: ((event: EventOf<T>, before: SessionState) => Entry | undefined) | null = entries[event.type as T]
  return derive?.(event, before)
}

/** Every type of event, so that a new one cannot be left out by oversight; null where it is no decision. */
const entries: {
  readonly [T in SessionEventType]: ((event: EventOf<T>, before: SessionState) => Entry | undefined) | null
} = {
  sessionCreated: ({ sandbox, by = '' }) =>
    sandbox && {
      kind: 'unsandboxed',
      who: whoIs(by),
      what: subject('A session without a sandbox: what it runs, runs on the machine itself.'),
      evidence: { sandbox },
    },
  sessionRenamed: null,
  modeChanged: ({ mode, by }, { mode: old = 'auto' }) => ({
    kind: 'mode',
    who: whoIs(by),
    what: subject(`mode ${mode}, before it ${old}`),
  }),
  taskSubmitted: null,
  taskStarted: null,
  stepStarted: null,
  modelRetried: null,
  modelReplied: null,
  toolStarted: ({ call, tool, action, decision, guard, sandbox }) => ({
    kind: 'call',
    verdict: decision.verdict,
    who: whoDecided(decision),
    what: actionSubject(tool, action, guard),
    why: whyOf(decision),
    evidence: {
      call,
      action: actionHash(tool, action),
      ...guardOf(guard),
      ...(sandbox !== undefined && { sandbox }),
      ...(action.type === 'command' && { network: action.network }),
    },
  }),
  toolFinished: ({ call, tool = '', action, decision, guard }) =>
    decision && {
      kind: 'call',
      verdict: decision.verdict,
      who: whoDecided(decision),
      what: action ? actionSubject(tool, action, guard) : subject(`call ${call}`),
      why: whyOf(decision),
      evidence: { call, ...(action && { action: actionHash(tool, action) }), ...guardOf(guard) },
    },
  approvalAsked: ({ approval }) => {
    const { id, task, call, tool, action, hash, risk, reason, guard, dependsOn } = approval
    return {
      task,
      kind: 'question',
      verdict: 'ask',
      who: policy,
      what: actionSubject(tool, action, guard && seenIn(guard)),
      why: { reason: bounded(reason), risk },
      evidence: {
        approval: id,
        call,
        action: hash,
        ...(guard && reportOf(guard)),
        ...(dependsOn && {
          dependsOn: dependsOn.slice(0, 20).map(({ path, sha256 }) => ({ path: bounded(path), sha256 })),
        }),
      },
    }
  },
  approvalAnswered: ({ approval, outcome, by }, { approvals }) => {
    const asked = approvals.find(({ id }) => id === approval)
    return {
      kind: 'answer',
      verdict: outcome.type === 'deny' || outcome.type === 'abort' ? 'deny' : 'allow',
      who: whoIs(by),
      what: asked
        ? actionSubject(asked.tool, asked.action, asked.guard && seenIn(asked.guard))
        : subject(`approval ${approval}`),
      why: answerOf(outcome, asked?.risk),
      evidence: {
        approval,
        outcome: outcome.type,
        ...(asked && { call: asked.call, action: asked.hash }),
        ...('rules' in outcome && outcome.rules && { rules: outcome.rules.map((rule) => bounded(ruleText(rule))) }),
      },
    }
  },
  connectionDecided: ({ call, command, decision, times }) => {
    const { host, port, verdict, rule, reason } = decision
    const through = command === undefined ? '' : `, for ${command}`
    return {
      kind: 'connection',
      verdict,
      who: policy,
      what: subject(`reach ${host} on port ${port}${through}`, { hosts: [host] }),
      why: { rule: bounded(rule), reason: bounded(reason) },
      evidence: { port, ...(call !== undefined && { call }), ...(times !== undefined && { times }) },
    }
  },
  checkpointMade: null,
  layerRewound: ({ checkpoint, files, by }) => ({
    kind: 'rewind',
    who: whoIs(by),
    what: subject(`back to checkpoint ${checkpoint}`),
    evidence: { checkpoint, files },
  }),
  changesChanged: null,
  changeKept: ({ path, hunks, consent, by }, { folder }) => ({
    kind: 'keep',
    who: whoIs(by),
    what: subject(path, { files: [absolute(folder, path)] }),
    ...(consent !== undefined && { why: { reason: bounded(`Consented, though kept it runs later: ${consent}.`) } }),
    evidence: { ...(hunks !== undefined && { hunks }) },
  }),
  changeDiscarded: ({ path, hunks, by }, { folder }) => ({
    kind: 'discard',
    who: whoIs(by),
    what: subject(path, { files: [absolute(folder, path)] }),
    evidence: { ...(hunks !== undefined && { hunks }) },
  }),
  taskCompleted: null,
  taskFailed: null,
  taskCancelled: null,
}

const policy: Who = { type: 'policy', name: 'policy' }

/** Names that answer in nobody's place: no client has one of them (`clientName`). */
const ownNames: ReadonlyMap<string, Who['type']> = new Map([
  ['policy', 'policy'],
  ['timeout', 'daemon'],
  ['cancel', 'daemon'],
])

function whoIs(by: string): Who {
  return { type: ownNames.get(by) ?? 'person', name: bounded(by) }
}

function whoDecided({ by }: Decision): Who {
  return by === undefined ? policy : whoIs(by)
}

function whyOf({ rule, source, risk, reason }: Decision): Why {
  return { rule: bounded(rule), ...(source && { source }), risk, reason: bounded(reason) }
}

const scopes: Record<Outcome['type'], string> = {
  allowOnce: 'Allowed once.',
  allowWithInput: 'Allowed with other arguments.',
  allowForSession: 'Allowed for the session.',
  allowForWorkspace: 'Allowed for the workspace.',
  allowForUser: 'Allowed for every workspace.',
  deny: 'Denied.',
  abort: 'Denied, and the task ended.',
}

function answerOf(outcome: Outcome, risk: string | undefined): Why {
  const given = 'guidance' in outcome ? outcome.guidance : 'arguments' in outcome ? outcome.arguments : undefined
  const said = given ? ` ${given}` : ''
  return { reason: bounded(`${scopes[outcome.type]}${said}`), ...(risk !== undefined && { risk }) }
}

function guardOf(guard: GuardSummary | undefined): Evidence {
  if (!guard) return {}
  const codes = few(guard.reasons)
  return { effect: guard.effect, ...(codes && { guard: codes }) }
}

function reportOf({ effect, reasons }: GuardReport): Evidence {
  const codes = few(reasons.map(({ code }) => code))
  return { effect, ...(codes && { guard: codes }) }
}

function seenIn({ programs, paths, hosts }: GuardReport) {
  return {
    programs: programs.map(({ name }) => name ?? '?'),
    paths: paths.map(({ path }) => path),
    hosts: [...hosts],
  }
}
