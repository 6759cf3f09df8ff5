import * as vscode from 'vscode'
import { visible } from '#protocol/visible.ts'
import { inert } from './approvalText.ts'

const shownForMs = 5_000

/** Says something in passing, in the status bar. */
export function tell(text: string): void {
  vscode.window.setStatusBarMessage(`Paddock: ${inert(visible(text))}`, shownForMs)
}

/** Says that something did not work. Messages of the daemon already tell what to do. */
export function complain(error: unknown): void {
  const text = error instanceof Error ? error.message : String(error)
  void vscode.window.showErrorMessage(`Paddock: ${inert(visible(text))}`)
}
