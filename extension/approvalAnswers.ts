import * as vscode from 'vscode'
import { DaemonError } from '#client/daemonError.ts'
import type { Approval, Outcome } from '#protocol/approval.ts'
import { askHow } from './answerList.ts'
import { actionLine, approvalDocument, inert } from './approvalText.ts'
import { client } from './client.ts'
import type { DaemonConnection } from './daemonConnection.ts'
import type { FolderState } from './folderState.ts'
import { complain, tell } from './messages.ts'
import { Steadiness } from './steadiness.ts'

const scheme = 'paddock-approval'

/** Answers approvals. Every answer is bound to the one approval it was asked for; a late one is refused and changes nothing. */
export class ApprovalAnswers {
  readonly state: FolderState
  readonly #connection: DaemonConnection
  readonly #openInChat: (session: string) => Promise<void>
  readonly #list = new Steadiness(() => performance.now())
  readonly #disposables: vscode.Disposable[]

  constructor(connection: DaemonConnection, state: FolderState, openInChat: (session: string) => Promise<void>) {
    this.#connection = connection
    this.#openInChat = openInChat
    this.state = state
    let listed = ''
    const stop = state.changed.on(() => {
      const now = state.approvals.map(({ id }) => id).join()
      if (now !== listed) this.#list.moved()
      listed = now
    })
    this.#disposables = [
      { dispose: stop },
      vscode.window.onDidChangeWindowState(({ focused }) => focused && this.#list.moved()),
      vscode.workspace.registerTextDocumentContentProvider(scheme, {
        provideTextDocumentContent: (uri) => {
          const approval = this.find(uri.query)
          return approval
            ? approvalDocument(approval, this.#titleOf(approval), state.folderOf(approval))
            : 'This approval is no longer pending.\n'
        },
      }),
    ]
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables).dispose()
  }

  find(id: string): Approval | undefined {
    return this.state.approvals.find((approval) => approval.id === id)
  }

  async answer(approval: string, outcome: Outcome): Promise<void> {
    try {
      await this.#connection.request('approval/answer', { approval, outcome })
    } catch (error) {
      const data = error instanceof DaemonError ? error.data : undefined
      if (data?.type === 'approvalAlreadyAnswered')
        tell(`already answered${data.by === client.name ? '' : ` by ${data.by}`}; your answer changed nothing`)
      else if (data?.type === 'approvalNotFound')
        tell('this approval is no longer pending; your answer changed nothing')
      else complain(error)
    }
  }

  /** From a line of the tree: a click on a line that had just come to where another one was answers nothing. */
  async answerLine(approval: string, outcome: Outcome): Promise<void> {
    if (!this.#list.isSteady) return tell('the list had just moved, so nothing was answered; choose again')
    await this.answer(approval, outcome)
  }

  /** Opens the whole action to be read; answers nothing. */
  async show(approval: Approval): Promise<void> {
    const uri = vscode.Uri.from({ scheme, path: `/Approval ${approval.id.slice(0, 8)}`, query: approval.id })
    const document = await vscode.workspace.openTextDocument(uri)
    await vscode.window.showTextDocument(document, { preview: true })
  }

  /** Every way to answer. */
  async askHow(approval: Approval): Promise<void> {
    await askHow(this, approval)
  }

  /** The command can be changed where its whole text can be written: beside its question in the chat. */
  async changeInChat({ session }: Approval): Promise<void> {
    await this.#openInChat(session)
    tell('choose “More…” and “Change the command…” in the chat')
  }

  /** Asks beside the document that shows the whole action, which was too long for a line. */
  async askAfterReading(approval: Approval): Promise<void> {
    const { id, action } = approval
    const [once, more, deny] = ['Allow Once', 'More…', 'Deny']
    const message = inert(
      `Paddock asks for the action in the editor: ${actionLine(action, { limit: 60, folder: this.state.folderOf(approval) }).text}`,
    )
    const answer = await vscode.window.showWarningMessage(message, once, deny, more)
    if (answer === once) await this.answer(id, { type: 'allowOnce' })
    if (answer === more) await askHow(this, approval, { wasRead: true })
    if (answer === deny) await this.answer(id, { type: 'deny' })
  }

  /** The only pending approval, or the one that is picked from several. */
  async pick(title: string): Promise<Approval | undefined> {
    const pending = this.state.approvals
    if (pending.length < 2) {
      if (pending.length === 0) tell('nothing waits for your answer')
      return pending[0]
    }
    const items = pending.map((approval) => ({
      label: inert(actionLine(approval.action, { limit: 100, folder: this.state.folderOf(approval) }).text),
      description: inert(this.#titleOf(approval)),
      approval,
    }))
    return (await vscode.window.showQuickPick(items, { title }))?.approval
  }

  #titleOf({ session }: Approval): string {
    return this.state.session(session)?.title ?? session
  }
}
