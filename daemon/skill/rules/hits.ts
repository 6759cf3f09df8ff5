import type { Hit } from './rule.ts'

const none: readonly Hit[] = []

/** What `look` finds in each of some things, in order; nothing is made where it finds nothing. */
export function hitsAmong<T>(things: readonly T[], look: (thing: T) => Hit | undefined): readonly Hit[] {
  let found: Hit[] | undefined
  for (const thing of things) {
    const hit = look(thing)
    if (!hit) continue
    if (found) found.push(hit)
    else found = [hit]
  }
  return found ?? none
}
