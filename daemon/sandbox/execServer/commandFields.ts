import { constants } from 'node:os'
import type { Command, CommandResult } from '../sandbox.ts'
import type { BoundedOutput } from './boundedOutput.ts'
import type { Field, FieldReader } from './wire.ts'

const maxCommandBytes = 2 << 20

type What = Pick<Command, 'line' | 'cwd' | 'env' | 'tag'>
interface Where {
  readonly root: string
  readonly environment: Readonly<Record<string, string>>
  readonly shell: string
}

/** What to run and where, as the exec server reads it: folder, number of arguments, arguments, environment. */
export function runFields({ line, cwd, env }: What, { root, environment, shell }: Where): Field[] {
  const argv = typeof line === 'string' ? [shell, '-c', '--', line] : line
  const variables = Object.entries({ ...environment, ...env }).flat()
  return [{ text: cwd ?? root }, { u32: argv.length }, ...[...argv, ...variables].map((text) => ({ text }))]
}

/** Why it cannot even be asked for. */
export function whyNotRunnable({ line, cwd = '/', env = {} }: What): string | undefined {
  const argv = typeof line === 'string' ? [line] : line
  const texts = [...argv, cwd, ...Object.entries(env).flat()]
  if (argv.length === 0 || argv[0] === '') return 'There is no command.'
  if (texts.some((text) => text.includes('\0'))) return 'A command cannot have a NUL character in it.'
  if (Object.keys(env).some((name) => name === '' || name.includes('='))) return 'A variable has no usable name.'
  if (!cwd.startsWith('/')) return `The folder to run in is no absolute path: ${cwd}`
  if (texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 8, 0) > maxCommandBytes) return 'It is too long.'
  return undefined
}

/** Reads a command's end. Throws where it makes no sense. */
export function readEnd(fields: FieldReader, stdout: BoundedOutput, stderr: BoundedOutput) {
  const how = fields.u8()
  const code = fields.u32()
  const streams = { type: 'ended' as const, stdout: stdout.finish(fields), stderr: stderr.finish(fields) }
  const ends: readonly (() => CommandResult['end'])[] = [
    () => ({ type: 'exited', code }),
    () => ({ type: 'signalled', signal: signalName(code) }),
    () => ({ type: 'failedToStart', why: fields.rest().toString() }),
  ]
  const end = ends[how]
  if (!end) throw new Error('a command ended in no known way')
  return { ...streams, end: end() }
}

function signalName(number: number): string {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? `signal ${number}`
}
