import { posix } from 'node:path'
import { applyKnowledge } from './applyKnowledge.ts'
import { builtins } from './builtins.ts'
import { whyCodeMatters } from './code.ts'
import { whyDeletionMatters } from './deletion.ts'
import { hostOf } from './hostOf.ts'
import { type Inspection, isNoFile, isRawDevice, maxDepth, notePath, type Standing } from './inspection.ts'
import type { Examination, Knowledge, Started } from './knowledge.ts'
import { pathsOf } from './paths.ts'
import { knowledgeOf } from './programs/programs.ts'
import { whyFileMatters } from './programs/tasks.ts'
import type { Command } from './shell/command.ts'
import { type Flow, goesOn, type State } from './shell/state.ts'
import { shown, type Word } from './shell/word.ts'
import { whyVariableMatters } from './variables.ts'
import { whyWindowsMatters, windowsCommands } from './windows.ts'

/** Finds out what one simple command would do, and what it would start. */
export function examineProgram(command: Command, state: State, standing: Standing, inspection: Inspection): Flow {
  const { found } = inspection
  const { via, elsewhere = false } = standing
  const [first] = command.words as readonly [Word, ...Word[]]
  const { name, known, trusted } = programOf(first.text)
  const place = found.program({
    name,
    argv: command.words.map(({ text }) => text),
    ...spanOf(command, standing),
    via: [...via],
    effect: name === null ? 'unknown' : trusted && known ? (known.subcommands ? 'look' : known.effect) : 'run',
  })
  // Only another shell takes it for something that is to be found.
  if (name?.startsWith('='))
    found.reason('not-understood', 'It is written for another shell than the one that runs it.')
  if (name === null) {
    const text = `Which program it starts is only known when it runs: ${shown(first)}.`
    found.reason('unknown-program', text, place)
    return goesOn(state)
  }
  const folders = elsewhere ? null : state.folders

  const at: Examination = {
    command,
    run: (words, how) => {
      if (words.length === 0) return
      if (via.length > maxDepth) found.reason('not-understood', 'Its programs start one another too deeply.', place)
      else examineProgram({ words, assignments: [], input: command.input }, state, below(how), inspection)
    },
    shell: (text, word, how) => {
      if (text === null) found.reason('unseen-code', `${name} runs commands that are only known when it runs.`, place)
      else {
        const from = { folders: how?.elsewhere ? null : state.folders, variables: new Map() }
        inspection.readLine(text, from, { ...below(how), word: standing.word ?? word })
      }
    },
    code: (text) => {
      if (text === null) found.reason('unseen-code', `${name} runs code that is only known when it runs.`, place)
      else for (const why of whyCodeMatters(text)) found.reason(why.code, why.text, place)
    },
    windows: (line, itself) => {
      for (const argv of windowsCommands(line).slice(0, maxShown)) {
        const [called = ''] = argv
        const each = itself
          ? place
          : found.program({ name: called, argv, ...spanOf(command, standing), via: [...via, name], effect: 'unknown' })
        const why = whyWindowsMatters(argv)
        if (why) found.reason(why.code, why.text, each)
      }
    },
    sets: (variable, value) => {
      const why = whyVariableMatters(variable, value)
      if (why) found.reason('sets-variable', why, place)
    },
    reads: (word, tree) => path(word, 'read', tree),
    obeys: (file) => {
      if (typeof file !== 'string' && (file.text === '-' || file.text === '/dev/stdin')) {
        at.code(null)
        return
      }
      const named =
        typeof file === 'string'
          ? { paths: folders?.map((folder) => posix.join(folder, file)) }
          : pathsOf(file, folders)
      if (!named?.paths && typeof file !== 'string')
        found.reason('unknown-path', `What ${name} runs is only known when it runs: ${shown(file)}.`, place)
      for (const each of named?.paths ?? []) found.path(each, 'read', { orders: true })
      if (typeof file !== 'string') for (const why of whyFileMatters(file.text ?? '')) at.reason(why)
    },
    writes: (word, tree) => path(word, 'write', tree),
    deletes: (word, tree) => {
      path(word, 'delete', tree)
      const why = elsewhere ? undefined : whyDeletionMatters(word, pathsOf(word, folders), tree ?? false, inspection)
      if (why) found.reason(why.code, why.text, place)
    },
    host: (word) => {
      const host = hostOf(word.text ?? word.lead)
      if (host !== undefined) found.host(host)
    },
    effect: (effect) => found.effect(effect, place),
    reason: (why) => found.reason(why.code, why.text, place),
  }

  // A file of the workspace, or of wherever.
  if (name.includes('/') && !elsewhere) at.obeys(first)
  const builtin = standing.direct && first.text === name && Object.hasOwn(builtins, name) ? builtins[name] : undefined
  const flow = builtin?.(command.words, state, at, {
    read: (line, from) => inspection.readLine(line, from, { ...below(), word: standing.word ?? command.words[1] }),
    again: (words) => examineProgram({ ...command, words }, state, { ...below(), direct: true }, inspection),
  })
  if (flow) return flow
  if (known) applyKnowledge(known, command.words, at)
  else for (const why of whyFileMatters(name)) at.reason(why)
  return goesOn(state)

  function below(how?: Started): Standing {
    return { via: [...via, how?.via ?? name ?? ''], word: standing.word, elsewhere: elsewhere || how?.elsewhere }
  }

  function path(word: Word, effect: 'read' | 'write' | 'delete', tree = false): void {
    if (effect !== 'read') found.effect('write', place)
    if (elsewhere || isNoFile(word)) return
    if (effect === 'write' && isRawDevice(word)) {
      found.reason('destroys-data', `${name} writes to a device: ${shown(word)}.`, place)
      return
    }
    const named = pathsOf(word, folders)
    if (!named) {
      found.reason('unknown-path', `What ${name} ${effect}s is only known when it runs: ${shown(word)}.`, place)
    }
    for (const each of named?.paths ?? []) notePath(inspection, each, effect, tree || named?.below)
  }
}

/**
 * A program's name, what is known of it, and whether it surely is that program. Its name is without folders only where
 * these are the system's: `./git` is some file.
 */
function programOf(written: string | null): { name: string | null; known?: Knowledge | undefined; trusted?: boolean } {
  if (written === null || written === '') return { name: null }
  const base = posix.basename(written)
  const inSystem = !written.includes('/') || systemFolders.has(posix.dirname(written))
  const exact = knowledgeOf(base)
  // Where the file system does not tell case apart, RM is rm.
  const known = exact ?? knowledgeOf(base.toLowerCase())
  return { name: inSystem ? base : written, known, trusted: inSystem && exact !== undefined }
}

/** Commands of a line that is only shown. */
const maxShown = 50

const systemFolders = new Set([
  '/bin',
  '/sbin',
  '/usr/bin',
  '/usr/sbin',
  '/usr/local/bin',
  '/usr/local/sbin',
  '/opt/homebrew/bin',
])

function spanOf({ words }: Command, { word }: Standing): { start: number; end: number } {
  const spans = word ? [word] : words
  return { start: Math.min(...spans.map(({ start }) => start)), end: Math.max(...spans.map(({ end }) => end)) }
}
