import * as vscode from 'vscode'
import { defaultMode, modeWords } from '#protocol/modeText.ts'
import type { Mode } from '#protocol/policy.ts'
import type { Commands, EditorWindow } from './editorWindow.ts'

export function modeCommands(window: EditorWindow): Commands {
  return { 'paddock.setMode': () => setMode(window) }
}

/** "Set Session Mode…": of the session that is shown; where none is, one begins with it. */
async function setMode({ connection, folders, session, chat }: EditorWindow): Promise<void> {
  const current = session.id ? (session.state?.mode ?? defaultMode) : undefined
  const mode = await pickMode(current)
  if (!mode || mode === current) return
  if (session.id) return void (await connection.request('session/setMode', { session: session.id, mode }))
  const folder = await folders.ask()
  if (!folder) return
  const made = await connection.request('session/create', { folder: folder.uri.fsPath, mode })
  chat.renew()
  session.select(made.session.id)
}

async function pickMode(current: Mode | undefined): Promise<Mode | undefined> {
  const items = (Object.keys(modeWords) as Mode[]).map((mode) => ({
    label: `${mode === current ? '$(check) ' : ''}${modeWords[mode].name}`,
    description: mode === current ? 'now' : '',
    detail: modeWords[mode].does,
    mode,
  }))
  const placeHolder = current
    ? 'Takes effect at once, also for what waits for an answer.'
    : 'For the session that begins with it. Others begin as your policy says.'
  return (await vscode.window.showQuickPick(items, { title: 'Paddock: Session Mode', placeHolder }))?.mode
}
