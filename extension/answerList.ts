import * as vscode from 'vscode'
import type { Approval, Outcome } from '#protocol/approval.ts'
import type { PolicyRule } from '#protocol/policy.ts'
import { ruleSentence, ruleText, sessionHostSentence } from '#protocol/policyRuleText.ts'
import { visible } from '#protocol/visible.ts'
import type { ApprovalAnswers } from './approvalAnswers.ts'
import { actionLine, inert } from './approvalText.ts'
import { editGrant } from './editGrant.ts'

interface AnswerItem extends vscode.QuickPickItem {
  readonly run?: () => Promise<void>
}

interface Shown {
  /** The whole action was read in the editor. */
  readonly wasRead?: boolean
  /** As the person changed them. */
  readonly rules?: readonly PolicyRule[]
}

/** What fits a line of the list. A longer rule stands there in several. */
const lineLimit = 64
const mostLines = 8

/** Every way to answer, in a list that goes away when somebody else answers first. */
export async function askHow(answers: ApprovalAnswers, approval: Approval, shown: Shown = {}): Promise<void> {
  const { id } = approval
  const line = actionLine(approval.action, { folder: answers.state.folderOf(approval) })
  const answer = (outcome: Outcome) => () => answers.answer(id, outcome)
  const isWhole = line.whole || shown.wasRead === true
  const items: AnswerItem[] = [
    ...(isWhole ? [{ label: 'Allow once', run: answer({ type: 'allowOnce' }) }] : []),
    ...(isWhole && approval.action.type === 'command'
      ? [{ label: 'Change the command…', description: 'in the chat', run: () => answers.changeInChat(approval) }]
      : []),
    { label: 'Deny', run: answer({ type: 'deny' }) },
    { label: 'Deny with guidance…', description: 'the agent is told', run: () => denyWithGuidance(answers, id) },
    { label: 'Deny and end the task', run: answer({ type: 'abort' }) },
    {
      label: 'Show the full action',
      description: isWhole ? '' : 'before it can be allowed',
      run: async () => {
        await answers.show(approval)
        if (!isWhole) await answers.askAfterReading(approval)
      },
    },
    ...(isWhole ? grantItems(answers, approval, shown) : []),
  ]
  const picked = await pick(answers, id, inert(line.text), items)
  await picked?.run?.()
}

/** Each scope with the rules that it would grant, to the letter. */
function grantItems(answers: ApprovalAnswers, approval: Approval, shown: Shown): AnswerItem[] {
  const { id } = approval
  const rules = shown.rules ?? approval.proposals ?? []
  const heading = { label: 'Allow from now on, by a rule', kind: vscode.QuickPickItemKind.Separator }
  if (rules.length === 0) return hostItems(answers, approval)
  const text = rules.map(ruleText).join(' ')
  const change: AnswerItem = {
    label: rules.length === 1 ? 'Change the rule first…' : `Change the ${rules.length} rules first…`,
    detail: inert(rules.map(ruleSentence).join(' ')),
    run: async () => {
      const changed = await editGrant(rules)
      if (changed && answers.find(id)) await askHow(answers, approval, { ...shown, rules: changed })
    },
  }
  const fits = text.length <= lineLimit
  const lines = fits ? [] : (text.match(/.{1,64}/gu) ?? [])
  if (lines.length > mostLines && !shown.wasRead) {
    const read = async () => {
      await answers.show(approval)
      await askHow(answers, approval, { ...shown, wasRead: true })
    }
    return [heading, { label: 'Read the rules in the editor first…', description: 'They are long.', run: read }]
  }
  const granted = [...rules]
  const outcomes: readonly [label: string, description: string, outcome: Outcome][] = [
    ['Allow for this session', 'until the session ends', { type: 'allowForSession', rules: granted }],
    ['Allow in this workspace', 'in every session of this folder', { type: 'allowForWorkspace', rules: granted }],
    ['Allow everywhere', 'in every folder of yours', { type: 'allowForUser', rules: granted }],
  ]
  return [
    heading,
    // Beside the heading only what is short: the rule itself is never cut.
    change,
    ...lines.slice(0, mostLines).map((line) => ({ label: inert(line), ...(change.run && { run: change.run }) })),
    ...outcomes.map(([label, description, outcome]) => ({
      label,
      description,
      ...(fits && { detail: inert(text) }),
      run: () => answers.answer(id, outcome),
    })),
  ]
}

/** A host that a rule asks about: none that allows it lifts that, but this answer does, for the session. */
function hostItems(answers: ApprovalAnswers, { id, action }: Approval): AnswerItem[] {
  if (action.type !== 'connect') return []
  return [
    { label: 'Allow from now on, without a rule', kind: vscode.QuickPickItemKind.Separator },
    {
      label: 'Allow for this session',
      description: 'until the session ends',
      detail: inert(visible(sessionHostSentence(action))),
      run: () => answers.answer(id, { type: 'allowForSession' }),
    },
  ]
}

async function denyWithGuidance(answers: ApprovalAnswers, id: string): Promise<void> {
  const guidance = await vscode.window.showInputBox({
    title: 'Paddock: Deny',
    prompt: 'Why, or what to do instead. The agent is told.',
    ignoreFocusOut: true,
    validateInput: (text) => (text.length > 10_000 ? 'At most 10,000 characters.' : null),
  })
  if (guidance === undefined) return
  await answers.answer(id, guidance.trim() ? { type: 'deny', guidance: guidance.trim() } : { type: 'deny' })
}

function pick(
  answers: ApprovalAnswers,
  id: string,
  title: string,
  items: AnswerItem[],
): Promise<AnswerItem | undefined> {
  return new Promise((resolve) => {
    const list = vscode.window.createQuickPick<AnswerItem>()
    list.title = title
    list.items = items
    list.ignoreFocusOut = true
    const stop = answers.state.changed.on(() => {
      if (!answers.find(id)) list.hide()
    })
    list.onDidAccept(() => {
      const [picked] = list.selectedItems
      if (!picked) return
      resolve(picked)
      list.hide()
    })
    list.onDidHide(() => {
      stop()
      list.dispose()
      resolve(undefined)
    })
    // Nothing is chosen beforehand: a key that was meant for something else answers nothing.
    list.activeItems = []
    list.show()
  })
}
