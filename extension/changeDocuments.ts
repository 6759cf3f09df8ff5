import * as vscode from 'vscode'
import type { Change, Content } from '#protocol/change.ts'
import { visible } from '#protocol/visible.ts'
import type { ChangeSet } from './changeSet.ts'
import { parseSideUri, type Side, sideSchemes, sideUri } from './changeUri.ts'
import type { DaemonConnection } from './daemonConnection.ts'

/** The document of one side of a change. */
export function sideDocument(
  folder: vscode.WorkspaceFolder,
  session: string,
  { path, from }: Pick<Change, 'path' | 'from'>,
  side: Side,
): vscode.Uri {
  const shownAt = side === 'base' ? (from ?? path) : path
  return vscode.Uri.from(sideUri(folder.uri.path, { session, path, side }, shownAt))
}

/** Serves both sides of every change as read-only documents, and renews those that are open when the changes move. */
export function registerChangeDocuments(connection: DaemonConnection, changes: ChangeSet): vscode.Disposable {
  const renewed = new vscode.EventEmitter<vscode.Uri>()
  const provider: vscode.TextDocumentContentProvider = {
    onDidChange: renewed.event,
    async provideTextDocumentContent(uri) {
      const side = parseSideUri(uri)
      if (!side) return ''
      const { content } = await connection.request('change/read', side)
      return documentText(content)
    },
  }
  const stop = changes.changed.on(() => {
    for (const { uri } of vscode.workspace.textDocuments) {
      if (parseSideUri(uri)?.session === changes.session) renewed.fire(uri)
    }
  })
  return vscode.Disposable.from(
    renewed,
    { dispose: stop },
    vscode.workspace.registerTextDocumentContentProvider(sideSchemes.base, provider),
    vscode.workspace.registerTextDocumentContentProvider(sideSchemes.layer, provider),
  )
}

function documentText(content: Content): string {
  switch (content.type) {
    case 'absent':
      return ''
    case 'text':
      return content.text
    case 'binary':
      return `Binary file, ${content.size} bytes\nSHA-256 ${content.sha256}\n`
    case 'symlink':
      return `Symbolic link to ${visible(content.target)}\n`
    case 'tooLarge':
      return `Too large to be shown here: ${content.size} bytes\n`
  }
}
