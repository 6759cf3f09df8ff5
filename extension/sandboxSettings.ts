import * as vscode from 'vscode'
import type { SandboxKind, SandboxSettings } from '#protocol/sandbox.ts'
import { visible } from '#protocol/visible.ts'
import { inert } from './approvalText.ts'
import type { Commands, EditorWindow } from './editorWindow.ts'
import { tell } from './messages.ts'
import { editNetworkRules } from './networkRules.ts'
import { confirmed } from './sandboxCommands.ts'
import { kindDetails, kindNames, type LimitWords, limitValue, limitWords } from './sandboxWords.ts'

type ChosenKind = SandboxSettings['kind']

/** What is set for the sandbox of a folder: kind, limits, network rules. */
export function sandboxSettingCommands(window: EditorWindow): Commands {
  return {
    'paddock.chooseSandboxKind': () => chooseKind(window),
    'paddock.setSandboxLimits': () => setLimits(window),
    'paddock.editNetworkRules': () => editNetworkRules(window),
  }
}

const kinds: readonly ChosenKind[] =
  process.platform === 'darwin' ? ['seatbelt', 'docker', 'gvisor'] : ['bubblewrap', 'docker', 'gvisor']

interface KindItem extends vscode.QuickPickItem {
  readonly sandbox?: ChosenKind
  readonly image?: true
  readonly allowNone?: boolean
}

async function chooseKind(window: EditorWindow): Promise<void> {
  const { connection, folders } = window
  const folder = (await folders.ask())?.uri.fsPath
  if (!folder) return
  const { settings } = (await connection.request('sandbox/inspect', { folder })).sandbox
  const picked = await pickKind(settings, (kind) =>
    connection.request('sandbox/status', { folder, kind }).then(({ sandbox }) => sandbox),
  )
  if (!picked) return
  const configure = (change: Partial<SandboxSettings>) =>
    connection.request('sandbox/configure', { folder, settings: change })
  if (picked.sandbox) {
    await configure({ kind: picked.sandbox })
    tell(`${kindNames[picked.sandbox]} is used when a session’s sandbox is next opened`)
  } else if (picked.image) {
    const image = await askImage(settings.image)
    if (image !== undefined) await configure({ image })
  } else if (picked.allowNone !== undefined) {
    const detail =
      'Each such session asks first, is marked wherever it shows, and its commands are asked about one by one. What they do reaches this whole machine.'
    const question = 'Allow sessions without a sandbox in this folder?'
    if (!picked.allowNone || (await confirmed(question, detail, 'Allow'))) {
      await configure({ allowNone: picked.allowNone })
    }
  }
}

/** Each kind is tried while the list shows; one that cannot be had says why and what to do. */
function pickKind(
  settings: SandboxSettings,
  probe: (kind: SandboxKind) => Promise<{ type: string; why?: string; fix?: string }>,
): Promise<KindItem | undefined> {
  const list = vscode.window.createQuickPick<KindItem>()
  const found = new Map<ChosenKind, { readonly trouble?: string }>()
  const draw = () => {
    list.items = [
      ...kinds.map((kind) => ({
        label: `${kind === settings.kind ? '$(check) ' : ''}${kindNames[kind]}`,
        description: [kind === settings.kind ? 'now' : '', availability(found.get(kind))].filter(Boolean).join(', '),
        detail: inert(found.get(kind)?.trouble ?? kindDetails[kind]),
        sandbox: kind,
      })),
      { label: 'More', kind: vscode.QuickPickItemKind.Separator },
      {
        label: '$(package) Image…',
        description: inert(visible(settings.image ?? 'Paddock’s own')),
        image: true as const,
      },
      {
        label: settings.allowNone
          ? '$(shield) Forbid sessions without a sandbox'
          : '$(warning) Allow sessions without a sandbox…',
        allowNone: !settings.allowNone,
      },
    ]
  }
  list.title = 'Paddock: Sandbox Kind'
  list.placeholder = 'Taken up when a session’s sandbox is next opened. There is no fallback.'
  list.matchOnDetail = true
  list.busy = true
  draw()
  list.show()
  const tried = kinds.map(async (kind) => {
    const status = await probe(kind).catch(() => null)
    found.set(kind, status?.type === 'unavailable' ? { trouble: visible(`${status.why} ${status.fix}`) } : {})
    const active = list.activeItems[0]?.label
    draw()
    list.activeItems = list.items.filter(({ label }) => label === active)
  })
  void Promise.all(tried).then(() => {
    list.busy = false
  })
  return new Promise((resolve) => {
    list.onDidAccept(() => {
      resolve(list.selectedItems[0])
      list.hide()
    })
    list.onDidHide(() => {
      list.dispose()
      resolve(undefined)
    })
  })
}

function availability(found: { readonly trouble?: string } | undefined): string {
  if (!found) return 'being tried…'
  return found.trouble === undefined ? 'available' : 'not available'
}

function askImage(value: string | undefined): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: 'Paddock: Sandbox Image',
    prompt: 'For Docker and gVisor. Leave it empty for Paddock’s own image.',
    value: value ?? '',
    ignoreFocusOut: true,
    validateInput: (text) => (/^\S{0,500}$/.test(text) ? null : 'An image’s name has no blanks.'),
  })
}

async function setLimits({ connection, folders }: EditorWindow): Promise<void> {
  const folder = (await folders.ask())?.uri.fsPath
  if (!folder) return
  for (;;) {
    const { limits } = (await connection.request('sandbox/inspect', { folder })).sandbox.settings
    const items = limitWords.map((words) => ({
      label: words.label,
      description: limitValue(words, limits[words.limit]),
      words,
    }))
    const picked = await vscode.window.showQuickPick(items, {
      title: 'Paddock: Sandbox Limits',
      placeHolder: 'Taken up when a session’s sandbox is next opened.',
    })
    if (!picked) return
    const { words } = picked
    const text = await askLimit(words, limits[words.limit])
    if (text === undefined) continue
    const { [words.limit]: _, ...others } = limits
    const changed = text.trim() ? { ...others, [words.limit]: Number(text) } : others
    await connection.request('sandbox/configure', { folder, settings: { limits: changed } })
  }
}

function askLimit({ label, unit, least, limit }: LimitWords, value: number | undefined): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: `Paddock: ${label}`,
    prompt: `${unit ? `In ${unit}. ` : ''}Leave it empty for no limit.`,
    value: value === undefined ? '' : String(value),
    ignoreFocusOut: true,
    validateInput: (text) => {
      const number = Number(text)
      if (!text.trim()) return null
      if (!(number >= least) || (limit !== 'cpus' && !Number.isInteger(number))) {
        return `A ${limit === 'cpus' ? 'number' : 'whole number'} from ${least} on.`
      }
      return number > 2 ** 40 ? 'That is no limit; leave it empty instead.' : null
    },
  })
}
