import * as vscode from 'vscode'
import type { Action } from '#protocol/approval.ts'
import type { LoggedEvent } from '#protocol/event.ts'
import { readRuleText, ruleSentence, ruleText } from '#protocol/policyRuleText.ts'
import { visible } from '#protocol/visible.ts'
import { inert } from './approvalText.ts'
import { decidedLine, denyRule, undoOf } from './decided.ts'
import type { Commands, EditorWindow } from './editorWindow.ts'
import { complain, tell } from './messages.ts'
import type { AuditEntry, RecentDecisions } from './recentDecisions.ts'

/** The "Recently Decided" view: what was allowed and denied lately, also where nobody was asked, and why. */
export function createDecidedView(decisions: RecentDecisions): vscode.Disposable {
  const renewed = new vscode.EventEmitter<void>()
  const view = vscode.window.createTreeView<AuditEntry>('paddock.decided', {
    treeDataProvider: {
      onDidChangeTreeData: renewed.event,
      getChildren: (parent) => (parent ? [] : [...decisions.entries]),
      getTreeItem: treeItem,
    },
  })
  const stop = decisions.changed.on(() => renewed.fire())
  decisions.watched = view.visible
  return vscode.Disposable.from(
    view,
    renewed,
    { dispose: stop },
    view.onDidChangeVisibility(({ visible }) => {
      decisions.watched = visible
    }),
  )
}

function treeItem(entry: AuditEntry): vscode.TreeItem {
  const { label, description, tooltip, icon, context } = decidedLine(entry, (at) => new Date(at).toLocaleString())
  const item = new vscode.TreeItem(label)
  item.id = String(entry.seq)
  item.description = description
  item.tooltip = tooltip
  item.accessibilityInformation = { label: `${label}, ${description}` }
  item.iconPath = new vscode.ThemeIcon(icon)
  item.contextValue = context
  return item
}

export function decidedCommands(window: EditorWindow): Commands {
  return {
    'paddock.alwaysDeny': (entry: AuditEntry) => alwaysDeny(window, entry),
    'paddock.undoGrant': (entry: AuditEntry) => undoGrant(window, entry),
  }
}

/** Adds a rule to the user's policy for the folder, as it is shown and perhaps changed first. */
async function alwaysDeny(window: EditorWindow, entry: AuditEntry): Promise<void> {
  const folder = entry.folder
  const rule = denyRule(entry, await actionOf(window, entry))
  if (!rule || folder === undefined) return tell('what this was about is not known exactly enough for a rule')
  const text = await vscode.window.showInputBox({
    title: 'Paddock: Always Deny, in This Folder',
    prompt: 'This rule is added to your policy for this folder. It beats whatever allows the same.',
    value: ruleText(rule),
    ignoreFocusOut: true,
    validateInput: checkDeny,
  })
  const read = text === undefined ? undefined : readRuleText(text)
  if (!read || 'fault' in read) return
  await window.connection.request('policy/addRules', { folder, source: 'workspace', rules: [read] })
  tell('the rule is in force from now on')
}

function checkDeny(text: string) {
  const rule = readRuleText(text)
  if ('fault' in rule) return rule.fault
  if (rule.verdict === 'allow') return 'Its "verdict" is deny, or ask.'
  return { message: ruleSentence(rule), severity: vscode.InputBoxValidationSeverity.Info }
}

/** Removes what was granted, or says where it stands. */
async function undoGrant({ connection }: EditorWindow, entry: AuditEntry): Promise<void> {
  const { folder } = entry
  if (folder === undefined) return
  const { sources } = await connection.request('policy/sources', { folder })
  const undo = undoOf(entry, sources)
  if (undo.type === 'none') return void vscode.window.showInformationMessage(`Paddock: ${undo.why}`)
  if (undo.type === 'file') {
    const open = 'Open Policy'
    const text = inert(visible(`Paddock: the ${undo.source} policy allows it, in ${undo.path}.`))
    const answer = await vscode.window.showInformationMessage(text, open)
    if (answer === open) await vscode.window.showTextDocument(vscode.Uri.file(undo.path))
    return
  }
  const { source, names } = undo
  const rules = sources.find((one) => one.source === source)?.rules.filter(({ name }) => name && names.includes(name))
  const detail = (rules ?? []).map((rule) => visible(`${ruleSentence(rule)}\n${ruleText(rule)}`)).join('\n\n')
  const remove = names.length === 1 ? 'Remove the Rule' : 'Remove the Rules'
  const whose = source === 'user' ? 'every folder' : 'this folder'
  const question = `Remove what you granted for ${whose}?`
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, remove)) !== remove) return
  for (const name of names) await connection.request('policy/removeRule', { folder, source, name })
  tell('the rule is gone; what it allowed is decided anew')
}

/** The action to the byte, from the session's log: the record itself keeps a shortened line. */
async function actionOf({ connection }: EditorWindow, { session, evidence }: AuditEntry): Promise<Action | undefined> {
  const seq = evidence?.event
  if (session === undefined || seq === undefined) return undefined
  try {
    const { events } = await connection.request('session/history', { session, before: seq + 1, limit: 1 })
    return actionIn(events, seq, evidence?.approval)
  } catch (error) {
    complain(error)
    return undefined
  }
}

function actionIn(events: readonly LoggedEvent[], seq: number, approval: string | undefined): Action | undefined {
  const event = events.find((one) => one.seq === seq)?.event
  if (event?.type === 'toolStarted' || event?.type === 'toolFinished') return event.action
  const asked = events
    .map((one) => one.event)
    .find((one) => one.type === 'approvalAsked' && one.approval.id === approval)
  return asked?.type === 'approvalAsked' ? asked.approval.action : undefined
}
