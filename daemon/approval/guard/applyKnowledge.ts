import { type Call, readCall } from './call.ts'
import type { Examination, Knowledge, Option } from './knowledge.ts'
import { act } from './reasons.ts'
import { shown, type Word } from './shell/word.ts'

/** Says of a program's words what the table says of them. */
export function applyKnowledge(known: Knowledge, words: readonly Word[], at: Examination, oneDash?: true): void {
  const stop = known.subcommands !== undefined || known.starts !== undefined
  const call = readCall(words, known.options ?? {}, { oneDash: known.oneDash ?? oneDash, stop })
  if (known.act) at.reason(known.act)
  if (!known.subcommands || call.operands.length === 0) at.effect(known.effect)
  applyOptions(call, at)
  // A word that is only known when it runs may be any of its options.
  if (call.uncertain && Object.values(known.options ?? {}).some(doesSomething)) at.effect('run')
  for (const file of known.orders ?? []) at.obeys(file)
  if (known.starts && !known.starts.byHand) startProgram(known, call, at)
  known.examine?.(call, at)
  if (known.operands) operandEffects[known.operands](call, at)
  if (known.subcommands) applySubcommand(known, known.subcommands, call, at)
}

function applySubcommand(
  known: Knowledge,
  subcommands: NonNullable<Knowledge['subcommands']>,
  { name, operands }: Call,
  at: Examination,
): void {
  const [first] = operands
  if (!first) return
  if (first.text === null) {
    at.effect('run')
    const matters = Object.values(subcommands).some((each) => each.act || each.subcommands || each.examine)
    if (matters) at.reason(act('not-understood', `What ${shown(name)} is told to do is only known when it runs.`))
    return
  }
  const sub = Object.hasOwn(subcommands, first.text) ? subcommands[first.text] : known.otherwise
  if (sub) applyKnowledge(sub, operands, at, known.oneDash)
  else at.effect('run')
}

function applyOptions({ options, name }: Call, at: Examination): void {
  for (const { option, value, name: written } of options) {
    if (option?.effect) at.effect(option.effect)
    if (option?.act) at.reason(option.act)
    if (option?.value === 'unseen') {
      const what = value ? `: ${shown(value)}` : ''
      at.reason(act('unseen-code', `${shown(name)} ${written} runs what it is given${what}.`))
    } else if (value && option?.value) valueEffects[option.value](value, at)
  }
}

function doesSomething({ effect, act: consequence, value }: Option): boolean {
  return (
    effect !== undefined ||
    consequence !== undefined ||
    (value !== undefined && value !== 'text' && value !== 'read' && value !== 'orders')
  )
}

type Values = Exclude<NonNullable<Option['value']>, 'unseen'>

const valueEffects: Record<Values, (value: Word, at: Examination) => void> = {
  text: () => {},
  read: (value, at) => at.reads(value),
  orders: (value, at) => at.obeys(value),
  write: (value, at) => at.writes(value),
  host: (value, at) => at.host(value),
  shell: (value, at) => at.shell(value.text, value),
  code: (value, at) => at.code(value.text),
}

type Operands = NonNullable<Knowledge['operands']>

const operandEffects: Record<Operands, (call: Call, at: Examination) => void> = {
  none: () => {},
  read: ({ operands }, at) => {
    for (const each of operands) at.reads(each)
  },
  readTree: ({ operands }, at) => {
    for (const each of operands) at.reads(each, true)
  },
  write: ({ operands }, at) => {
    for (const each of operands) at.writes(each)
  },
  delete: ({ operands }, at) => {
    for (const each of operands) at.deletes(each)
  },
  pattern: ({ operands }, at) => {
    for (const each of operands.slice(1)) at.reads(each)
  },
  copy: ({ operands, has }, at) => {
    // An option may name what it is copied to.
    const copied = has('-t') ? operands : operands.slice(0, -1)
    for (const each of copied) at.reads(each, true)
    const last = has('-t') ? undefined : operands.at(-1)
    if (last) at.writes(last)
  },
  host: ({ operands }, at) => {
    for (const each of operands) at.host(each)
  },
}

function startProgram({ starts = {} }: Knowledge, { name, operands }: Call, at: Examination): void {
  const { skip = 0, assignments, shell, elsewhere = false, optional } = starts
  if (operands.slice(0, skip).some(({ many }) => many)) {
    at.reason(act('unknown-program', `Which program ${shown(name)} starts is only known when it runs.`))
    return
  }
  let rest = operands.slice(skip)
  // `env -` and `kubectl exec pod --`.
  if (rest[0]?.text === '-' || (skip > 0 && rest[0]?.text === '--')) rest = rest.slice(1)
  if (assignments) {
    const first = rest.findIndex(({ lead }) => !/^\w+=/.test(lead))
    for (const each of first < 0 ? rest : rest.slice(0, first)) {
      const [variable = '', ...value] = (each.text ?? each.lead).split('=')
      at.sets(variable, each.text === null ? null : value.join('='))
    }
    rest = first < 0 ? [] : rest.slice(first)
  }
  const [program] = rest
  if (!program) {
    if (!optional) at.effect('run')
  } else if (shell) {
    const known = rest.every(({ text }) => text !== null)
    at.shell(known ? rest.map(({ text }) => text).join(' ') : null, program, { elsewhere })
  } else at.run(rest, { elsewhere })
}
