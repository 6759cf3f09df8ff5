import type { Knowledge, Option, Options } from '../knowledge.ts'
import { act, type ReasonCode } from '../reasons.ts'

// What the tables of programs are written with.

export const text: Option = { value: 'text' }
export const reads: Option = { value: 'read' }
/** A file that it takes its orders from. */
export const orders: Option = { value: 'orders' }
export const writes: Option = { value: 'write' }
export const host: Option = { value: 'host' }
export const shell: Option = { value: 'shell', effect: 'run' }
export const code: Option = { value: 'code', effect: 'run' }
/** What it is given is run, and is not looked at here. */
export const unseen: Option = { value: 'unseen', effect: 'run' }
export const inPlace: Option = { effect: 'write' }
export const runs: Option = { effect: 'run' }

export const does = (reason: ReasonCode, sentence: string): Option => ({ act: act(reason, sentence) })

export const look = (operands?: Knowledge['operands'], options?: Options): Knowledge =>
  knowledge('look', operands, options)
export const write = (operands?: Knowledge['operands'], options?: Options): Knowledge =>
  knowledge('write', operands, options)
export const run = (operands?: Knowledge['operands'], options?: Options): Knowledge =>
  knowledge('run', operands, options)
export const acts = (reason: ReasonCode, sentence: string, more: Partial<Knowledge> = {}): Knowledge => ({
  effect: 'run',
  ...more,
  act: act(reason, sentence),
})

function knowledge(effect: Knowledge['effect'], operands?: Knowledge['operands'], options?: Options): Knowledge {
  return { effect, ...(operands && { operands }), ...(options && { options }) }
}

/** The same knowledge of several, by names written as `a b c`. */
export function all(names: string, known: Knowledge): Record<string, Knowledge> {
  return Object.fromEntries(names.split(' ').map((name) => [name, known]))
}

/** Options that each take a plain value, written as `-a -b --long`. */
export function texts(names: string): Options {
  return Object.fromEntries(names.split(' ').map((name) => [name, text]))
}
