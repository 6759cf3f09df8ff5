import * as vscode from 'vscode'
import type { ProcessEnd } from '#protocol/process.ts'
import { visible } from '#protocol/visible.ts'
import type { DaemonConnection } from './daemonConnection.ts'
import type { EditorWindow } from './editorWindow.ts'
import { SandboxProgram, type TerminalSize } from './sandboxProgram.ts'

const lookAfterMs = 1_500

/** The terminal of a session's sandbox; what is written there is reviewed like any change. Null: no folder, or the user left. */
export async function sandboxTerminal(window: EditorWindow): Promise<vscode.ExtensionTerminalOptions | null> {
  const { connection, state, sandbox } = window
  await connection.use()
  const session = await terminalSession(window)
  if (!session) return null
  const title = state.session(session)?.title || 'Terminal'
  return {
    name: `Sandbox: ${visible(title)}`,
    iconPath: new vscode.ThemeIcon('vm'),
    pty: pseudoterminal(connection, session, () => {
      void sandbox.refresh({ disk: false })
      if (window.session.id === session) void window.changes.refresh()
    }),
    // The program ends with the window, so there is nothing to bring back.
    isTransient: true,
  }
}

/** "Open Sandbox Terminal". */
export async function openSandboxTerminal(window: EditorWindow): Promise<void> {
  const options = await sandboxTerminal(window)
  if (options) vscode.window.createTerminal(options).show()
}

/** The session that is shown, else the newest of the folder, else a new one; never one that has no sandbox. */
async function terminalSession(window: EditorWindow): Promise<string | null> {
  const { connection, folders, session, state } = window
  const shown = session.id ? state.session(session.id) : undefined
  if (shown && !shown.unsandboxed) return shown.id
  const folder = await folders.ask()
  if (!folder) return null
  await state.refresh()
  const newest = state.sessions.find((one) => !one.unsandboxed && folders.isAt(folder, one.folder))
  if (newest) return newest.id
  const made = await connection.request('session/create', { folder: folder.uri.fsPath, title: 'Terminal' })
  await state.refresh()
  // Shown, so that what is written there shows among the changes.
  session.select(made.session.id)
  return made.session.id
}

/** `look` is called some time after a line was entered: it may have started a server or written files. */
function pseudoterminal(connection: DaemonConnection, session: string, look: () => void): vscode.Pseudoterminal {
  const written = new vscode.EventEmitter<string>()
  const closed = new vscode.EventEmitter<number | undefined>()
  const program = new SandboxProgram(connection)
  let over = false
  let looking: NodeJS.Timeout | undefined
  const finish = (text: string) => {
    over = true
    written.fire(`\r\n\x1b[2m${visible(text)} Press any key to close.\x1b[0m\r\n`)
  }
  program.output.on((text) => written.fire(text))
  program.ended.on((end) => {
    if (end.type === 'exited' && end.code === 0) return closed.fire(undefined)
    finish(endSentence(end))
  })
  return {
    onDidWrite: written.event,
    onDidClose: closed.event,
    open: (dimensions) => {
      program.start(session, { terminal: sizeOf(dimensions) }).catch((error: unknown) => {
        finish(error instanceof Error ? error.message : String(error))
      })
    },
    close: () => {
      clearTimeout(looking)
      program.dispose()
    },
    handleInput: (text) => {
      if (over) return closed.fire(undefined)
      program.write(text)
      if (!text.includes('\r')) return
      clearTimeout(looking)
      looking = setTimeout(look, lookAfterMs)
    },
    setDimensions: (dimensions) => program.resize(sizeOf(dimensions)),
  }
}

function endSentence(end: ProcessEnd): string {
  switch (end.type) {
    case 'exited':
      return `The shell ended with exit code ${end.code}.`
    case 'signalled':
      return `The shell was ended by ${end.signal}.`
    case 'lost':
      return `The shell is gone, and what ran in it: ${end.why} Files that it wrote are still in the session.`
  }
}

function sizeOf(dimensions: vscode.TerminalDimensions | undefined): TerminalSize {
  const within = (value: number) => Math.min(Math.max(Math.floor(value), 1), 1000)
  return { columns: within(dimensions?.columns ?? 80), rows: within(dimensions?.rows ?? 24) }
}
