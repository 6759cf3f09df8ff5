import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import * as vscode from 'vscode'
import type { Commands, EditorWindow } from './editorWindow.ts'
import type { PolicySourceInfo } from './folderPolicy.ts'
import { testPolicy } from './policyTest.ts'
import { trustPolicy } from './policyTrust.ts'
import { policyTemplate } from './policyVocabulary.ts'

export function policyCommands(window: EditorWindow): Commands {
  return {
    'paddock.editPolicy': () => editPolicy(window),
    'paddock.testPolicy': () => testPolicy(window),
    'paddock.trustPolicy': () => trustPolicy(window),
  }
}

type Source = PolicySourceInfo['source']

const sourceWords: Readonly<
  Record<Source, { readonly label: string; readonly detail: string; readonly whose: string }>
> = {
  managed: {
    label: 'This machine',
    detail: 'Written by whoever manages it. Nothing weaker undoes what it asks about and denies.',
    whose: 'everybody on this machine',
  },
  user: { label: 'You', detail: 'Your own, for every folder.', whose: 'every folder of yours' },
  workspace: {
    label: 'You, in this folder',
    detail: 'Your own, kept outside of the folder. What you allow “in this workspace” is added here.',
    whose: 'this folder, by you',
  },
  repository: {
    label: 'The folder itself',
    detail: 'Comes with the folder. Until you trust what it says, only what it asks about and denies is in force.',
    whose: 'everybody who opens this folder',
  },
}

/** "Edit Policy…": one of the files that say what is allowed; one that is not there yet begins as a template. */
async function editPolicy({ connection, folders }: EditorWindow): Promise<void> {
  const folder = await folders.ask()
  if (!folder) return
  const { sources } = await connection.request('policy/sources', { folder: folder.uri.fsPath })
  const items = sources
    .filter(({ source, exists }) => exists || source !== 'managed')
    .map((info) => ({
      label: sourceWords[info.source].label,
      description: stateOf(info),
      detail: sourceWords[info.source].detail,
      info,
    }))
    .sort((one, other) => order.indexOf(one.info.source) - order.indexOf(other.info.source))
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Paddock: Edit Policy',
    placeHolder: 'A deny beats an ask beats an allow, whoever wrote it.',
  })
  if (picked) await openPolicy(picked.info)
}

const order: readonly Source[] = ['user', 'workspace', 'repository', 'managed']

async function openPolicy({
  source,
  path,
  exists,
}: Pick<PolicySourceInfo, 'source' | 'path' | 'exists'>): Promise<void> {
  if (!exists) await begin(path, policyTemplate(sourceWords[source].whose))
  await vscode.window.showTextDocument(vscode.Uri.file(path))
}

/** Never over what somebody else has just written. */
async function begin(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeFile(path, text, { flag: 'wx', mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
}

function stateOf({ exists, rules, troubles, trusted, holds }: PolicySourceInfo): string {
  if (!exists) return 'not there yet'
  const facts = [rules.length === 1 ? '1 rule' : `${rules.length} rules`]
  if (troubles.length > 0) facts.push(troubles.length === 1 ? '1 trouble' : `${troubles.length} troubles`)
  if (holds) facts.push('nothing is allowed unasked until it is mended')
  if (trusted === false) facts.push('not trusted')
  return facts.join(', ')
}
