import type { Action } from '#protocol/approval.ts'
import type { GuardReport } from '#protocol/guard.ts'
import { examiners } from './examiners.ts'
import { loadShell } from './shell/loadShell.ts'

export interface GuardContext {
  /** The workspace's absolute path. */
  readonly root: string
  /** The sandbox's home folder, as seen inside. */
  readonly home: string
  /** Whether something of the user's stood at this absolute path before the agent came: a file, or a folder with any such file. */
  isOriginal(path: string): boolean
}

/** Says what an action does, by looking at it alone. It decides nothing: that is policy's. */
export interface Guard {
  /** Pure, and in bounded time whatever the action holds. */
  examine(action: Action, context: GuardContext): GuardReport
}

/** The guard, its parser loaded; loaded once, and kept. */
export function loadGuard(): Promise<Guard> {
  loaded ??= loadShell().then((parse) => ({
    examine: (action, context) => examiners[action.type](action as never, { ...context, parse }),
  }))
  return loaded
}

let loaded: Promise<Guard> | undefined
