import type { Change } from '#protocol/change.ts'
import { visible } from '#protocol/visible.ts'
import { baseName } from './keepOutcome.ts'

export type ChangeNode =
  | { readonly type: 'folder'; readonly path: string; readonly name: string; readonly children: readonly ChangeNode[] }
  | { readonly type: 'file'; readonly change: Change; readonly name: string; readonly folder: string }

/** The changes as a list, each with its folder beside its name. */
export function changeList(changes: readonly Change[]): ChangeNode[] {
  return changes.map(fileNode)
}

/** The changes by folder, folders first; a folder with nothing but one folder in it is drawn as one line. */
export function changeTree(changes: readonly Change[]): ChangeNode[] {
  const root: Folder = { path: '', folders: new Map(), files: [] }
  for (const change of changes) {
    let at = root
    for (const part of change.path.split('/').slice(0, -1)) {
      const path = at.path ? `${at.path}/${part}` : part
      let next = at.folders.get(part)
      if (!next) {
        next = { path, folders: new Map(), files: [] }
        at.folders.set(part, next)
      }
      at = next
    }
    at.files.push(fileNode(change))
  }
  return childrenOf(root)
}

/** Every change at or below a node. */
export function changesUnder(node: ChangeNode): Change[] {
  return node.type === 'file' ? [node.change] : node.children.flatMap(changesUnder)
}

/** "renamed from old.js, mode 644 → 755, +3 −1" */
export function changeSummary(change: Change): string {
  const facts: string[] = []
  if (change.status === 'renamed') facts.push(`renamed from ${change.from ?? '?'}`)
  else facts.push(change.status)
  if (change.kind !== 'text') facts.push(change.kind === 'symlink' ? 'symbolic link' : 'binary')
  if (change.mode) facts.push(`mode ${modes(change.mode)}`)
  if (change.kind === 'text' && change.additions + change.deletions > 0) facts.push(lineTotals(change))
  if (change.baseMoved) facts.push('you changed this file meanwhile; keeping it merges')
  return facts.join(', ')
}

/** Beside a file's name in the view, as far as its icon does not say it: "← old.js, 644 → 755, +3 −1" */
export function changeMark(change: Change): string {
  const { status, from, kind, mode, additions, deletions } = change
  const facts: string[] = []
  if (status === 'renamed' && from !== undefined) facts.push(`← ${baseName(from)}`)
  if (kind !== 'text') facts.push(kind === 'symlink' ? 'link' : 'binary')
  if (mode) facts.push(modes(mode))
  if (additions + deletions > 0) facts.push(lineTotals(change))
  return facts.join(', ')
}

/** The title of a change's diff; a mode is named there because neither side shows it. */
export function diffTitle({ path, from, status, mode }: Pick<Change, 'path' | 'from' | 'status' | 'mode'>): string {
  const name = visible(baseName(path))
  const names = status === 'renamed' && from !== undefined ? `${visible(baseName(from))} → ${name}` : name
  const facts = [status === 'modified' ? 'base ↔ layer' : status, ...(mode ? [`mode ${modes(mode)}`] : [])]
  return `${names} (Paddock: ${facts.join(', ')})`
}

/** What the view says of what the agent made and nobody can keep; '' where there is nothing of the kind. */
export function skippedMessage(skipped: readonly { path: string; why: string }[]): string {
  const [first] = skipped
  if (!first) return ''
  const others = skipped.length > 1 ? `, and ${skipped.length - 1} more` : ''
  return `Cannot be kept: ${visible(`${first.path} (${first.why})`)}${others}`
}

function lineTotals({ additions, deletions }: Change): string {
  return `+${additions} −${deletions}`
}

function modes({ base, layer }: NonNullable<Change['mode']>): string {
  return `${base.toString(8)} → ${layer.toString(8)}`
}

interface Folder {
  readonly path: string
  readonly folders: Map<string, Folder>
  readonly files: ChangeNode[]
}

function childrenOf(folder: Folder): ChangeNode[] {
  const byName = [...folder.folders].sort(([a], [b]) => (a < b ? -1 : 1))
  return [...byName.map(([name, child]) => folderNode(name, child)), ...folder.files]
}

function folderNode(name: string, folder: Folder): ChangeNode {
  const [only] = folder.folders
  if (only && folder.folders.size === 1 && folder.files.length === 0) return folderNode(`${name}/${only[0]}`, only[1])
  return { type: 'folder', path: folder.path, name, children: childrenOf(folder) }
}

function fileNode(change: Change): ChangeNode {
  const slash = change.path.lastIndexOf('/')
  return { type: 'file', change, name: change.path.slice(slash + 1), folder: change.path.slice(0, Math.max(0, slash)) }
}
