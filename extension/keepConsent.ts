import * as vscode from 'vscode'
import type { KeepAnswers } from '#protocol/change.ts'
import { visible } from '#protocol/visible.ts'
import { inert } from './approvalText.ts'
import { consentQuestion, type Outcome } from './keepOutcome.ts'

type Consents = NonNullable<KeepAnswers['consents']>
type File = Outcome['runsLater'][number]

const [show, keep, leave] = ['Show It', 'Keep It', 'Leave It']

/**
 * Asks about each file that makes something run once it is kept. Whatever is left open is not kept. The editor puts the
 * focus of such a question on its first button: that one shows the file, so that a key that was meant for something else
 * consents to nothing.
 */
export async function askConsents(
  files: Outcome['runsLater'],
  showFile: (path: string) => Promise<void>,
): Promise<Consents> {
  const consents: Consents = []
  for (const [index, file] of files.entries()) {
    const left = files.length - index - 1
    const { question, detail } = consentQuestion(file)
    const answer = await vscode.window.showWarningMessage<vscode.MessageItem>(
      visible(question),
      { modal: true, detail: visible(detail) },
      { title: show },
      { title: keep },
      ...(left > 0 ? [{ title: `${leave} (${left} more)` }] : []),
      { title: left > 0 ? 'Leave All' : leave, isCloseAffordance: true },
    )
    if (answer?.title === keep || (answer?.title === show && (await isKeptAfterReading(file, showFile)))) {
      consents.push({ path: file.path, content: file.content })
    }
    // Escape leaves all that are left.
    if (answer === undefined || answer.title === 'Leave All') break
  }
  return consents
}

/** Beside the file, which a dialog would cover. */
async function isKeptAfterReading(file: File, showFile: (path: string) => Promise<void>): Promise<boolean> {
  await showFile(file.path)
  const { question, detail } = consentQuestion(file)
  return (await vscode.window.showWarningMessage(inert(visible(`${question} ${detail}`)), keep, leave)) === keep
}
