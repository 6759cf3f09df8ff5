import * as vscode from 'vscode'
import type { NetworkPolicy, NetworkRule } from '#protocol/network.ts'
import { visible } from '#protocol/visible.ts'
import { inert } from './approvalText.ts'
import type { EditorWindow } from './editorWindow.ts'
import type { PolicySourceInfo } from './folderPolicy.ts'
import { readHosts, ruleSentence } from './networkRuleText.ts'

interface RuleItem extends vscode.QuickPickItem {
  readonly rule?: NetworkRule
  readonly change?: (policy: NetworkPolicy) => Promise<NetworkPolicy | undefined>
  /** Where it stands, where that is a policy. */
  readonly file?: string
}

const title = 'Paddock: Network Rules'
const remove: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('trash'), tooltip: 'Remove This Rule' }

/** "Edit Network Rules…": the rules as sentences, until the user leaves. Every change holds at once. */
export async function editNetworkRules(window: EditorWindow): Promise<void> {
  const folder = await window.folders.ask()
  if (!folder) return
  const path = folder.uri.fsPath
  for (;;) {
    const { network } = (await window.connection.request('sandbox/inspect', { folder: path })).sandbox.settings
    const { sources } = await window.connection.request('policy/sources', { folder: path })
    const change = await pickChange(network, sources)
    const changed = await change?.(network)
    if (changed) await window.connection.request('sandbox/configure', { folder: path, settings: { network: changed } })
    if (!change) return
  }
}

/** Adds a rule, to what the rules are then. */
export async function addRule({ connection }: EditorWindow, folder: string, rule: NetworkRule): Promise<void> {
  const { network } = (await connection.request('sandbox/inspect', { folder })).sandbox.settings
  await connection.request('sandbox/configure', { folder, settings: { network: withRule(network, rule) } })
}

function pickChange(network: NetworkPolicy, sources: readonly PolicySourceInfo[]): Promise<RuleItem['change']> {
  const other = network.undecided === 'ask' ? 'deny' : 'ask'
  const items: RuleItem[] = [
    { label: '$(add) Allow a host…', change: (policy) => askRule(policy, 'allow') },
    { label: '$(circle-slash) Refuse a host…', change: (policy) => askRule(policy, 'deny') },
    {
      label:
        other === 'ask'
          ? '$(question) Ask about hosts that no rule names'
          : '$(shield) Refuse hosts that no rule names',
      description: network.undecided === 'ask' ? 'now: you are asked' : 'now: they are refused',
      change: async (policy) => ({ ...policy, undecided: other }),
    },
    { label: network.rules.length > 0 ? 'Rules' : 'No rule yet', kind: vscode.QuickPickItemKind.Separator },
    ...network.rules.map((rule) => ({ label: inert(visible(ruleSentence(rule))), rule, buttons: [remove] })),
    ...policyItems(sources),
  ]
  return new Promise((resolve) => {
    const list = vscode.window.createQuickPick<RuleItem>()
    const finish = (change: RuleItem['change']) => {
      resolve(change)
      list.hide()
    }
    list.title = title
    list.placeholder = 'A rule that refuses wins over every rule that allows. Choose a rule to remove it.'
    list.items = items
    list.onDidTriggerItemButton(({ item: { rule } }) => rule && finish(without(rule)))
    list.onDidAccept(() => {
      const [picked] = list.selectedItems
      if (picked?.file !== undefined) void vscode.window.showTextDocument(vscode.Uri.file(picked.file))
      if (picked) finish(picked.change ?? (picked.rule && confirmRemoval(picked.rule)))
    })
    list.onDidHide(() => {
      list.dispose()
      resolve(undefined)
    })
    list.show()
  })
}

/** What policies say of hosts holds beside these rules: also what was granted when somebody was asked. */
function policyItems(sources: readonly PolicySourceInfo[]): RuleItem[] {
  const items = sources.flatMap(({ source, path, tightensOnly, rules }) =>
    rules.flatMap(({ verdict, host, ports }): RuleItem[] => {
      if (host === undefined || (tightensOnly && verdict === 'allow')) return []
      const sentence = ruleSentence({ verdict, host, ...(ports && { ports }) })
      return [{ label: inert(visible(sentence)), description: `${source} policy`, file: path }]
    }),
  )
  const heading = { label: 'Rules of policies: choose one to open its file', kind: vscode.QuickPickItemKind.Separator }
  return items.length > 0 ? [heading, ...items] : []
}

async function askRule(policy: NetworkPolicy, verdict: NetworkRule['verdict']): Promise<NetworkPolicy | undefined> {
  const text = await vscode.window.showInputBox({
    title: verdict === 'allow' ? 'Paddock: Allow a Host' : 'Paddock: Refuse a Host',
    prompt:
      verdict === 'allow'
        ? 'example.com, *.example.com or * for any public host; ports 80 and 443 unless you add others, as in example.com:8443.'
        : 'example.com, *.example.com or *; on every port unless you name some, as in example.com:8443.',
    ignoreFocusOut: true,
    validateInput: (text) => {
      const read = readHosts(text)
      if ('fault' in read) return read.fault
      return { message: visible(ruleSentence({ verdict, ...read })), severity: vscode.InputBoxValidationSeverity.Info }
    },
  })
  const read = text === undefined ? undefined : readHosts(text)
  return read && !('fault' in read) ? withRule(policy, { verdict, ...read }) : undefined
}

function confirmRemoval(rule: NetworkRule): RuleItem['change'] {
  return async (policy) => {
    const yes = 'Remove'
    const question = `Remove this rule? ${visible(ruleSentence(rule))}`
    return (await vscode.window.showWarningMessage(question, { modal: true }, yes)) === yes
      ? without(rule)(policy)
      : undefined
  }
}

function without(rule: NetworkRule) {
  return async (policy: NetworkPolicy): Promise<NetworkPolicy> => ({
    ...policy,
    rules: policy.rules.filter((one) => !isSame(one, rule)),
  })
}

function withRule(policy: NetworkPolicy, rule: NetworkRule): NetworkPolicy {
  return { ...policy, rules: [...policy.rules.filter((one) => !isSame(one, rule)), rule] }
}

function isSame(a: NetworkRule, b: NetworkRule): boolean {
  return a.verdict === b.verdict && a.host === b.host && (a.ports ?? []).join() === (b.ports ?? []).join()
}
