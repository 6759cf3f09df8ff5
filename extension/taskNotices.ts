import * as vscode from 'vscode'
import type { LoggedEvent } from '#protocol/event.ts'
import type { SessionState } from '#protocol/session.ts'
import { visible } from '#protocol/visible.ts'
import { inert } from './approvalText.ts'
import type { WindowSession } from './windowSession.ts'

const [review, openChat] = ['Review Changes', 'Open Chat']

/** Tells how a task ended to a user who does not see the chat. */
export function noticeTaskEnds(session: WindowSession, chatIsVisible: () => boolean): vscode.Disposable {
  const stop = session.moved.on(({ state, events }) => {
    if (chatIsVisible()) return
    for (const { event } of events) void notice(event, state)
  })
  return { dispose: stop }
}

async function notice(event: LoggedEvent['event'], { title, changes }: SessionState): Promise<void> {
  const name = inert(visible(title))
  if (event.type === 'taskCompleted') {
    const changed = changes.files === 1 ? '1 file to review' : `${changes.files} files to review`
    const text = `Paddock: ${name}: done, ${changes.files > 0 ? changed : 'nothing changed'}.`
    const buttons = changes.files > 0 ? [review, openChat] : [openChat]
    await follow(await vscode.window.showInformationMessage(text, ...(buttons as string[])))
  }
  if (event.type === 'taskFailed') {
    const { message, fix } = event.failure
    const why = inert(visible(`${message} ${fix ?? ''}`.trim()))
    await follow(await vscode.window.showErrorMessage(`Paddock: ${name}: ${why}`, openChat as string))
  }
}

async function follow(answer: string | undefined): Promise<void> {
  if (answer === review) await vscode.commands.executeCommand('paddock.reviewChanges')
  if (answer === openChat) await vscode.commands.executeCommand('paddock.focusChat')
}
