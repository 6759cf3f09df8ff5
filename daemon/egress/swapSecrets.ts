import type { BoundSecret } from './boundSecret.ts'

/** What must not get back inside, and what is shown there in its place. */
export interface Disguise {
  readonly real: string
  readonly shown: string
}

export interface Swapped {
  /** Names and values in turn. */
  readonly headers: string[]
  /** Whether any value went in. */
  readonly any: boolean
  readonly disguises: readonly Disguise[]
}

/**
 * Puts the values of a host's secrets in place of their stand-ins, in header values and inside Basic credentials, where
 * the path allows it. `disguises` undoes it in the answer, for all secrets of the host: an earlier request may have left
 * one there.
 */
export function swapSecrets(headers: readonly string[], path: string, secrets: readonly BoundSecret[]): Swapped {
  const usable = secrets.filter(({ pathPrefix }) => pathPrefix === undefined || isBelow(path, pathPrefix))
  const disguises = secrets.flatMap(disguisesOf)
  let any = false
  const swap = (text: string) => {
    let swapped = text
    for (const { standIn, value } of usable) swapped = swapped.replaceAll(standIn, () => value)
    any ||= swapped !== text
    return swapped
  }
  const swapValue = (text: string) => {
    const basic = /^(Basic +)([A-Za-z0-9+/]+=*)$/i.exec(text)
    if (!basic) return swap(text)
    const inner = Buffer.from(basic[2]!, 'base64').toString('latin1')
    const swapped = swap(inner)
    if (swapped === inner) return text
    const token = Buffer.from(swapped, 'latin1').toString('base64')
    disguises.push({ real: token, shown: basic[2]! })
    return basic[1]! + token
  }
  return { headers: headers.map((part, at) => (at % 2 === 0 ? part : swapValue(part))), any, disguises }
}

/** Puts the stand-ins back in place of the values. */
export function disguise(text: string, disguises: readonly Disguise[]): string {
  let shown = text
  for (const one of disguises) shown = shown.replaceAll(one.real, () => one.shown)
  return shown
}

/** Also as it stands in JSON and in URLs. Longer ones first, for one may begin with another. */
function disguisesOf({ value, standIn }: BoundSecret): Disguise[] {
  const json = JSON.stringify(value).slice(1, -1)
  const spellings = new Set([value, json, json.replaceAll('/', '\\/'), encodeURIComponent(value)])
  return [...spellings].map((real) => ({ real, shown: standIn })).sort((a, b) => b.real.length - a.real.length)
}

/** Paths that a server could read in two ways are below nothing. */
function isBelow(target: string, prefix: string): boolean {
  const path = target.split('?', 1)[0]!
  if (/%2f|%5c|\\|(^|\/)(\.|%2e){1,2}(\/|$|;)/i.test(path)) return false
  return path === prefix || path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`)
}
