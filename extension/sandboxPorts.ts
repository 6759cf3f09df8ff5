import * as vscode from 'vscode'
import { visible } from '#protocol/visible.ts'
import { inert } from './approvalText.ts'
import type { Commands, EditorWindow } from './editorWindow.ts'
import { tell } from './messages.ts'
import { portsOf, type SandboxNode, type SandboxPort } from './sandboxNodes.ts'

/** Ports that something inside listens on, led out to this machine's loopback address for as long as this window is connected. */
export function portCommands(window: EditorWindow): Commands {
  const address = async (node: SandboxNode | undefined) => {
    const port = node?.port ?? (await pickPort(window))
    if (!port) return null
    const forward = await window.connection.request('sandbox/forwardPort', { session: port.session, port: port.port })
    return vscode.Uri.parse(`http://127.0.0.1:${forward.port}/`)
  }
  return {
    'paddock.openPort': async (node?: SandboxNode) => {
      const uri = await address(node)
      if (uri) await vscode.env.openExternal(await vscode.env.asExternalUri(uri))
    },
    'paddock.copyPortAddress': async (node?: SandboxNode) => {
      const uri = await address(node)
      if (!uri) return
      const text = (await vscode.env.asExternalUri(uri)).toString(true)
      await vscode.env.clipboard.writeText(text)
      tell(`copied ${text}; it leads into the sandbox while this window is open`)
    },
  }
}

async function pickPort({ connection, folders, state }: EditorWindow): Promise<SandboxPort | undefined> {
  const folder = await folders.ask()
  if (!folder) return undefined
  const { sandbox } = await connection.request('sandbox/inspect', { folder: folder.uri.fsPath })
  const items = portsOf(sandbox).map((port) => ({
    label: String(port.port),
    description: inert(visible(port.program ?? '')),
    detail: inert(visible(state.session(port.session)?.title ?? '')),
    port,
  }))
  if (items.length === 0) {
    const text = 'Paddock: nothing listens in the sandbox of this folder. Start a server in it, then try again.'
    void vscode.window.showInformationMessage(text)
    return undefined
  }
  const picked = await vscode.window.showQuickPick(items, { title: 'Paddock: which port?', matchOnDescription: true })
  return picked?.port
}
