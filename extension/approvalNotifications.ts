import * as vscode from 'vscode'
import type { Approval } from '#protocol/approval.ts'
import type { ApprovalAnswers } from './approvalAnswers.ts'
import { approvalMessage, isGrave } from './approvalText.ts'
import type { FolderState } from './folderState.ts'
import { complain } from './messages.ts'
import { Steadiness } from './steadiness.ts'

const [once, showAll, deny, more] = ['Allow Once', 'Show All…', 'Deny', 'More…']

/** Asks once for every approval of this window's folders. Closing a notification answers nothing: the approval stays in the tree. */
export function notifyOfApprovals(state: FolderState, answers: ApprovalAnswers): vscode.Disposable {
  const steadiness = new Steadiness(() => performance.now())
  let asked = new Set<string>()
  const stop = state.changed.on(() => {
    const pending = state.approvals
    const isOther = pending.length !== asked.size || pending.some(({ id }) => !asked.has(id))
    // Notifications make room for one another.
    if (isOther) steadiness.moved()
    for (const approval of pending) {
      if (!asked.has(approval.id)) void ask(approval, answers, steadiness).catch(complain)
    }
    asked = new Set(pending.map(({ id }) => id))
  })
  const focus = vscode.window.onDidChangeWindowState(({ focused }) => focused && steadiness.moved())
  return vscode.Disposable.from(focus, { dispose: stop })
}

async function ask(approval: Approval, answers: ApprovalAnswers, steadiness: Steadiness): Promise<void> {
  const { text, whole } = approvalMessage(approval, answers.state.folderOf(approval))
  // What was not shown whole cannot be allowed from here.
  const buttons = whole ? [once, deny, more] : [showAll, deny, more]
  const show = isGrave(approval.risk) ? vscode.window.showWarningMessage : vscode.window.showInformationMessage
  const answer = await show(text, ...(buttons as string[]))
  const answersItself = answer === once || answer === deny
  // A click that was under way when it appeared was meant for something else: it is asked again.
  if (answersItself && !steadiness.isSteady && answers.find(approval.id)) return ask(approval, answers, steadiness)
  if (answer === once) await answers.answer(approval.id, { type: 'allowOnce' })
  if (answer === deny) await answers.answer(approval.id, { type: 'deny' })
  if (answer === more) await answers.askHow(approval)
  if (answer === showAll) {
    await answers.show(approval)
    await answers.askAfterReading(approval)
  }
}
