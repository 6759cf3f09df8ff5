import * as vscode from 'vscode'
import type { KeepAnswers } from '#protocol/change.ts'
import { visible } from '#protocol/visible.ts'
import { consentQuestion, type Outcome } from './keepOutcome.ts'

type Consents = NonNullable<KeepAnswers['consents']>

/** Asks about each file that makes something run once it is kept. Whatever is left open is not kept. */
export async function askConsents(files: Outcome['runsLater']): Promise<Consents> {
  const consents: Consents = []
  for (const [index, file] of files.entries()) {
    const left = files.length - index - 1
    const keep = 'Keep It'
    const next = `Leave It (${left} more)`
    const { question, detail } = consentQuestion(file)
    const answer = await vscode.window.showWarningMessage(
      visible(question),
      { modal: true, detail: visible(detail) },
      keep,
      ...(left > 0 ? [next] : []),
    )
    if (answer === keep) consents.push({ path: file.path, content: file.content })
    // Escape leaves all that are left.
    if (answer === undefined) break
  }
  return consents
}
