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
  const provide = async (uri: vscode.Uri) => {
    const side = parseSideUri(uri)
    if (!side) return ''
    return documentText((await connection.request('change/read', side)).content)
  }
  const registered = Object.values(sideSchemes).map((scheme) => {
    // An event of another scheme than the provider's own is ignored by the editor.
    const renewed = new vscode.EventEmitter<vscode.Uri>()
    const stop = changes.changed.on(() => {
      for (const { uri } of vscode.workspace.textDocuments) {
        if (uri.scheme === scheme && parseSideUri(uri)?.session === changes.session) renewed.fire(uri)
      }
    })
    const provider = { onDidChange: renewed.event, provideTextDocumentContent: provide }
    const registration = vscode.workspace.registerTextDocumentContentProvider(scheme, provider)
    return vscode.Disposable.from(registration, renewed, { dispose: stop })
  })
  return vscode.Disposable.from(...registered)
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
