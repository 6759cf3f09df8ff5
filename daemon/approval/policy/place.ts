import { posix } from 'node:path'
import type { Action } from '#protocol/approval.ts'
import { isTemporary } from '../guard/temporary.ts'

/** Where actions happen, as seen inside the sandbox. Absolute paths in plain form. */
export interface Place {
  /** The workspace. */
  readonly root: string
  /** The sandbox's home folder. */
  readonly home: string
}

export type Region = 'workspace' | 'home' | 'outside' | 'none'

/** Where an action's one path lies; `none` where it has none. */
export function regionOf(action: Action, place: Place): Region {
  const path = action.type === 'command' ? action.cwd : 'path' in action ? action.path : undefined
  return path === undefined ? 'none' : regionOfPath(path, place)
}

/** A path that is not in its plain form is outside, whatever it seems to be. */
export function regionOfPath(path: string, { root, home }: Place): Exclude<Region, 'none'> {
  if (!isPlain(path)) return 'outside'
  if (isWithin(root, path)) return 'workspace'
  return isWithin(home, path) ? 'home' : 'outside'
}

/** Whether what is written there is neither in the layer nor in a folder that is the sandbox's own to write to. */
export function isBeyond(path: string, place: Place): boolean {
  return regionOfPath(path, place) === 'outside' && !(isPlain(path) && isTemporary(`${path}/`)) && !isNowhere(path)
}

/** What is written there is kept nowhere. */
export function isNowhere(path: string): boolean {
  return nowhere.has(path)
}

const nowhere: ReadonlySet<string> = new Set(['/dev/null', '/dev/stdout', '/dev/stderr', '/dev/tty'])

/** A path that is not in its plain form is not taken for what it seems to be. */
export function isPlain(path: string): boolean {
  return posix.isAbsolute(path) && posix.normalize(path) === path && !path.includes('\0')
}

function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`)
}
