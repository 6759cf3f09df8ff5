import { parseArgs } from 'node:util'
import type { DaemonClient } from '#client/daemonClient.ts'
import { DaemonError } from '#client/daemonError.ts'
import type { Approval, Outcome } from '#protocol/approval.ts'
import type { PolicyRule } from '#protocol/policy.ts'
import { readRuleText, ruleSentence, ruleText } from '#protocol/policyRuleText.ts'
import { visible } from '#protocol/visible.ts'
import { printLines } from '../sandbox/output.ts'
import { UsageError } from '../usage.ts'
import { findId } from './shortId.ts'

/** What became of an answer, as an exit code. `usage` is that of every command. */
export const answerCodes = { answered: 0, alreadyAnswered: 3, notFound: 4 } as const

const scopes = ['session', 'workspace', 'user'] as const
type Scope = (typeof scopes)[number]

/** `paddock approvals allow ID`. */
export async function allow(client: DaemonClient, args: string[]): Promise<number> {
  const options = { for: { type: 'string' }, rule: { type: 'string', multiple: true } } as const
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  const scope = scopeOf(values.for)
  const rules = values.rule?.map(ruleOf)
  if (rules && !scope) throw new UsageError('Say --for session, workspace or user with --rule.')
  const once = { type: 'allowOnce' } as const
  return answer(client, positionals, once, (asked) => (scope ? grantOf(scope, asked, rules) : once))
}

/** `paddock approvals deny ID` and `abort ID`. */
export function refuse(type: 'deny' | 'abort') {
  return async (client: DaemonClient, args: string[]): Promise<number> => {
    const options = { guidance: { type: 'string' } } as const
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
    const { guidance } = values
    const outcome = { type, ...(guidance !== undefined && { guidance }) }
    return answer(client, positionals, outcome, () => outcome)
  }
}

/** The pending approval that this names; undefined where none is. */
export async function pendingOf(client: DaemonClient, positionals: readonly string[]) {
  const [text, ...more] = positionals
  if (text === undefined || more.length > 0) throw new UsageError('Which approval? Give its ID: paddock approvals list')
  const { approvals } = await client.request('approval/list', {})
  const id = findId(
    text,
    approvals.map((approval) => approval.id),
  )
  return { text, asked: approvals.find((approval) => approval.id === id) }
}

/** Who answered an approval that is no longer pending, and what: from the record. */
export async function settledLine(client: DaemonClient, text: string): Promise<string | undefined> {
  const { entries } = await client.request('audit/list', { filter: { kind: 'answer' }, limit: 500 })
  const found = entries.filter(({ evidence }) => evidence?.approval && findId(text, [evidence.approval]))
  const [entry] = found
  if (!entry || found.some(({ evidence }) => evidence?.approval !== entry.evidence?.approval)) return undefined
  return settled(entry.evidence?.outcome ?? '', entry.who.name)
}

/** `late`: what is said to one that is not pending; that it comes too late is for the daemon to say, and to record. */
async function answer(
  client: DaemonClient,
  positionals: readonly string[],
  late: Outcome,
  outcomeOf: (asked: Approval) => Outcome,
): Promise<number> {
  const { text, asked } = await pendingOf(client, positionals)
  const outcome = asked ? outcomeOf(asked) : late
  try {
    await client.request('approval/answer', { approval: asked?.id ?? text, outcome })
    printLines(said(outcome))
    return answerCodes.answered
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error
    const line = await trouble(client, text, error)
    process.stderr.write(`${line.text}\n`)
    return line.code
  }
}

async function trouble(client: DaemonClient, text: string, { data, message }: DaemonError) {
  if (data?.type === 'approvalAlreadyAnswered') {
    return { text: settled(data.outcome, data.by), code: answerCodes.alreadyAnswered }
  }
  if (data?.type === 'invalidParams') throw new UsageError(message)
  if (data?.type !== 'approvalNotFound') throw new DaemonError(message, data)
  const line = await settledLine(client, text)
  if (line) return { text: line, code: answerCodes.alreadyAnswered }
  return { text: `There is no approval ${visible(text)}.`, code: answerCodes.notFound }
}

function settled(outcome: string, by: string): string {
  return `It was already answered: ${outcome}, by ${visible(by)}. Nothing was changed.`
}

function scopeOf(text: string | undefined): Scope | undefined {
  const scope = scopes.find((each) => each === text)
  if (text !== undefined && !scope) throw new UsageError('--for is session, workspace or user.')
  return scope
}

function ruleOf(text: string): PolicyRule {
  const rule = readRuleText(text)
  if ('fault' in rule) throw new UsageError(rule.fault)
  return rule
}

/** What is granted is what `show` shows, or what was written instead. */
function grantOf(scope: Scope, asked: Approval, written: PolicyRule[] | undefined): Outcome {
  // For the session this exact action is enough of a rule, or this host and port.
  if (scope === 'session') return { type: 'allowForSession', ...(written && { rules: written }) }
  const rules = written ?? asked.proposals ?? []
  if (rules.length === 0) {
    throw new UsageError(
      'No rule is known that would allow just this. Allow it once or for the session, or say --rule JSON.',
    )
  }
  return { type: scope === 'workspace' ? 'allowForWorkspace' : 'allowForUser', rules: [...rules] }
}

function said(outcome: Outcome): string[] {
  switch (outcome.type) {
    case 'allowOnce':
      return ['Allowed once.']
    case 'deny':
      return ['Denied.']
    case 'abort':
      return ['Denied, and the task ends.']
    default: {
      const rules = 'rules' in outcome && outcome.rules ? outcome.rules : []
      if (rules.length === 0) return [`Allowed ${reach[outcome.type]}: exactly this.`]
      return [
        `Allowed ${reach[outcome.type]}, by:`,
        ...rules.flatMap((rule) => [`  ${ruleText(rule)}`, `    ${ruleSentence(rule)}`]),
      ]
    }
  }
}

const reach = {
  allowWithInput: 'with other arguments',
  allowForSession: 'for the session',
  allowForWorkspace: 'for the workspace',
  allowForUser: 'for every workspace',
} as const
