import { randomUUID } from 'node:crypto'
import * as vscode from 'vscode'
import type { SecretReference } from '#protocol/sandbox.ts'
import type { Commands, EditorWindow } from './editorWindow.ts'
import { tell } from './messages.ts'
import { readHosts } from './networkRuleText.ts'
import { confirmed } from './sandboxCommands.ts'
import type { SandboxNode } from './sandboxNodes.ts'
import { secretDetail } from './sandboxWords.ts'

const title = 'Paddock: Add Secret'

/** Secrets of the sandbox: named by where they are; a value is only ever asked for to be put into the editor's secret storage. */
export function secretCommands(window: EditorWindow): Commands {
  return {
    'paddock.addSecret': () => addSecret(window),
    'paddock.removeSecret': (node?: SandboxNode) => removeSecret(window, node?.secret),
  }
}

async function addSecret({ connection, folders, secrets: storage }: EditorWindow): Promise<void> {
  const folder = (await folders.ask())?.uri.fsPath
  if (!folder) return
  const { secrets } = (await connection.request('sandbox/inspect', { folder })).sandbox.settings
  const name = await askName(new Set(secrets.map((secret) => secret.name)))
  const source = name && (await askSource(name))
  const use = source && (await askUse())
  if (!name || !source || !use) return
  if (source.value !== undefined) {
    const key = source.from.slice('editor:'.length)
    await storage.store(key, source.value)
    await connection.request('sandbox/provideSecrets', { secrets: { [key]: source.value } })
  }
  const added: SecretReference = { name, from: source.from, use }
  await connection.request('sandbox/configure', { folder, settings: { secrets: [...secrets, added] } })
  const where = use.type === 'file' ? `/run/secrets/${name}` : `a stand-in that only ${use.host} gets the value for`
  tell(`${name} is there from the next opening of a sandbox on: ${where}`)
}

async function removeSecret(window: EditorWindow, named: string | undefined): Promise<void> {
  const { connection, folders, secrets: storage } = window
  const folder = (await folders.ask())?.uri.fsPath
  if (!folder) return
  const { secrets } = (await connection.request('sandbox/inspect', { folder })).sandbox.settings
  const items = secrets.map((secret) => ({ label: secret.name, description: secretDetail(secret), secret }))
  const picked =
    items.find(({ label }) => label === named) ??
    (await vscode.window.showQuickPick(items, { title: 'Paddock: Remove Secret' }))
  if (!picked) return
  const { name, from } = picked.secret
  const key = from.startsWith('editor:') ? from.slice('editor:'.length) : undefined
  const detail = key ? 'Its value goes from the editor’s secret storage as well.' : 'Where its value is stays as it is.'
  if (!(await confirmed(`Remove the secret ${name}?`, detail, 'Remove'))) return
  const left = secrets.filter((secret) => secret.name !== name)
  await connection.request('sandbox/configure', { folder, settings: { secrets: left } })
  if (!key) return
  await storage.forget(key)
  await connection.request('sandbox/provideSecrets', { secrets: { [key]: null } })
}

function askName(taken: ReadonlySet<string>): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: `${title} (1/3)`,
    prompt: 'Its name inside: that of a file in /run/secrets, or of the variable that holds its stand-in.',
    placeHolder: 'NPM_TOKEN',
    ignoreFocusOut: true,
    validateInput: (text) => {
      if (taken.has(text)) return 'There is a secret of this name already.'
      return /^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(text)
        ? null
        : 'Letters, digits and underscores, not beginning with a digit.'
    },
  })
}

async function askSource(name: string): Promise<{ from: string; value?: string } | undefined> {
  const items = [
    { label: '$(key) The editor’s secret storage', description: 'you enter the value now', type: 'editor' as const },
    { label: '$(symbol-variable) A variable of the daemon’s environment', type: 'env' as const },
    { label: '$(file) A file on this machine', description: 'read anew at each opening', type: 'file' as const },
  ]
  const picked = await vscode.window.showQuickPick(items, {
    title: `${title} (2/3)`,
    placeHolder: 'Where is the value?',
    ignoreFocusOut: true,
  })
  const ask = (prompt: string, valid: RegExp, fault: string, options: vscode.InputBoxOptions = {}) =>
    vscode.window.showInputBox({
      title: `${title} (2/3)`,
      prompt,
      ignoreFocusOut: true,
      validateInput: (text) => (valid.test(text) ? null : fault),
      ...options,
    })
  switch (picked?.type) {
    case 'editor': {
      const value = await ask('The value.', /^.{1,60000}$/s, 'Enter the value, at most 60,000 characters.', {
        password: true,
      })
      return value === undefined ? undefined : { from: `editor:${name}.${randomUUID().slice(0, 8)}`, value }
    }
    case 'env': {
      const variable = await ask('The variable’s name.', /^[A-Za-z_]\w*$/, 'Letters, digits and underscores.', {
        value: name,
      })
      return variable === undefined ? undefined : { from: `env:${variable}` }
    }
    case 'file': {
      const path = await ask('The file’s absolute path. Only you should be able to read it.', /^\/./, 'Begin with /.')
      return path === undefined ? undefined : { from: `file:${path}` }
    }
    default:
      return undefined
  }
}

async function askUse(): Promise<SecretReference['use'] | undefined> {
  const items = [
    {
      label: '$(globe) Only for one host',
      detail:
        'Programs get a stand-in; the value stays outside and is put in on the way to that host. It still needs a rule that allows the host.',
      type: 'host' as const,
    },
    {
      label: '$(file) As a file inside',
      detail: 'Programs can read the value, in memory only.',
      type: 'file' as const,
    },
  ]
  const picked = await vscode.window.showQuickPick(items, {
    title: `${title} (3/3)`,
    placeHolder: 'How do programs use it?',
    ignoreFocusOut: true,
  })
  if (picked?.type !== 'host') return picked && { type: 'file' }
  const host = await vscode.window.showInputBox({
    title: `${title} (3/3)`,
    prompt: 'The host that gets the value, such as api.example.com.',
    ignoreFocusOut: true,
    validateInput: (text) => {
      const read = readHosts(text)
      if ('fault' in read) return read.fault
      return read.ports || read.host.includes('*') ? 'Exactly one host, without ports.' : null
    },
  })
  return host === undefined ? undefined : { type: 'host', host: host.trim() }
}
