import type { Value } from '../document/value.ts'

/** `true` as Claude Code reads it. */
export function isOn({ kind, scalar, text }: Value): boolean {
  return scalar === true || scalar === 1 || (kind === 'text' && /^(?:true|yes|on|1)$/i.test(text.trim()))
}

/** `false` as Claude Code reads it. */
export function isOff({ kind, scalar, text }: Value): boolean {
  return scalar === false || scalar === 0 || (kind === 'text' && /^(?:false|no|off|0)$/i.test(text.trim()))
}
