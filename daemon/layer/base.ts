import type { FileContent, FileState } from './fileState.ts'

/**
 * What the agent started from, at one path. `unknown`: the user's file was changed after the layer was mounted and
 * before the agent's change was seen, so nobody can say which of its contents the agent saw; keeping then asks.
 * `folder`: the user had a folder there, which the agent replaced by a file.
 */
export type Base =
  | { readonly type: 'absent' }
  | { readonly type: 'symlink'; readonly target: string }
  | { readonly type: 'folder' }
  | { readonly type: 'unknown' }
  | BaseFile

export interface BaseFile extends FileContent {
  /** The content is in the store; otherwise only the user's own file may still have it. */
  readonly stored: boolean
  /** The stamp of the user's file when it was known to have this content. */
  readonly stamp?: string
}

/** A state that can be started from. */
export function baseOf(state: Exclude<FileState, { type: 'unusable' }>, stored: boolean, stamp?: string): Base {
  if (state.type !== 'file') return state
  return { ...state, stored, ...(stamp !== undefined && { stamp }) }
}
