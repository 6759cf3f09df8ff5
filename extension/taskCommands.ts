import { randomUUID } from 'node:crypto'
import * as vscode from 'vscode'
import type { Reference } from '#protocol/task.ts'
import { parseSideUri } from './changeUri.ts'
import type { Commands, EditorWindow } from './editorWindow.ts'
import { tell } from './messages.ts'
import { createSession } from './sessionCommands.ts'

const longestReference = 200_000

/** Tasks from the palette and the editor. They run in the window's session; one is made where there is none. */
export function taskCommands(window: EditorWindow): Commands {
  return {
    'paddock.runTask': async () => {
      const prompt = await askPrompt('Paddock: Run Task', 'What should the agent do?')
      if (prompt) await submit(window, prompt, [])
    },
    'paddock.runTaskOnSelection': async () => {
      const selected = selection(window)
      if (!selected) {
        return tell('select something in a file of this workspace first')
      }
      const { reference } = selected
      const { path, startLine, endLine } = reference
      const where = startLine === endLine ? `line ${startLine}` : `lines ${startLine} to ${endLine}`
      const prompt = await askPrompt(
        'Paddock: Run Task on Selection',
        `What should the agent do with ${where} of ${path}?`,
      )
      if (prompt) await submit(window, prompt, [reference], selected.session)
    },
  }
}

/** Submits a task to the session that is meant, or a new one where there is none. */
export async function submit(
  window: EditorWindow,
  prompt: string,
  references: Reference[],
  meant: string | null = window.session.id,
): Promise<void> {
  const { connection, chat } = window
  await connection.use()
  const id = meant ?? (await createSession(window))
  if (!id) return
  await connection.request('task/submit', { session: id, prompt, references, submission: randomUUID() })
  if (!chat.isVisible) tell('the agent is at work; you will be told when it is done')
}

function askPrompt(title: string, prompt: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({ title, prompt, ignoreFocusOut: true }).then((text) => text?.trim() || undefined)
}

/** What is selected, and the session that it belongs to: that of a diff's side, else that of the file's own folder. */
function selection({ folders, session }: EditorWindow): { reference: Reference; session: string | null } | null {
  const editor = vscode.window.activeTextEditor
  if (!editor) return null
  const { document, selection: range } = editor
  const side = parseSideUri(document.uri)
  const folder = side ? null : vscode.workspace.getWorkspaceFolder(document.uri)
  if (!side && (document.uri.scheme !== 'file' || !folder)) return null
  if (folder) {
    folders.choose(folder)
    session.recall()
  }
  const path = side?.path ?? vscode.workspace.asRelativePath(document.uri, false)
  // A selection that ends before the first character of a line does not mean that line.
  const last = range.end.character === 0 && !range.isSingleLine ? range.end.line - 1 : range.end.line
  const text = document.getText(range.isEmpty ? document.lineAt(range.start.line).range : range)
  const reference: Reference = { path, startLine: range.start.line + 1, endLine: last + 1 }
  if (text && text.length <= longestReference) reference.text = text
  return { reference, session: side?.session ?? session.id }
}
