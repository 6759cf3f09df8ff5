import type { GuardReport } from '#protocol/guard.ts'

/**
 * The files that an action runs or takes its orders from, absolute: consent to it is consent to their content. Those that
 * are there; a name that may stand for several files gives them all.
 */
export function ordersOf({ paths }: GuardReport): string[] {
  return paths.filter(({ orders }) => orders).map(({ path }) => path)
}
