import { randomBytes } from 'node:crypto'
import * as vscode from 'vscode'
import { DaemonError } from '#client/daemonError.ts'
import type { ParamsOf } from '#protocol/methods.ts'
import type { ModelStatus } from '#protocol/model.ts'
import type { FromPage, PageCommand, PageName, PageView, ToPage } from '#protocol/page.ts'
import type { SandboxStatus } from '#protocol/sandbox.ts'
import { chatHtml } from './chatHtml.ts'
import type { ConnectionState, DaemonConnection } from './daemonConnection.ts'
import { parseFromPage } from './relay.ts'
import type { Subscriptions } from './subscriptions.ts'
import type { WindowSession } from './windowSession.ts'

const holder = 'page'

export interface ChatViewParams {
  readonly extensionUri: vscode.Uri
  readonly connection: DaemonConnection
  readonly subscriptions: Subscriptions
  readonly session: WindowSession
  readonly folder: () => vscode.WorkspaceFolder | null
  readonly run: (command: PageCommand) => Promise<void>
  /** The skills that can be named where a text ends. */
  readonly names: (text: string) => Promise<readonly PageName[]>
  /** A prompt with the skills that it mentions at hand. */
  readonly withSkills: (params: ParamsOf<'task/submit'>) => Promise<ParamsOf<'task/submit'>>
  readonly log: vscode.LogOutputChannel
}

/** Hosts the chat page: relays between it and the daemon, and tells it what surrounds the conversation. */
export class ChatView implements vscode.WebviewViewProvider {
  readonly #params: ChatViewParams
  readonly #stops: (() => void)[]
  #view: vscode.WebviewView | null = null
  /** The page listens. What is sent before is lost, so nothing is. */
  #ready = false
  /** Counts pages: each numbers its requests from one, and an answer to an earlier one's is nobody's. */
  #page = 0
  #pending: ToPage[] = []
  #release: (() => void) | null = null
  #model: ModelStatus | null = null
  #sandbox: SandboxStatus | null = null

