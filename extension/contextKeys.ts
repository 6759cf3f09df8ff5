import * as vscode from 'vscode'
import { isLive } from '#protocol/sessionState.ts'
import type { EditorWindow } from './editorWindow.ts'

/** Keeps the keys that the manifest's `when` clauses ask for. */
export function setContextKeys({ state, session }: EditorWindow): vscode.Disposable {
  const told = new Map<string, boolean>()
  const set = (key: string, value: boolean) => {
    if (told.get(key) === value) return
    told.set(key, value)
    void vscode.commands.executeCommand('setContext', key, value)
  }
  const renew = () => {
    set('paddock.hasApprovals', state.approvals.length > 0)
    set('paddock.taskIsLive', session.state?.tasks.some(isLive) ?? false)
  }
  renew()
  const stops = [state.changed.on(renew), session.selected.on(renew), session.moved.on(renew)]
  return { dispose: () => stops.forEach((stop) => void stop()) }
}
