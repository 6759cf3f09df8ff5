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
      const reference = selectionReference(window)
      if (!reference) {
        return tell('select something in a file of this workspace first')
      }
      const { path, startLine, endLine } = reference
      const where = startLine === endLine ? `line ${startLine}` : `lines ${startLine} to ${endLine}`
      const prompt = await askPrompt(
        'Paddock: Run Task on Selection',
        `What should the agent do with ${where} of ${path}?`,
      )
      if (prompt) await submit(window, prompt, [reference])
    },
  }
}

async function submit(window: EditorWindow, prompt: string, references: Reference[]): Promise<void> {
  const { connection, session, chat } = window
  await connection.use()
  const id = session.id ?? (await createSession(window))
  if (!id) return
  await connection.request('task/submit', { session: id, prompt, references, submission: randomUUID() })
  if (!chat.isVisible) tell('the agent is at work; you will be told when it is done')
}

function askPrompt(title: string, prompt: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({ title, prompt, ignoreFocusOut: true }).then((text) => text?.trim() || undefined)
}

function selectionReference({ folders }: EditorWindow): Reference | null {
  const editor = vscode.window.activeTextEditor
  if (!editor) return null
  const { document, selection } = editor
  const side = parseSideUri(document.uri)
  const folder = side ? null : vscode.workspace.getWorkspaceFolder(document.uri)
  if (!side && (document.uri.scheme !== 'file' || !folder)) return null
  if (folder) folders.choose(folder)
  const path = side?.path ?? vscode.workspace.asRelativePath(document.uri, false)
  // A selection that ends before the first character of a line does not mean that line.
  const last = selection.end.character === 0 && !selection.isSingleLine ? selection.end.line - 1 : selection.end.line
  const range = selection.isEmpty ? document.lineAt(selection.start.line).range : selection
  const text = document.getText(range)
  return {
    path,
    startLine: selection.start.line + 1,
    endLine: last + 1,
    ...(text && text.length <= longestReference ? { text } : {}),
  }
}
