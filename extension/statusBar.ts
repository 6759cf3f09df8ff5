import * as vscode from 'vscode'
import type { FolderState } from './folderState.ts'
import { statusText } from './statusText.ts'

/** Says in the status bar that agents are at work or wait for an answer; hidden otherwise. A click answers, or leads to the chat. */
export function createStatusBar(state: FolderState): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('paddock.status', vscode.StatusBarAlignment.Left, 50)
  item.name = 'Paddock'
  const draw = () => {
    const status = statusText(state.sessions, state.approvals.length)
    if (!status) return item.hide()
    item.text = status.text
    item.tooltip = status.tooltip
    item.accessibilityInformation = { label: status.label, role: 'button' }
    item.command = status.waiting ? 'paddock.answerApproval' : 'paddock.focusChat'
    item.backgroundColor = status.waiting ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined
    item.show()
  }
  return vscode.Disposable.from(item, { dispose: state.changed.on(draw) })
}
