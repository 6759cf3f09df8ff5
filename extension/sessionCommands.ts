import * as vscode from 'vscode'
import type { SessionSummary } from '#protocol/session.ts'
import { isLive } from '#protocol/sessionState.ts'
import { visible } from '#protocol/visible.ts'
import { inert } from './approvalText.ts'
import type { Commands, EditorWindow } from './editorWindow.ts'
import { tell } from './messages.ts'
import { sessionDetail } from './statusText.ts'

/** Sessions: begin, open, rename, delete; and stopping what runs in one. */
export function sessionCommands(window: EditorWindow): Commands {
  const { connection, session, state, chat } = window
  return {
    'paddock.newSession': async () => {
      if (await createSession(window, { again: true })) await chat.focus()
    },
    'paddock.openSession': async () => {
      await connection.use()
      await state.refresh()
      const items = state.sessions.map((summary) => ({
        label: inert(visible(summary.title)),
        description: sessionDetail(summary),
        detail: `Last active ${new Date(summary.updatedAt).toLocaleString()}`,
        id: summary.id,
      }))
      if (items.length === 0) return tell('there is no session in this folder yet')
      const picked = await vscode.window.showQuickPick(items, { title: 'Paddock: Open Session' })
      if (picked) await show(window, picked.id)
    },
    'paddock.showSession': (id: string) => show(window, id),
    'paddock.renameSession': async ({ id, title: value }: SessionSummary) => {
      const title = await vscode.window.showInputBox({
        title: 'Paddock: Rename Session',
        value,
        validateInput: (text) => (text.trim() && text.trim().length <= 200 ? null : 'A title has 1 to 200 characters.'),
      })
      if (title) await connection.request('session/rename', { session: id, title: title.trim() })
    },
    'paddock.deleteSession': async ({ id, title, changedFiles }: SessionSummary) => {
      const lost = changedFiles > 0 ? ` and ${changedFiles} changed files that were not kept` : ''
      const question = `Delete the session “${visible(title)}”?`
      const detail = `Its conversation${lost} will be gone for good. Your own files stay as they are.`
      const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, 'Delete')
      if (answer === 'Delete') await connection.request('session/delete', { session: id })
    },
    'paddock.stopTask': async () => {
      const tasks = session.state?.tasks.filter(isLive) ?? []
      const task = tasks.find((candidate) => candidate.state !== 'queued') ?? tasks[0]
      if (!session.id || !task) return tell('no task is running in this session')
      await connection.request('task/cancel', { session: session.id, task: task.id })
      tell('the task was stopped')
    },
    'paddock.focusChat': () => chat.focus(),
  }
}

/** A new session in the folder that is meant, shown in this window. Null: no folder, or the user left. */
export async function createSession(window: EditorWindow, options?: { again: boolean }): Promise<string | null> {
  const folder = await window.folders.ask(options)
  if (!folder) return null
  const { session } = await window.connection.request('session/create', { folder: folder.uri.fsPath })
  window.chat.renew()
  window.session.select(session.id)
  return session.id
}

async function show({ state, folders, session, chat }: EditorWindow, id: string): Promise<void> {
  const folder = folders.at(state.session(id)?.folder ?? '')
  if (folder) folders.choose(folder)
  chat.renew()
  session.select(id)
  await chat.focus()
}
