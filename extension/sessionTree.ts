import * as vscode from 'vscode'
import type { SessionSummary } from '#protocol/session.ts'
import { visible } from '#protocol/visible.ts'
import type { FolderState } from './folderState.ts'
import { sessionDetail } from './statusText.ts'
import type { WindowSession } from './windowSession.ts'

const stateIcon: Readonly<Record<SessionSummary['state'], string>> = {
  idle: 'comment',
  queued: 'watch',
  running: 'play-circle',
  waiting: 'shield',
}

/** The "Sessions" view: the sessions of this window's folders, the newest first. */
export function createSessionTree(state: FolderState, shown: WindowSession): vscode.Disposable {
  const renewed = new vscode.EventEmitter<void>()
  const view = vscode.window.createTreeView<SessionSummary>('paddock.sessions', {
    treeDataProvider: {
      onDidChangeTreeData: renewed.event,
      getChildren: (parent) => (parent ? [] : state.sessions),
      getTreeItem: (session) => treeItem(session, session.id === shown.id),
    },
  })
  const renew = () => renewed.fire()
  const stops = [state.changed.on(renew), shown.selected.on(renew)]
  return vscode.Disposable.from(view, renewed, ...stops.map((dispose) => ({ dispose })))
}

function treeItem(session: SessionSummary, isShown: boolean): vscode.TreeItem {
  const title = visible(session.title)
  const item = new vscode.TreeItem(title)
  item.id = session.id
  item.description = [isShown ? 'open here' : '', sessionDetail(session)].filter(Boolean).join(' · ')
  item.tooltip = `${title}\nBegun ${new Date(session.createdAt).toLocaleString()}\nLast active ${new Date(session.updatedAt).toLocaleString()}${session.unsandboxed ? '\nIt runs without a sandbox.' : ''}`
  const color = isShown ? new vscode.ThemeColor('charts.blue') : undefined
  item.iconPath = session.unsandboxed
    ? new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'))
    : new vscode.ThemeIcon(stateIcon[session.state], color)
  item.contextValue = session.state === 'idle' ? 'session.idle' : 'session.live'
  item.command = { command: 'paddock.showSession', title: 'Open Session', arguments: [session.id] }
  return item
}
