import type { Action, Approval } from '#protocol/approval.ts'
import type { GuardReport } from '#protocol/guard.ts'
import { ruleSentence, ruleText } from '#protocol/policyRuleText.ts'
import { visible } from '#protocol/visible.ts'
import { actionText } from '../progress.ts'
import { ago } from '../when.ts'
import { shortId } from './shortId.ts'

const lineLength = 100

/** One line for each, under a heading; a line that is cut says how long it is. */
export function listRows(approvals: readonly Approval[]): string[][] {
  const ids = approvals.map(({ id }) => id)
  const rows = approvals.map(({ id, risk, askedAt, action }) => [
    shortId(id, ids),
    risk,
    ago(askedAt),
    oneLine(actionText(action)),
  ])
  return [['ID', 'RISK', 'SINCE', 'ACTION'], ...rows]
}

/** All there is to decide by, with what the model says of it apart and last. Nothing in it hides, and nothing is cut. */
export function approvalLines(approval: Approval): string[] {
  const { id, session, task, tool, action, hash, risk, reason, guard, dependsOn = [], claim, proposals = [] } = approval
  return [
    `Approval ${id}, asked ${ago(approval.askedAt)} ago`,
    `Session ${session}, task ${task}`,
    `Risk ${risk}: ${visible(reason)}`,
    '',
    `What would be done, by ${visible(tool)}`,
    ...factsOf(action).flatMap(([name, text]) => indented(name, text)),
    `  SHA-256  ${hash}`,
    ...section(
      'Files that it depends on',
      dependsOn.map(({ path, sha256 }) => `${visible(path)}  ${sha256 ?? 'absent'}`),
    ),
    ...(guard ? guardLines(guard) : []),
    ...section(
      'Rules that would allow it',
      proposals.flatMap((rule) => [ruleText(rule), `  ${ruleSentence(rule)}`]),
    ),
    ...(claim === undefined
      ? []
      : ['', 'What the model says of it; nobody checked that', ...indented('', visible(claim))]),
  ]
}

/** For whoever watches: enough to know what it is about, and how to go on. */
export function watchLines({ id, risk, reason, action }: Approval): string[] {
  return [
    `${id}  ${risk}  ${oneLine(actionText(action))}`,
    `  ${visible(reason)}`,
    `  paddock approvals show ${id}   allow ${id}   deny ${id}`,
  ]
}

/** Each fact of an action under its name. */
function factsOf(action: Action): [name: string, text: string][] {
  const { type, ...facts } = action
  const told = Object.entries(facts).filter(([, value]) => value !== undefined)
  return [
    ['kind', type],
    ...told.map(([name, value]): [string, string] => {
      if (typeof value !== 'string') return [name, String(value)]
      const shown = visible(value)
      return [name, value.length > lineLength ? `${shown}\n(${value.length} characters)` : shown]
    }),
  ]
}

function guardLines({ understood, effect, risk, programs, paths, hosts, reasons }: GuardReport): string[] {
  return [
    '',
    `What the guard found: effect ${effect}, risk ${risk}${understood ? '' : ', not all of it understood'}`,
    ...reasons.flatMap(({ text, consequential }) =>
      indented('', `${visible(text)}${consequential ? ' This cannot be taken back.' : ''}`),
    ),
    ...section(
      'Programs',
      programs.map(({ argv, via }) => {
        const words = argv.map((word) => (word === null ? '(known when it runs)' : visible(word))).join(' ')
        return via.length > 0 ? `${words}   started by ${via.map(visible).join(', ')}` : words
      }),
    ),
    ...section(
      'Paths',
      paths.map(({ path, effect: how, tree }) => `${how} ${visible(path)}${tree ? ' and all below it' : ''}`),
    ),
    ...section('Hosts', hosts.map(visible)),
  ]
}

function section(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', heading, ...lines.flatMap((line) => indented('', line))]
}

function indented(name: string, text: string): string[] {
  const [first = '', ...more] = text.split('\n')
  const label = name === '' ? '  ' : `  ${name.padEnd(7)}  `
  return [`${label}${first}`, ...more.map((line) => `${' '.repeat(label.length)}${line}`)]
}

function oneLine(text: string): string {
  const line = text.replace(/\n/g, '⏎').replace(/\t/g, ' ')
  return line.length > lineLength ? `${line.slice(0, lineLength)}… (${line.length} characters)` : line
}
