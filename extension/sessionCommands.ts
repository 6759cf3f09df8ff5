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
    'paddock.newSessionWithoutSandbox': () => createUnsandboxed(window),
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
      if (picked) await showSession(window, picked.id)
    },
    'paddock.showSession': (id: string) => showSession(window, id),
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

/** Only where the folder's settings allow it, and after a warning each time. */
async function createUnsandboxed({ connection, folders, chat, session }: EditorWindow): Promise<void> {
  const folder = await folders.ask({ again: true })
  if (!folder) return
  const path = folder.uri.fsPath
  const { settings } = (await connection.request('sandbox/inspect', { folder: path })).sandbox
  if (!settings.allowNone) {
    const choose = 'Choose Sandbox Kind…'
    const text = `Paddock: sessions without a sandbox are not allowed in ${folder.name}. Allow them under “${choose}”.`
    if ((await vscode.window.showWarningMessage(text, choose)) !== choose) return
    return void (await vscode.commands.executeCommand('paddock.chooseSandboxKind'))
  }
  const detail =
    'Its commands run on this machine as you do: they can read and change everything you can, and reach every host. You are asked about each of them. Its own edits still go to a copy, and to your files when you keep them.'
  const start = 'Start Without Sandbox'
  const question = `Start a session in ${folder.name} without a sandbox?`
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, start)) !== start) return
  const made = await connection.request('session/create', { folder: path, sandbox: 'none' })
  chat.renew()
  session.select(made.session.id)
  await chat.focus()
}

/** In the chat, with the folder that it belongs to. */
export async function showSession({ state, folders, session, chat }: EditorWindow, id: string): Promise<void> {
  const folder = folders.at(state.session(id)?.folder ?? '')
  if (folder) folders.choose(folder)
  chat.renew()
  session.select(id)
  await chat.focus()
}
