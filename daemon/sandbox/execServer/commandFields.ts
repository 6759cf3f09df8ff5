import { constants } from 'node:os'
import type { LimitName } from '#protocol/sandbox.ts'
import { proxyEnvironment } from '../proxyEnvironment.ts'
import type { Command, NetworkPort } from '../sandbox.ts'
import type { BoundedOutput } from './boundedOutput.ts'
import type { Field, FieldReader } from './wire.ts'

const maxCommandBytes = 2 << 20

export type What = Pick<Command, 'line' | 'cwd' | 'env' | 'tag'>
export interface Where {
  readonly root: string
  readonly environment: Readonly<Record<string, string>>
  readonly shell: string
  readonly network?: NetworkPort
}

/** What to run and where, as the exec server reads it: folder, tag, number of arguments, arguments, environment. */
export function runFields({ line, cwd, env, tag }: What, { root, environment, shell, network }: Where): Field[] {
  const argv = typeof line === 'string' ? [shell, '-c', '--', line] : line
  const proxy = network ? proxyEnvironment(tag) : {}
  const variables = Object.entries({ ...environment, ...proxy, ...env }).flat()
  const texts = [...argv, ...variables].map((text) => ({ text }))
  return [{ text: cwd ?? root }, { text: tag ?? '' }, { u32: argv.length }, ...texts]
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
  const limitsHit = readLimits(fields.u8())
  const streams = { type: 'ended' as const, limitsHit, stdout: stdout.finish(fields), stderr: stderr.finish(fields) }
  if (how === 2) return { ...streams, end: { type: 'failedToStart' as const, why: fields.rest().toString() } }
  return { ...streams, end: readHow(how, code) }
}

/** Reads the end of a program that was started. Throws where it makes no sense. */
export function readProcessEnd(fields: FieldReader) {
  return readHow(fields.u8(), fields.u32())
}

function readHow(how: number, code: number) {
  if (how > 1) throw new Error('a command ended in no known way')
  return how === 0 ? ({ type: 'exited', code } as const) : ({ type: 'signalled', signal: signalName(code) } as const)
}

function readLimits(bits: number): LimitName[] {
  return (['outputMiB', 'fileMiB'] as const).filter((_, index) => bits & (1 << index))
}

function signalName(number: number): string {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? `signal ${number}`
}
