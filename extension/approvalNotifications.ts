import * as vscode from 'vscode'
import type { Approval } from '#protocol/approval.ts'
import type { ApprovalAnswers } from './approvalAnswers.ts'
import { approvalMessage, isGrave } from './approvalText.ts'
import type { FolderState } from './folderState.ts'
import { complain } from './messages.ts'

const [once, showAll, deny, more] = ['Allow Once', 'Show All…', 'Deny', 'More…']

/** Asks once for every approval of this window's folders. Closing a notification answers nothing: the approval stays in the tree. */
export function notifyOfApprovals(state: FolderState, answers: ApprovalAnswers): vscode.Disposable {
  let asked = new Set<string>()
  const stop = state.changed.on(() => {
    const pending = state.approvals
    for (const approval of pending) {
      if (!asked.has(approval.id)) void ask(approval, answers).catch(complain)
    }
    asked = new Set(pending.map(({ id }) => id))
  })
  return { dispose: stop }
}

async function ask(approval: Approval, answers: ApprovalAnswers): Promise<void> {
  const { text, whole } = approvalMessage(approval)
  // What was not shown whole cannot be allowed from here.
  const buttons = whole ? [once, deny, more] : [showAll, deny, more]
  const show = isGrave(approval.risk) ? vscode.window.showWarningMessage : vscode.window.showInformationMessage
  const answer = await show(text, ...(buttons as string[]))
  if (answer === once) await answers.answer(approval.id, { type: 'allowOnce' })
  if (answer === deny) await answers.answer(approval.id, { type: 'deny' })
  if (answer === more) await answers.askHow(approval)
  if (answer === showAll) {
    await answers.show(approval)
    await answers.askAfterReading(approval)
  }
}
