import type { Base } from './base.ts'
import { type FileState, type Reading, sameContent, sha256 } from './fileState.ts'
import { mergeLines } from './mergeLines.ts'
import { asText, splitLines } from './text.ts'

/** What the user's file should become. */
export type Reconciled =
  /** It already has the wanted content. */
  | { readonly type: 'there' }
  /** The wanted content as it is. */
  | { readonly type: 'replace' }
  /** The wanted content and the user's own edits together. */
  | { readonly type: 'merged'; readonly bytes: Buffer }
  | { readonly type: 'conflict'; readonly why: string; readonly user: string }

export interface Sought {
  readonly base: Base
  readonly baseBytes: Uint8Array | undefined
  /** What the user has now. */
  readonly user: Reading
  /** What is to be kept. */
  readonly target: FileState
  readonly targetBytes: Uint8Array | undefined
  /** The hash of the user's file that may be replaced whatever it is. */
  readonly overwrite: string | undefined
}

/** Joins what is to be kept with what the user made of the same base meanwhile. Pure. */
export function reconcile({ base, baseBytes, user, target, targetBytes, overwrite }: Sought): Reconciled {
  if (sameContent(user.state, target)) return { type: 'there' }
  const untouched = sameContent(user.state, base) || (base.type === 'folder' && user.state.type === 'absent')
  if (untouched || overwrite === hashOf(user.state)) return { type: 'replace' }
  const merged = merge(base, baseBytes, user, targetBytes)
  if (merged) return { type: 'merged', bytes: merged }
  return { type: 'conflict', why: whyConflict(base, user.state, target), user: hashOf(user.state) }
}

/** What a conflict names the user's file by; '' where there is none. */
export function hashOf(state: FileState): string {
  return state.type === 'file' ? state.sha256 : state.type === 'symlink' ? sha256(`link ${state.target}`) : ''
}

function merge(
  base: Base,
  baseBytes: Uint8Array | undefined,
  user: Reading,
  targetBytes: Uint8Array | undefined,
): Buffer | undefined {
  if (base.type !== 'file' || !baseBytes || !user.bytes || !targetBytes) return undefined
  const texts = [baseBytes, user.bytes, targetBytes].map(asText)
  if (texts.includes(undefined)) return undefined
  const [old, theirs, ours] = texts.map((text) => splitLines(text!))
  const lines = mergeLines(old!, theirs!, ours!)
  return lines && Buffer.from(lines.join(''), 'utf8')
}

function whyConflict(base: Base, user: FileState, target: FileState): string {
  if (base.type === 'unknown')
    return 'You saved this file while the agent was changing it, so it is not known what it started from.'
  if (user.type === 'absent') return 'You removed this file after the agent began to change it.'
  if (target.type === 'absent') return 'You changed this file after the agent began, and it deleted it.'
  if (base.type === 'absent' || base.type === 'folder') return 'You made a file of this name too, with other content.'
  const text = [base, user, target].every((state) => state.type === 'file' && state.text)
  return text
    ? 'You and the agent changed the same lines.'
    : 'You changed this file too, and it cannot be merged: it is not text.'
}
