import type { Base } from './base.ts'
import type { CheckpointEntry, Kept } from './checkpointEntry.ts'
import { sameState } from './fileState.ts'
import { type Folder, isErrno } from './folder.ts'
import { type PathNode, pathTree } from './pathTree.ts'

/** Content to be written: a checkpoint's, or what the user has. */
export type RewindContent = { readonly sha256: string } | 'user'

/** What the agent is to see somewhere. */
export type Aim =
  | { type: 'absent' }
  | { type: 'file'; mode: number; sha256: string; content: RewindContent }
  | { type: 'symlink'; target: string }
  | { type: 'folder'; mode: number | undefined }
  /** Whatever is there stays. */
  | { type: 'other' }
export type Want = Aim | { type: 'gone' }

/** What a checkpoint wants where, as a tree, with the bases that the agent goes on from; where nothing is wanted, the user's own shows. */
export function rewindAims(
  entries: ReadonlyMap<string, CheckpointEntry>,
  kept: ReadonlyMap<string, Kept>,
): { wanted: PathNode<Want>; bases: Map<string, Base> } {
  const bases = new Map<string, Base>()
  const wants: [string, Want | undefined][] = []
  for (const path of new Set([...entries.keys(), ...kept.keys()])) {
    const entry = entries.get(path)
    const since = kept.get(path)
    const base = since?.after ?? (entry && 'base' in entry ? entry.base : undefined)
    const want = entry ? wantOf(entry) : wantOf(since!.before)
    const isUsers = base !== undefined && sameState(entry ?? since!.before, base)
    wants.push([path, isUsers ? undefined : want])
    if (base && !isUsers && want?.type !== 'other' && want?.type !== 'folder') bases.set(path, base)
    if (base && want?.type === 'folder' && base.type !== 'absent') bases.set(path, base)
  }
  return { wanted: pathTree(wants), bases }
}

function wantOf(state: CheckpointEntry | Base): Want | undefined {
  switch (state.type) {
    case 'absent':
      return { type: 'gone' }
    case 'file':
      return { type: 'file', mode: state.mode, sha256: state.sha256, content: { sha256: state.sha256 } }
    case 'symlink':
      return { type: 'symlink', target: state.target }
    case 'folder':
      return { type: 'folder', mode: 'mode' in state ? state.mode : undefined }
    case 'other':
      return { type: 'other' }
    default:
      return undefined
  }
}

/** Whether everything that the user has in a folder was gone for the agent, too. */
export function isAllGone(folder: Folder, wanted: PathNode<Want>): boolean {
  return folder.names().names.every((name) => {
    const inner = wanted.inner.get(name)
    const stat = folder.stat(name)
    const isKnownKind = stat?.isFile() || stat?.isSymbolicLink() || stat?.isDirectory()
    if (!stat || !isKnownKind) return true
    if (inner?.value?.type !== 'gone') return false
    if (!stat.isDirectory()) return true
    const below = enter(folder, name)
    try {
      return !below || isAllGone(below, inner)
    } finally {
      below?.close()
    }
  })
}

/** Whether anything is to be in the folder. */
export function holdsAnything(wanted: PathNode<Want> | undefined): boolean {
  return [...(wanted?.inner.values() ?? [])].some(
    (inner) =>
      (inner.value !== undefined && inner.value.type !== 'gone' && inner.value.type !== 'other') ||
      holdsAnything(inner),
  )
}

/** Undefined where it is no folder, or none that may be entered. */
export function enter(parent: Folder, name: string): Folder | undefined {
  try {
    return parent.enter(name)
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'EPERM')) return undefined
    throw error
  }
}
