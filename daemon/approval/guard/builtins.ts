import { readCall } from './call.ts'
import type { Examination } from './knowledge.ts'
import { pathsOf } from './paths.ts'
import { act } from './reasons.ts'
import { type Flow, goesOn, type State, withVariable } from './shell/state.ts'
import { shown, type Word } from './shell/word.ts'

interface Shell {
  /** Reads a line as if it stood there instead. */
  read(line: string, state: State): Flow
  /** As if these words stood there instead. */
  again(words: readonly Word[]): Flow
}
/** Undefined: it is a program after all. */
type Builtin = (words: readonly Word[], state: State, at: Examination, shell: Shell) => Flow | undefined

/** Commands of the shell itself that change what the rest of a line means. Others are in the table of programs. */
export const builtins: Record<string, Builtin> = {
  cd: changeFolder,
  pushd: changeFolder,
  popd: (_words, state) => goesOn({ ...state, folders: null }),
  exit: () => goesOn(undefined),
  return: () => goesOn(undefined),
  eval: (words, state, at, { read }) => {
    const texts = words.slice(1).map(({ text }) => text)
    if (texts.some((text) => text === null)) {
      at.reason(act('unseen-code', 'It reads commands that are only known when it runs (eval).'))
      return goesOn({ folders: null, variables: new Map() })
    }
    return read(texts.join(' '), state)
  },
  command: (words, state, _at, { again }) => {
    const first = words.findIndex(({ text }, i) => i > 0 && text !== '-p' && text !== '--')
    return first < 0 || /^-[vV]/.test(words[first]?.text ?? '') ? goesOn(state) : again(words.slice(first))
  },
  builtin: (words, state, _at, { again }) => (words.length > 1 ? again(words.slice(1)) : goesOn(state)),
  time: (words, state, _at, { again }) => {
    const first = words.findIndex(({ text }, i) => i > 0 && text !== '-p' && text !== '--')
    if (words[first]?.dash) return undefined
    return first < 0 ? goesOn(state) : again(words.slice(first))
  },
  source,
  '.': source,
  trap: (words, state, at, { read }) => {
    const [action] = readCall(words, {}).operands
    if (action?.text === null) at.reason(act('unseen-code', 'It runs commands later that are only known then (trap).'))
    else if (action && action.text !== '' && words.length > 2)
      read(action.text, { folders: null, variables: new Map() })
    return goesOn(state)
  },
  read: setsNames,
  mapfile: setsNames,
  readarray: setsNames,
  getopts: setsNames,
  printf: (words, state, at) =>
    words[1]?.text?.startsWith('-v') || words[1]?.text === null ? setsNames(words, state, at) : goesOn(state),
  set: (words, state, at) => {
    const odd = words
      .slice(1)
      .find(
        ({ text }) =>
          text === null ||
          !/^([-+][eufxvCnbh]+|[-+]o|[-+][eux]*o|errexit|nounset|pipefail|xtrace|noclobber|verbose|noglob|--)$/.test(
            text,
          ),
      )
    // Words after a double dash only become $1 and the following.
    if (odd && !words.some(({ text }) => text === '--'))
      at.reason(act('not-understood', `It changes how the shell reads what follows: set ${shown(odd)}.`))
    return goesOn(state)
  },
  shopt: (words, state, at) => {
    const odd = words
      .slice(1)
      .find(
        ({ text }) =>
          text === null ||
          !/^(-[suq]+|nullglob|globstar|dotglob|failglob|nocaseglob|nocasematch|inherit_errexit|checkwinsize|histappend)$/.test(
            text,
          ),
      )
    if (odd) at.reason(act('not-understood', `It changes how the shell reads what follows: shopt ${shown(odd)}.`))
    return goesOn(state)
  },
  wait: (words, state, at) => {
    if (words.some(({ text }) => text?.startsWith('-p')))
      at.reason(act('not-understood', 'It sets a variable that it names (wait -p).'))
    return goesOn(state)
  },
  test: (words, state, at) => {
    if (words.some(({ text }) => text === '-v' || text === '-R'))
      at.reason(act('not-understood', 'It tests a variable by a name that may run a command.'))
    return goesOn(state)
  },
  ...Object.fromEntries(
    [
      'alias',
      'unalias',
      'enable',
      'bind',
      'complete',
      'compgen',
      'compopt',
      'let',
      'fc',
      'history',
      'declare',
      'typeset',
      'export',
      'readonly',
      'local',
      'caller',
      'suspend',
      'logout',
    ].map((name): [string, Builtin] => [
      name,
      (_words, state, at) => {
        at.reason(act('not-understood', `It changes what the shell does: ${name}.`))
        return goesOn(state)
      },
    ]),
  ),
  hash: (words, state, at) => {
    if (words.slice(1).some(({ text }) => text !== '-r'))
      at.reason(act('not-understood', 'It changes which programs are found: hash.'))
    return goesOn(state)
  },
}

function changeFolder(words: readonly Word[], state: State): Flow {
  const [target, ...rest] = readCall(words, {}).operands
  if (rest.length > 0 || target?.text === '-') return { ok: { ...state, folders: null }, failed: state }
  const named = target && target.text !== null ? pathsOf(target, state.folders) : null
  return { ok: { ...state, folders: named?.paths ?? null }, failed: state }
}

/** The file may do anything to the shell; what it runs is code in the sandbox as any script's. */
function source(words: readonly Word[], state: State, at: Examination): Flow {
  const [file] = words.slice(1)
  at.effect('run')
  if (!file) return goesOn(state)
  at.obeys(file)
  if (file.text === null || file.text.startsWith('/dev/'))
    at.reason(act('unseen-code', `It reads commands that are only known when it runs: ${shown(file)}.`))
  const activates = file.text?.endsWith('/bin/activate')
  const unknown = new Map([...state.variables.keys()].map((name) => [name, null]))
  return goesOn({ folders: activates ? state.folders : null, variables: unknown })
}

/** Sets variables named by its words. A name that is more than a name is arithmetic, which may run a command. */
function setsNames(words: readonly Word[], state: State, at: Examination): Flow {
  let after = state
  const call = readCall(words, words[0]?.text === 'read' ? { ...setting, '-t': text } : setting)
  const named = [...call.operands, ...['-v', '-a'].flatMap((name) => call.given(name) ?? [])]
  const format = words[0]?.text === 'printf' || words[0]?.text === 'getopts'
  for (const { text } of format ? named.slice(1) : named) {
    if (text !== null && /^\w+$/.test(text)) {
      after = withVariable(after, text, null)
      at.sets(text, null)
    } else if (!format) at.reason(act('not-understood', 'It sets a variable by a name that is not plain.'))
  }
  const target = call.given('-v')
  if (target?.text) at.sets(target.text, null)
  if (target && !/^\w+$/.test(target.text ?? '-'))
    at.reason(act('not-understood', 'It sets a variable by a name that is not plain.'))
  if (call.has('-C')) at.reason(act('unseen-code', 'It runs a command for the lines that it reads.'))
  return goesOn(after)
}

const text = { value: 'text' } as const
const setting = {
  '-v': text,
  '-a': text,
  '-d': text,
  '-n': text,
  '-N': text,
  '-p': text,

  '-u': text,
  '-i': text,
  '-C': text,
  '-c': text,
  '-s': {},
  '-O': text,
} as const
