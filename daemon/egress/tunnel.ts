import type { Socket } from 'node:net'
import type { Duplex, Transform } from 'node:stream'

/** What the bytes of a direction go through. A filter that fails ends the tunnel. */
export interface Filters {
  readonly outward?: Transform
  readonly inward?: Transform
}

/**
 * Passes bytes both ways until both have ended; each side may end first and still hear the other. Holds back whoever
 * sends faster than the other takes, and ends both when one or a filter breaks or nothing moves for `idleMs`.
 */
export function tunnel(inside: Duplex, outside: Duplex, idleMs: number, filters: Filters = {}): void {
  const cut = () => {
    inside.destroy()
    outside.destroy()
  }
  for (const side of [inside, outside]) {
    side.once('error', cut)
    side.once('close', () => {
      if (!side.readableEnded || !side.writableFinished) cut()
    })
  }
  pass(inside, outside, filters.outward, cut)
  pass(outside, inside, filters.inward, cut)
  ;(outside as Partial<Socket>).setTimeout?.(idleMs, cut)
  if (inside.destroyed || outside.destroyed) cut()
}

function pass(from: Duplex, to: Duplex, filter: Transform | undefined, cut: () => void): void {
  filter?.once('error', cut)
  filter?.pipe(to)
  if (from.readableEnded) (filter ?? to).end()
  else from.pipe(filter ?? to)
}
