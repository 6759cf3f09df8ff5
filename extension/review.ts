import * as vscode from 'vscode'
import type { Change } from '#protocol/change.ts'
import { visible } from '#protocol/visible.ts'
import { sideDocument } from './changeDocuments.ts'
import { diffTitle } from './changeTree.ts'
import type { HunkThreads } from './hunkThreads.ts'

interface Reviewed {
  readonly folder: vscode.WorkspaceFolder
  readonly session: string
}

/** More than these are left to the Changes view: nobody reads them in one editor, and it would not scroll. */
const mostReviewed = 500

/** Opens the changes of a session in one editor. */
export async function reviewChanges({ folder, session }: Reviewed, changes: readonly Change[], title: string) {
  const resources = changes.slice(0, mostReviewed).map((change) => {
    const { base, layer } = sides(folder, session, change)
    const file = vscode.Uri.joinPath(folder.uri, change.path)
    return [file, change.status === 'added' ? undefined : base, change.status === 'deleted' ? undefined : layer]
  })
  await vscode.commands.executeCommand('vscode.changes', `Paddock: ${visible(title)}`, resources)
}

/** Opens one change as the editor's own diff: what the agent started from on the left, its layer on the right. */
export async function openDiff({ folder, session, threads }: Reviewed & { threads: HunkThreads }, change: Change) {
  const { base, layer } = sides(folder, session, change)
  if (change.kind === 'text') await threads.prepare(layer)
  await vscode.commands.executeCommand('vscode.diff', base, layer, diffTitle(change))
}

function sides(folder: vscode.WorkspaceFolder, session: string, change: Change) {
  return {
    base: sideDocument(folder, session, change, 'base'),
    layer: sideDocument(folder, session, change, 'layer'),
  }
}
