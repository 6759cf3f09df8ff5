import * as vscode from 'vscode'
import type { DaemonConnection } from './daemonConnection.ts'
import type { Folders } from './folders.ts'

const gatherMs = 200

/**
 * Tells the daemon when files of a workspace were saved or replaced, by the editor or beside it, so that agents at work on
 * it see them; at most five times a second. The editor watches its folders anyway.
 */
export function tellSavedFiles(connection: DaemonConnection, folders: Folders): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher('**')
  const saved = new Set<vscode.WorkspaceFolder>()
  let timer: NodeJS.Timeout | undefined
  const tell = () => {
    timer = undefined
    for (const { uri } of saved) {
      if (connection.state.type !== 'connected') break
      connection.request('workspace/saved', { folder: uri.fsPath }).catch(() => {})
    }
    saved.clear()
  }
  const note = (uri: vscode.Uri) => {
    const folder = vscode.workspace.getWorkspaceFolder(uri)
    if (!folder || connection.state.type !== 'connected' || !folders.all().includes(folder)) return
    saved.add(folder)
    timer ??= setTimeout(tell, gatherMs)
  }
  return vscode.Disposable.from(
    watcher,
    watcher.onDidChange(note),
    watcher.onDidCreate(note),
    watcher.onDidDelete(note),
    { dispose: () => clearTimeout(timer) },
  )
}
