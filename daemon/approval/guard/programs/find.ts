import type { Call } from '../call.ts'
import { isRegenerable } from '../deletion.ts'
import type { Examination, Knowledge } from '../knowledge.ts'
import { act } from '../reasons.ts'
import { literalWord, unknownWord, type Word } from '../shell/word.ts'
import { reads, texts } from './options.ts'

/** Tools that look for files, and may start something for each. */
export const find: Record<string, Knowledge> = {
  find: { effect: 'look', oneDash: true, examine: (_call, at) => examineFind(at) },
  ...Object.fromEntries(
    ['fd', 'fdfind'].map((name): [string, Knowledge] => [
      name,
      {
        effect: 'look',
        options: {
          ...texts(
            '-e --extension -E --exclude -t --type -d --max-depth --min-depth -S --size -c --color -o --owner -j --threads --changed-within --changed-before --max-results --format',
          ),
          '--base-directory --search-path --ignore-file': reads,
          '-x --exec': {},
          '-X --exec-batch': {},
        },
        examine: (call, at) => examineFd(call, at),
      },
    ]),
  ),
  locate: { effect: 'look' },
}

const takesValue =
  /^-(i?(name|path|wholename|regex|lname)|x?type|regextype|(max|min)depth|size|[acm](time|min)|newer..|user|group|[ug]id|perm|links|inum|fstype|used|context|printf)$/
const unseen = act('unseen-code', 'What it does with what it finds is only known when it runs.')

const starters = new Set(['-exec', '-execdir', '-ok', '-okdir'])
const writers = new Set(['-fprint', '-fprint0', '-fprintf', '-fls'])
const readers = new Set(['-newer', '-anewer', '-cnewer', '-samefile', '-files0-from'])

function examineFind(at: Examination): void {
  const words = at.command.words.slice(1)
  const firstTest = words.findIndex(
    ({ text, lead }) => /^(-(?!-?[HLPDO])|[(!])/.test(text ?? lead) || (text === null && lead === ''),
  )
  const starts = firstTest < 0 ? words : words.slice(0, firstTest)
  const tests = firstTest < 0 ? [] : words.slice(firstTest)
  for (const start of starts) if (!start.lead.startsWith('-')) at.reads(start, true)
  const selects = selectedOf(starts, tests)
  for (let i = 0; i < tests.length; i++) {
    const word = tests[i] as Word
    const { text } = word
    if (text === null) {
      const isStart = i === 0 && starts.length === 0
      if (word.glob === undefined && word.dash && !isStart && !takesValue.test(tests[i - 1]?.text ?? ''))
        at.reason(unseen)
      continue
    }
    if (text === '-delete') deleted(selects, at)
    else if (starters.has(text)) {
      const end = tests.findIndex((each, j) => j > i && (each.text === ';' || each.text === '+'))
      const program = tests.slice(i + 1, end < 0 ? tests.length : end)
      started(program, selects, at, `find ${text}`)
      if (end < 0) break
      i = end
    } else if (writers.has(text)) {
      const target = tests[++i]
      if (target) at.writes(target)
    } else if (readers.has(text)) {
      const target = tests[++i]
      if (target) at.reads(target)
    }
  }
}

interface Selection {
  readonly starts: readonly Word[]
  /** Only what tools make again, whatever is found. */
  readonly regenerable: boolean
}

/** Only where every name that is asked for can be made again, and nothing widens what is found. */
function selectedOf(starts: readonly Word[], tests: readonly Word[]): Selection {
  const widens = tests.some(({ text }) => ['-o', '-or', '!', '-not', ','].includes(text ?? ''))
  const names = tests.flatMap((each, i) =>
    ['-name', '-path', '-wholename'].includes(tests[i - 1]?.text ?? '') ? [each.text ?? each.glob ?? ''] : [],
  )
  const byName = !widens && names.length > 0 && names.some(isRegenerable)
  const byPlace = starts.length > 0 && starts.every(({ text }) => text !== null && isRegenerable(text))
  return { starts, regenerable: byName || byPlace }
}

function deleted({ starts, regenerable }: Selection, at: Examination): void {
  if (regenerable) {
    at.effect('write')
    return
  }
  for (const start of starts) at.deletes(start, true)
  at.reason(act('deletes-many', 'It deletes all that it finds.'))
}

/** What stands for the found files is given to the program, whose own rules say what that means. */
function started(program: readonly Word[], selects: Selection, at: Examination, via: string): void {
  const name = program[0]?.text ?? ''
  if (selects.regenerable && /^(rm|rmdir|unlink)$/.test(name)) {
    at.run([literalWord(name, program[0] as Word)], { via })
    return
  }
  const words = program.map((word) => {
    if (!word.text?.includes('{}')) return word
    return unknownWord(word, word.text.slice(0, word.text.indexOf('{}')), { dash: false })
  })
  // A shell that is given names as part of its text reads them as commands.
  const inText = program.some(({ text }, i) => i > 0 && text !== '{}' && text?.includes('{}'))
  if (inText && /^(ba|z|da|k)?sh$/.test(name)) at.reason(act('unseen-code', 'It makes commands of the names of files.'))
  at.run(words, { via })
}

function examineFd({ options, operands }: Call, at: Examination): void {
  for (const path of operands.slice(1)) at.reads(path, true)
  const words = at.command.words
  const exec = words.findIndex(
    ({ text }) => text === '-x' || text === '--exec' || text === '-X' || text === '--exec-batch',
  )
  if (exec >= 0) {
    const end = words.findIndex(({ text }, i) => i > exec && text === ';')
    const program = words.slice(exec + 1, end < 0 ? words.length : end)
    at.run([...program, unknownWord(words[exec] as Word, '', { many: true })], { via: 'fd' })
  } else if (options.some(({ name }) => name === '-x' || name === '-X')) {
    at.reason(act('unseen-code', 'fd starts a program for each file that it finds.'))
  }
}
