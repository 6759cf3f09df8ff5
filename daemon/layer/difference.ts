import type { Change } from '#protocol/change.ts'
import type { Base } from './base.ts'
import { type FileState, sameContent } from './fileState.ts'

/** One path at which the layer differs from what the agent started from. */
export interface Difference {
  readonly path: string
  readonly base: Base
  readonly layer: FileState
  /** What the user has there now. */
  readonly user: FileState
  /** The outermost folder that is gone in the layer with this file. */
  readonly goneWith?: string
  /** The deleted file that this one was made from. */
  readonly from?: Difference
}

/** The side that a difference is shown against: the base, or where that is not known, what the user has. */
export function shownBase({ base, user }: Difference): Exclude<Base, { type: 'unknown' }> | FileState {
  return base.type === 'unknown' ? user : base
}

export function statusOf(difference: Difference): Change['status'] {
  if (difference.from) return 'renamed'
  if (difference.layer.type === 'absent') return 'deleted'
  const { type } = shownBase(difference)
  return type === 'file' || type === 'symlink' ? 'modified' : 'added'
}

/** As the protocol has it; `lines` says how many came and went. */
export function changeOf(difference: Difference, lines: { additions: number; deletions: number }): Change {
  const { path, from, layer } = difference
  const old = from ?? difference
  const before = shownBase(old)
  const shown = layer.type === 'absent' ? before : layer
  const moved = !unmoved(old) || (from !== undefined && !unmoved(difference))
  const mode =
    before.type === 'file' && layer.type === 'file' && before.mode !== layer.mode
      ? { base: before.mode, layer: layer.mode }
      : undefined
  return {
    path,
    status: statusOf(difference),
    ...(from && { from: from.path }),
    kind:
      shown.type === 'symlink' ? 'symlink' : shown.type === 'file' && shown.text ? textKind(before, layer) : 'binary',
    ...lines,
    ...(mode && { mode }),
    baseMoved: moved,
  }
}

/** Text only where both sides are: what is compared by lines. */
export function isText(state: { readonly type: string }): boolean {
  return (
    state.type === 'absent' ||
    state.type === 'folder' ||
    (state.type === 'file' && (state as { text?: boolean }).text === true)
  )
}

function textKind(before: { readonly type: string }, layer: FileState): 'text' | 'binary' {
  return isText(before) && isText(layer) ? 'text' : 'binary'
}

function unmoved({ base, user }: Difference): boolean {
  // A folder that a file replaces is not there to move once its files are gone.
  return sameContent(base, user) || (base.type === 'folder' && (user.type === 'absent' || user.type === 'folder'))
}
