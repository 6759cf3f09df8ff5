import * as vscode from 'vscode'
import { defaultBaseUrl, faultOfBaseUrl, isExposed, originOf } from './modelParams.ts'
import type { ModelSettings } from './modelSettings.ts'

interface EndpointItem extends vscode.QuickPickItem {
  readonly baseUrl?: string
  readonly demo?: boolean
}

const endpoints: readonly EndpointItem[] = [
  { label: 'OpenAI', description: defaultBaseUrl, baseUrl: defaultBaseUrl },
  { label: 'OpenRouter', description: 'https://openrouter.ai/api/v1', baseUrl: 'https://openrouter.ai/api/v1' },
  { label: 'Ollama on this machine', description: 'http://127.0.0.1:11434/v1', baseUrl: 'http://127.0.0.1:11434/v1' },
  { label: 'Another endpoint…', description: 'any that speaks the OpenAI Chat Completions API' },
  { label: 'Demo model', description: 'no endpoint, no key; forgets the ones that are set', demo: true },
]

/** "Set Model and Key…": endpoint, model, key, one after the other; nothing is stored before the last is answered. */
export async function setUpModel(settings: ModelSettings): Promise<void> {
  const title = 'Paddock: Set Model and Key'
  const now = settings.get()
  const endpoint = await vscode.window.showQuickPick(endpoints, {
    title: `${title} (1/3)`,
    placeHolder: placeHolder(now),
  })
  if (!endpoint) return
  if (endpoint.demo) {
    await settings.set({ baseUrl: '', name: '' }, null)
    void vscode.window.showInformationMessage('Paddock: the demo model answers from now on.')
    return
  }
  const baseUrl = endpoint.baseUrl ?? (await askBaseUrl(`${title} (1/3)`, now.baseUrl))
  if (!baseUrl) return
  const name = await vscode.window.showInputBox({
    title: `${title} (2/3)`,
    prompt: `The model's name, as ${new URL(baseUrl).host} calls it.`,
    value: now.name,
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() ? null : "Enter the model's name."),
  })
  if (!name) return
  const key = await askKey(`${title} (3/3)`, baseUrl, settings)
  if (key === undefined) return
  await settings.set({ baseUrl, name: name.trim() }, key ? { origin: originOf(baseUrl), key } : null)
  void vscode.window.showInformationMessage(
    `Paddock: tasks go to ${name.trim()} at ${new URL(baseUrl).host} from now on.`,
  )
}

function askBaseUrl(title: string, value: string): Thenable<string | undefined> {
  return vscode.window
    .showInputBox({
      title,
      prompt: 'The base address of the endpoint, usually ending in /v1.',
      value,
      ignoreFocusOut: true,
      validateInput: faultOfBaseUrl,
    })
    .then((text) => text?.trim())
}

/** '' for no key; undefined where the user left. A key that is set for the same address can be kept. */
async function askKey(title: string, baseUrl: string, settings: ModelSettings): Promise<string | undefined> {
  const stored = await settings.key()
  const reusable = stored?.origin === originOf(baseUrl) ? stored.key : ''
  const entered = await vscode.window.showInputBox({
    title,
    prompt: reusable
      ? 'The API key. Leave it empty to keep the one that is set for this address.'
      : 'The API key. Leave it empty where the endpoint needs none.',
    password: true,
    ignoreFocusOut: true,
  })
  if (entered === undefined) return undefined
  const key = entered.trim() || reusable
  if (!key || !isExposed(baseUrl)) return key
  const send = 'Send It Anyway'
  const answer = await vscode.window.showWarningMessage(
    `${new URL(baseUrl).host} is another machine and the address begins with http://, so the key could be read on the way.`,
    { modal: true },
    send,
  )
  return answer === send ? key : undefined
}

function placeHolder({ baseUrl, name }: { baseUrl: string; name: string }): string {
  return name ? `Now: ${name} at ${baseUrl || defaultBaseUrl}` : 'Now: the demo model'
}
