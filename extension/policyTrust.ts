import * as vscode from 'vscode'
import { visible } from '#protocol/visible.ts'
import { inert } from './approvalText.ts'
import type { EditorWindow } from './editorWindow.ts'
import type { FolderPolicy, PolicySourceInfo } from './folderPolicy.ts'
import { tell } from './messages.ts'
import { trustDocument } from './trustText.ts'

const memoryKey = 'paddock.toldPolicies'
const remembered = 100

/** Says once of each content of a folder's own policy that it is there and not trusted. Closing it trusts nothing. */
export function noticeUntrustedPolicy(policy: FolderPolicy, memory: vscode.Memento): vscode.Disposable {
  const stop = policy.changed.on(() => {
    const own = policy.sources.find(({ source }) => source === 'repository')
    if (!own?.exists || own.trusted !== false || own.sha256 === undefined || !changesAnything(own)) return
    const told = memory.get<string[]>(memoryKey, [])
    const key = `${own.path} ${own.sha256}`
    if (told.includes(key)) return
    void memory.update(memoryKey, [...told, key].slice(-remembered))
    void tellOfPolicy()
  })
  return { dispose: stop }
}

async function tellOfPolicy(): Promise<void> {
  const look = 'Look at It…'
  const text =
    'Paddock: this folder brings a policy of its own. What it asks about and denies is in force; what it allows is not, until you trust it.'
  if ((await vscode.window.showInformationMessage(text, look)) === look) {
    await vscode.commands.executeCommand('paddock.trustPolicy')
  }
}

/** "Trust This Folder's Policy…": shows what it would change, and asks about just this content. */
export async function trustPolicy({ connection, folders, documents }: EditorWindow): Promise<void> {
  const folder = await folders.ask()
  if (!folder) return
  const path = folder.uri.fsPath
  const { sources } = await connection.request('policy/sources', { folder: path })
  const own = sources.find(({ source }) => source === 'repository')
  if (!own?.exists || own.sha256 === undefined) return tell('this folder brings no policy that can be read')
  await documents.show(`Policy that comes with ${folder.name}.md`, trustDocument(own))
  const [trust, revoke] = ['Trust This Content', 'Trust It No More']
  const question = own.trusted
    ? `Paddock: you trust the policy of ${folder.name} as it is now.`
    : `Paddock: trust the policy of ${folder.name}, as it is shown? Where its content changes, you are asked again.`
  const answer = await vscode.window.showWarningMessage(inert(visible(question)), own.trusted ? revoke : trust)
  if (answer === undefined) return
  await connection.request('policy/trust', { folder: path, sha256: answer === trust ? own.sha256 : null })
  tell(
    answer === trust
      ? 'the folder’s policy is in force'
      : 'only what the folder’s policy asks about and denies is in force',
  )
}

/** What only tightens is in force anyway. */
function changesAnything({ rules, mode }: PolicySourceInfo): boolean {
  return mode !== undefined || rules.some(({ verdict }) => verdict === 'allow')
}
