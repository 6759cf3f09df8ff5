import * as vscode from 'vscode'
import { visible } from '#protocol/visible.ts'
import { inert } from './approvalText.ts'
import type { Commands, EditorWindow } from './editorWindow.ts'
import { tell } from './messages.ts'
import type { SandboxNode } from './sandboxNodes.ts'
import { size } from './sandboxWords.ts'

/** The life of the sandbox of the folder that is meant. */
export function sandboxCommands(window: EditorWindow): Commands {
  const { connection, folders, sandbox } = window
  /** With the folder that is meant; nothing where none is open or the user left. */
  const inFolder = (work: (folder: string) => Promise<unknown>) => async () => {
    const folder = await folders.ask()
    if (folder) await work(folder.uri.fsPath)
  }
  const end = (what: 'reset' | 'dispose', words: { question: string; button: string; done: string }) =>
    inFolder(async (folder) => {
      const { loss } = await connection.request(`sandbox/${what}`, { folder, confirm: false })
      const detail = loss.map(visible).join('\n')
      if (!(await confirmed(words.question, detail, words.button))) return
      await busy(words.button, () => connection.request(`sandbox/${what}`, { folder, confirm: true }))
      await sandbox.refresh()
      tell(words.done)
    })
  return {
    'paddock.openSandbox': inFolder(async (folder) => {
      await busy('Opening the sandbox', () => connection.request('sandbox/open', { folder }))
      await sandbox.refresh()
    }),
    'paddock.refreshSandbox': async () => {
      await connection.use()
      await sandbox.refresh()
    },
    'paddock.suspendSandbox': inFolder(async (folder) => {
      await busy('Suspending the sandbox', () => connection.request('sandbox/suspend', { folder }))
      tell('the sandbox is suspended; packages and files stay')
    }),
    'paddock.resumeSandbox': inFolder(async (folder) => {
      await busy('Resuming the sandbox', () => connection.request('sandbox/resume', { folder }))
    }),
    'paddock.quarantineSandbox': inFolder(async (folder) => {
      const detail = 'Everything inside ends now, and nothing starts until you resume it. Files stay for a look.'
      if (!(await confirmed('Quarantine the sandbox of this folder?', detail, 'Quarantine'))) return
      await connection.request('sandbox/quarantine', { folder, why: 'You put it there from the editor.' })
    }),
    'paddock.snapshotSandbox': inFolder(async (folder) => {
      const name = await vscode.window.showInputBox({
        title: 'Paddock: Snapshot Sandbox',
        prompt: 'A name for a copy of its home and packages, to be restored later.',
        value: new Date().toISOString().slice(0, 16).replace('T', ' ').replace(':', '.'),
        ignoreFocusOut: true,
        validateInput: (text) =>
          /^\w[\w. -]{0,63}$/.test(text) ? null : 'Letters, digits, blanks, dots and dashes; at most 64.',
      })
      if (!name) return
      const { snapshot } = await busy('Taking a snapshot', () =>
        connection.request('sandbox/snapshot', { folder, name }),
      )
      await sandbox.refresh()
      tell(`snapshot ${snapshot.name} taken, ${size(snapshot.bytes)}`)
    }),
    'paddock.restoreSandbox': async (node?: SandboxNode) => {
      const folder = await folders.ask()
      const name = folder && (node?.snapshot ?? (await pickSnapshot(window)))
      if (!folder || !name) return
      const detail =
        'Its home and packages become what they were then; what was installed since is lost unless you take a snapshot first. What runs inside ends. Your files and the changes of sessions stay.'
      if (!(await confirmed(`Restore the snapshot “${name}”?`, detail, 'Restore'))) return
      await busy('Restoring', () => connection.request('sandbox/restore', { folder: folder.uri.fsPath, name }))
      tell(`the sandbox is as it was in ${name}`)
    },
    'paddock.deleteSnapshot': async (node?: SandboxNode) => {
      const folder = await folders.ask()
      const name = folder && (node?.snapshot ?? (await pickSnapshot(window)))
      if (!folder || !name) return
      if (!(await confirmed(`Delete the snapshot “${name}”?`, 'It cannot be brought back.', 'Delete'))) return
      await connection.request('sandbox/deleteSnapshot', { folder: folder.uri.fsPath, name })
      await sandbox.refresh()
    },
    'paddock.resetSandbox': end('reset', {
      question: 'Reset the sandbox of this folder?',
      button: 'Reset',
      done: 'the sandbox was reset',
    }),
    'paddock.disposeSandbox': end('dispose', {
      question: 'Dispose of the sandbox of this folder?',
      button: 'Dispose',
      done: 'the sandbox is gone; the next session makes a new one',
    }),
  }
}

/** Asks before something that cannot be taken back. */
export async function confirmed(question: string, detail: string, button: string): Promise<boolean> {
  const options = { modal: true, detail: visible(detail) }
  return (await vscode.window.showWarningMessage(visible(question), options, button)) === button
}

/** Shows that something takes its time. */
export function busy<T>(title: string, work: () => Promise<T>): Thenable<T> {
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: `Paddock: ${title}` }, work)
}

async function pickSnapshot({ connection, sandbox }: EditorWindow): Promise<string | undefined> {
  await connection.use()
  await sandbox.refresh()
  const items = (sandbox.info?.snapshots ?? []).map(({ name, at, bytes }) => ({
    label: inert(visible(name)),
    description: `${new Date(at).toLocaleString()}, ${size(bytes)}`,
    name,
  }))
  if (items.length === 0) {
    tell('this sandbox has no snapshot')
    return undefined
  }
  return (await vscode.window.showQuickPick(items, { title: 'Paddock: which snapshot?' }))?.name
}
