import * as vscode from 'vscode'
import { DaemonError } from '#client/daemonError.ts'
import type { Approval, Outcome } from '#protocol/approval.ts'
import { actionLine, approvalDocument, inert } from './approvalText.ts'
import { client } from './client.ts'
import type { DaemonConnection } from './daemonConnection.ts'
import type { FolderState } from './folderState.ts'
import { complain, tell } from './messages.ts'

const scheme = 'paddock-approval'

interface AnswerItem extends vscode.QuickPickItem {
  readonly run: () => Promise<void>
}

/** Answers approvals. Every answer is bound to the one approval it was asked for; a late one is refused and changes nothing. */
export class ApprovalAnswers {
  readonly #connection: DaemonConnection
  readonly #state: FolderState
  readonly #documents: vscode.Disposable

  constructor(connection: DaemonConnection, state: FolderState) {
    this.#connection = connection
    this.#state = state
    this.#documents = vscode.workspace.registerTextDocumentContentProvider(scheme, {
      provideTextDocumentContent: (uri) => {
        const approval = this.#find(uri.query)
        return approval ? approvalDocument(approval, this.#titleOf(approval)) : 'This approval is no longer pending.\n'
      },
    })
  }

  dispose(): void {
    this.#documents.dispose()
  }

  async answer(approval: string, outcome: Outcome): Promise<void> {
    try {
      await this.#connection.request('approval/answer', { approval, outcome })
    } catch (error) {
      const data = error instanceof DaemonError ? error.data : undefined
      if (data?.type === 'approvalAlreadyAnswered')
        tell(`already answered${data.by === client.name ? '' : ` by ${data.by}`}; your answer changed nothing`)
      else if (data?.type === 'approvalNotFound') tell('this approval is no longer pending')
      else complain(error)
    }
  }

  /** Opens the whole action to be read; answers nothing. */
  async show(approval: Approval): Promise<void> {
    const uri = vscode.Uri.from({ scheme, path: `/Approval ${approval.id.slice(0, 8)}`, query: approval.id })
    const document = await vscode.workspace.openTextDocument(uri)
    await vscode.window.showTextDocument(document, { preview: true })
  }

  /** Every way to answer, in a list that goes away when somebody else answers first. */
  async askHow(approval: Approval): Promise<void> {
    const { id } = approval
    const line = actionLine(approval.action)
    const items: AnswerItem[] = [
      ...(line.whole
        ? [
            { label: 'Allow once', run: () => this.answer(id, { type: 'allowOnce' }) },
            {
              label: 'Allow for this session',
              description: 'this exact action, until the session ends',
              run: () => this.answer(id, { type: 'allowForSession' }),
            },
            ...this.#forWorkspace(approval),
          ]
        : []),
      { label: 'Deny', run: () => this.answer(id, { type: 'deny' }) },
      { label: 'Deny with a reason…', description: 'the agent is told', run: () => this.#denyWithReason(id) },
      {
        label: 'Show the full action',
        run: async () => {
          await this.show(approval)
          if (!line.whole) await this.askAfterReading(approval)
        },
      },
    ]
    const picked = await this.#pick(id, inert(line.text), items)
    await picked?.run()
  }

  /** Asks beside the document that shows the whole action, which was too long for a line. */
  async askAfterReading({ id, action }: Approval): Promise<void> {
    const [once, session, deny] = ['Allow Once', 'Allow for This Session', 'Deny']
    const message = inert(`Paddock asks for the action in the editor: ${actionLine(action, 60).text}`)
    const answer = await vscode.window.showWarningMessage(message, once, session, deny)
    if (answer === once) await this.answer(id, { type: 'allowOnce' })
    if (answer === session) await this.answer(id, { type: 'allowForSession' })
    if (answer === deny) await this.answer(id, { type: 'deny' })
  }

  /** "Approve / Deny…": the only pending approval, or the one that is picked from several. */
  async askWhich(): Promise<void> {
    const pending = this.#state.approvals
    const [first] = pending
    if (!first) return tell('nothing waits for your answer')
    if (pending.length === 1) return this.askHow(first)
    const items = pending.map((approval) => ({
      label: inert(actionLine(approval.action, 100).text),
      description: inert(this.#titleOf(approval)),
      approval,
    }))
    const picked = await vscode.window.showQuickPick(items, { title: 'Paddock: which approval?' })
    if (picked) await this.askHow(picked.approval)
  }

  /** A host can be allowed for good; the rule is shown as it will stand. */
  #forWorkspace({ id, action }: Approval): AnswerItem[] {
    if (action.type !== 'connect') return []
    const rule = `rule: programs may reach ${action.host} on port ${action.port}`
    const run = () => this.answer(id, { type: 'allowForWorkspace' })
    return [{ label: 'Allow in this workspace', description: inert(rule), run }]
  }

  #find(id: string): Approval | undefined {
    return this.#state.approvals.find((approval) => approval.id === id)
  }

  #titleOf({ session }: Approval): string {
    return this.#state.session(session)?.title ?? session
  }

  async #denyWithReason(id: string): Promise<void> {
    const guidance = await vscode.window.showInputBox({
      title: 'Paddock: Deny',
      prompt: 'Why, or what to do instead. The agent is told.',
      ignoreFocusOut: true,
      validateInput: (text) => (text.length > 10_000 ? 'At most 10,000 characters.' : null),
    })
    if (guidance === undefined) return
    await this.answer(id, guidance.trim() ? { type: 'deny', guidance: guidance.trim() } : { type: 'deny' })
  }

  #pick(id: string, title: string, items: AnswerItem[]): Promise<AnswerItem | undefined> {
    return new Promise((resolve) => {
      const list = vscode.window.createQuickPick<AnswerItem>()
      list.title = title
      list.items = items
      list.ignoreFocusOut = true
      const stop = this.#state.changed.on(() => {
        if (!this.#find(id)) list.hide()
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
}
