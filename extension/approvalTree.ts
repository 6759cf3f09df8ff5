import * as vscode from 'vscode'
import type { Approval } from '#protocol/approval.ts'
import { actionLine, approvalDocument, isGrave } from './approvalText.ts'
import type { FolderState } from './folderState.ts'

/** What fits a tree's line; a longer action is read in full before it can be allowed. */
const lineLimit = 80

/** The "Approvals" view: every pending approval of this window's folders, with the count as its badge. */
export function createApprovalTree(state: FolderState): vscode.Disposable {
  const renewed = new vscode.EventEmitter<void>()
  const view = vscode.window.createTreeView<Approval>('paddock.approvals', {
    treeDataProvider: {
      onDidChangeTreeData: renewed.event,
      getChildren: (parent) => (parent ? [] : state.approvals),
      getTreeItem: (approval) =>
        treeItem(approval, state.session(approval.session)?.title ?? '', state.folderOf(approval)),
    },
  })
  const stop = state.changed.on(() => {
    const { length } = state.approvals
    view.badge = length > 0 ? { value: length, tooltip: `${length} waiting for your answer` } : undefined
    renewed.fire()
  })
  return vscode.Disposable.from(view, renewed, { dispose: stop })
}

function treeItem(approval: Approval, sessionTitle: string, folder: string): vscode.TreeItem {
  const { text, whole } = actionLine(approval.action, { limit: lineLimit, folder })
  const item = new vscode.TreeItem(text)
  item.id = approval.id
  item.description = isGrave(approval.risk) ? `${approval.risk} risk · ${sessionTitle}` : sessionTitle
  item.tooltip = approvalDocument(approval, sessionTitle, folder).slice(0, 4000)
  // Without this the whole tooltip is read out.
  item.accessibilityInformation = { label: `${text}, ${item.description}` }
  item.iconPath = new vscode.ThemeIcon(isGrave(approval.risk) ? 'warning' : 'shield')
  item.contextValue = whole ? 'approval.whole' : 'approval.long'
  item.command = { command: 'paddock.showApproval', title: 'Show the Full Action', arguments: [approval] }
  return item
}
