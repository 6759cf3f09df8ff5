import * as vscode from 'vscode'
import type { Change } from '#protocol/change.ts'
import { visible } from '#protocol/visible.ts'
import { sideDocument } from './changeDocuments.ts'
import { diffTitle } from './changeTree.ts'
import type { HunkThreads } from './hunkThreads.ts'
import { baseName } from './keepOutcome.ts'

interface Reviewed {
  readonly folder: vscode.WorkspaceFolder
  readonly session: string
}

interface ReviewedByHunk extends Reviewed {
  readonly threads: HunkThreads
}

/** More than these are left to the Changes view: nobody reads them in one editor, and it would not scroll. */
const mostReviewed = 500

/** About what a window shows at first; the threads of the others come as they are scrolled to. */
const mostPrepared = 20

/** Opens the changes of a session in one editor. */
export async function reviewChanges(
  { folder, session, threads }: ReviewedByHunk,
  changes: readonly Change[],
  title: string,
) {
  const resources = changes.slice(0, mostReviewed).map((change) => {
    const { base, layer } = sides(folder, session, change)
    const file = vscode.Uri.joinPath(folder.uri, change.path)
    return [file, change.status === 'added' ? undefined : base, change.status === 'deleted' ? undefined : layer]
  })
  const first = changes.filter(({ kind, status }) => kind === 'text' && status !== 'deleted').slice(0, mostPrepared)
  await Promise.all(first.map((change) => threads.prepare(sides(folder, session, change).layer)))
  await vscode.commands.executeCommand('vscode.changes', `Paddock: ${visible(title)}`, resources)
}

/** Opens one change as the editor's own diff: what the agent started from on the left, its layer on the right. */
export async function openDiff({ folder, session, threads }: ReviewedByHunk, change: Change) {
  const { base, layer } = sides(folder, session, change)
  if (change.kind === 'text') await threads.prepare(layer)
  await vscode.commands.executeCommand('vscode.diff', base, layer, diffTitle(change))
}

/** Opens the layer on the left and the user's own file on the right: block by block, the editor's arrows take the agent's lines. */
export async function openMine({ folder, session }: Reviewed, change: Change) {
  const mine = vscode.Uri.joinPath(folder.uri, change.path)
  const title = `${visible(baseName(change.path))} (Paddock: layer ↔ mine)`
  await vscode.commands.executeCommand('vscode.diff', sides(folder, session, change).layer, mine, title)
}

function sides(folder: vscode.WorkspaceFolder, session: string, change: Change) {
  return {
    base: sideDocument(folder, session, change, 'base'),
    layer: sideDocument(folder, session, change, 'layer'),
  }
}