  constructor(params: ChatViewParams) {
    this.#params = params
    const { connection, session } = params
    const focus = vscode.window.onDidChangeWindowState(() => this.#tellView())
    this.#stops = [
      connection.changed.on(() => this.#tellView()),
      connection.connected.on(() => void this.#learn()),
      connection.notified.on((notification) => this.#relay(notification)),
      session.selected.on((shown) => this.#post({ type: 'show', session: shown })),
      () => focus.dispose(),
    ]
  }

  get isVisible(): boolean {
    return this.#view?.visible ?? false
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const root = vscode.Uri.joinPath(this.#params.extensionUri, 'dist', 'webview')
    const { webview } = view
    this.#view = view
    this.#ready = false
    webview.options = { enableScripts: true, localResourceRoots: [root] }
    webview.onDidReceiveMessage((message) => this.#receive(message))
    view.onDidChangeVisibility(() => this.#shownOrHidden())
    view.onDidDispose(() => {
      this.#view = null
      this.#shownOrHidden()
    })
    webview.html = chatHtml({
      nonce: randomBytes(16).toString('base64url'),
      cspSource: webview.cspSource,
      script: webview.asWebviewUri(vscode.Uri.joinPath(root, 'main.js')).toString(),
      style: webview.asWebviewUri(vscode.Uri.joinPath(root, 'main.css')).toString(),
    })
    this.#shownOrHidden()
  }

  /** The folder that is meant, or its trust, has changed. */
  renew(): void {
    this.#tellView()
    if (this.#params.connection.state.type === 'connected') void this.#learn()
  }

  async focus(): Promise<void> {
    await vscode.commands.executeCommand('paddock.chat.focus')
    this.#post({ type: 'focus' })
  }

  async draft(text: string): Promise<void> {
    await vscode.commands.executeCommand('paddock.chat.focus')
    this.#post({ type: 'draft', text })
  }

  dispose(): void {
    for (const stop of this.#stops) stop()
    this.#release?.()
  }

  /** A hidden page is gone: it follows nothing, and comes back with `ready`. */
  #shownOrHidden(): void {
    const { connection, subscriptions } = this.#params
    if (this.isVisible) {
      this.#release ??= connection.hold()
      return
    }
    this.#ready = false
    this.#pending = []
    this.#release?.()
    this.#release = null
    for (const session of subscriptions.dropAll(holder)) this.#unsubscribe(session)
  }

  #receive(raw: unknown): void {
    const message = parseFromPage(raw)
    switch (message?.type) {
      case undefined:
        this.#params.log.warn('The chat page said something that is not in the contract.')
        return
      case 'ready':
        this.#ready = true
        this.#page++
        this.#tellView()
        for (const waiting of this.#pending.splice(0)) this.#post(waiting)
        return
      case 'shown':
        this.#params.session.select(message.session)
        return
      case 'command':
        void this.#params.run(message.command)
        return
      case 'request':
        void this.#request(message)
        return
      case 'names':
        void this.#names(message)
        return
    }
  }

  async #request({ id, method, params }: Extract<FromPage, { type: 'request' }>): Promise<void> {
    const { connection, subscriptions, log } = this.#params
    const page = this.#page
    const session = (params as { session?: unknown } | null)?.session
    try {
      if (method === 'session/unsubscribe' && typeof session === 'string' && !subscriptions.drop(holder, session)) {
        return this.#answer(page, { type: 'response', id, result: {} })
      }
      // From now on: it may be left, and the page may go, before the answer comes.
      if (method === 'session/subscribe' && typeof session === 'string') subscriptions.add(holder, session)
      const asked = method === 'task/submit' ? await this.#params.withSkills(params as ParamsOf<'task/submit'>) : params
      const result = await connection.request(method, asked as never)
      // It was left before the daemon could be told.
      if (method === 'session/subscribe' && typeof session === 'string' && !subscriptions.isFollowed(session)) {
        this.#unsubscribe(session)
      }
      this.#answer(page, { type: 'response', id, result })
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      log.debug(`${method}: ${message}`)
      if (method === 'session/subscribe' && typeof session === 'string') subscriptions.drop(holder, session)
      const data = error instanceof DaemonError ? error.data : undefined
      this.#answer(page, { type: 'response', id, error: data ? { message, data } : { message } })
    }
  }

  /** Where there is no answer there is nothing to offer, and nobody needs to hear of it. */
  async #names({ id, text }: Extract<FromPage, { type: 'names' }>): Promise<void> {
    const page = this.#page
    const result = await this.#params.names(text).catch((): PageName[] => [])
    this.#answer(page, { type: 'response', id, result })
  }

  #relay({ method, payload }: Omit<Extract<ToPage, { type: 'notification' }>, 'type'>): void {
    if (method === 'model/changed') {
      this.#model = (payload as { model: ModelStatus }).model
      this.#tellView()
    }
    if (!this.#ready) return
    if (method === 'session/events' || method === 'session/live') {
      const { session } = payload as { session: string }
      if (!this.#params.subscriptions.has(holder, session)) return
    }
    this.#post({ type: 'notification', method, payload })
  }

  /** Asks what the page shows around the conversation. */
  async #learn(): Promise<void> {
    const { connection, log } = this.#params
    const folder = this.#params.folder()
    try {
      this.#model = (await connection.request('model/status', {})).model
      this.#tellView()
      if (!folder) return
      this.#sandbox = (await connection.request('sandbox/status', { folder: folder.uri.fsPath })).sandbox
      this.#tellView()
    } catch (error) {
      log.warn('What the chat shows around the conversation could not be asked.', error)
    }
  }

  #tellView(): void {
    if (!this.#ready) return
    const { connection, session } = this.#params
    const view: PageView = {
      folder: this.#params.folder()?.uri.fsPath ?? null,
      session: session.id,
      connection: vscode.workspace.isTrusted ? shown(connection.state) : 'untrusted',
      model: this.#model,
      sandbox: this.#sandbox,
      focused: vscode.window.state.focused,
    }
    this.#post({ type: 'view', view })
  }

  #answer(page: number, response: Extract<ToPage, { type: 'response' }>): void {
    if (page === this.#page) this.#post(response)
  }

  #post(message: ToPage): void {
    if (this.#ready) void this.#view?.webview.postMessage(message)
    // At most a draft and the focus wait: everything else is told anew with `view`.
    else if (message.type === 'draft' || message.type === 'focus') {
      this.#pending = [...this.#pending.filter(({ type }) => type !== message.type), message]
    }
  }

  #unsubscribe(session: string): void {
    const { connection } = this.#params
    if (connection.state.type !== 'connected') return
    void connection.request('session/unsubscribe', { session }).catch(() => {})
  }
}

function shown(state: ConnectionState): PageView['connection'] {
  if (state.type === 'connected') return 'connected'
  return state.type === 'failed' ? { failed: state.why, fix: state.fix } : 'connecting'
}
