import type { Outcome } from '#protocol/approval.ts'
import type { PageCommand, PageName, PageView, ToPage } from '#protocol/page.ts'
import type { SessionSummary } from '#protocol/session.ts'
import { isLive } from '#protocol/sessionState.ts'
import { type Conversation, joined, trimmed, withEarlier, withEvents, withLive } from './conversation.ts'
import { type Host, HostError } from './host.ts'
import type { Store } from './store.ts'
import { titleOf } from './wording.ts'

/** Everything that the page draws. */
export interface PageState {
  readonly view: PageView | null
  /** The sessions of this folder, newest first. */
  readonly sessions: readonly SessionSummary[]
  /** The session that is shown; its conversation is there once the daemon has answered. */
  readonly session: string | null
  readonly conversation: Conversation | null
  readonly loadingEarlier: boolean
  /** Trouble with the last thing that was asked for, in words. */
  readonly notice: string | null
  /** Text that was put into the composer from outside; `id` counts such texts. */
  readonly draft: { readonly id: number; readonly text: string }
  /** Counts wishes for the keyboard focus to go into the composer. */
  readonly focus: number
}

export const emptyPage: PageState = {
  view: null,
  sessions: [],
  session: null,
  conversation: null,
  loadingEarlier: false,
  notice: null,
  draft: { id: 0, text: '' },
  focus: 0,
}

/** What a person can do in the page. All of it settles quietly; trouble goes into `notice`. */
export interface PageActions {
  /** Answers whether the prompt was taken; where not, it belongs back into the composer. */
  send(prompt: string): Promise<boolean>
  cancelTask(task: string): Promise<void>
  stop(): Promise<void>
  resume(task: string): Promise<void>
  retry(task: string): Promise<void>
  answer(approval: string, outcome: Outcome): Promise<void>
  open(session: string | null): Promise<void>
  rename(session: string, title: string): Promise<void>
  remove(session: string): Promise<void>
  loadEarlier(): Promise<void>
  /** The newest entry is in view: what lies far above may go. */
  atNewest(): void
  refreshSessions(): Promise<void>
  draft(text: string): void
  focusComposer(): void
  dismissNotice(): void
  command(command: PageCommand): void
  /** The skills that can be named where a text ends; none where that is not known. */
  names(text: string): Promise<readonly PageName[]>
}

const earlierPage = 200
const itemsKept = 2_000

/** Joins host and store: what arrives changes the store, what a person does goes to the host. */
export function connectPage(host: Host, store: Store<PageState>): PageActions {
  let subscribing: symbol | null = null
  let unsent: { prompt: string; submission: string } | null = null

  const connected = () => store.get().view?.connection === 'connected'
  const current = (session: string) => {
    const { conversation } = store.get()
    return conversation?.id === session ? conversation : null
  }
  const attempt = async (work: () => Promise<void>): Promise<boolean> => {
    try {
      await work()
      return true
    } catch (error) {
      store.set({ notice: error instanceof HostError ? wordsOf(error) : String(error) })
      return false
    }
  }
  const quietly = async (work: () => Promise<void>): Promise<void> => {
    await attempt(work)
  }

  async function subscribe(session: string): Promise<void> {
    const turn = Symbol(session)
    subscribing = turn
    const after = current(session)?.state.seq
    try {
      const answer = await host.request('session/subscribe', after ? { session, after } : { session })
      if (subscribing !== turn) return
      store.set({ conversation: joined(current(session), session, answer) })
    } catch (error) {
      if (subscribing !== turn) return
      if (error instanceof HostError && error.data?.type === 'sessionNotFound') show(null)
      else throw error
    } finally {
      if (subscribing === turn) subscribing = null
    }
  }

  function show(session: string | null): void {
    const { session: before } = store.get()
    if (session !== before) {
      if (before && connected()) host.request('session/unsubscribe', { session: before }).catch(() => {})
      subscribing = null
      store.set({ session, conversation: null, loadingEarlier: false, notice: null })
      host.shown(session)
    }
  }

  async function open(session: string | null): Promise<void> {
    const { session: shown, conversation } = store.get()
    if (session === shown && (conversation || subscribing)) return
    show(session)
    if (session && connected()) await quietly(() => subscribe(session))
  }

  const refreshSessions = async () => {
    const folder = store.get().view?.folder
    if (!folder || !connected()) return
    await quietly(async () => {
      const { sessions } = await host.request('session/list', { folder })
      store.set({ sessions })
    })
  }

  function viewChanged(view: PageView): void {
    const before = store.get().view
    const reconnected = view.connection === 'connected' && before?.connection !== 'connected'
    store.set(before?.folder === view.folder ? { view } : { view, sessions: [] })
    if (before === null && view.session) show(view.session)
    if (!reconnected) return
    const { session } = store.get()
    store.set({ notice: null })
    if (session) quietly(() => subscribe(session))
    refreshSessions()
  }

  /** While a subscription is under way its answer will hold what is told now. */
  function follow(session: string, change: (held: Conversation) => Conversation | null): void {
    const held = current(session)
    if (!held || subscribing) return
    const next = change(held)
    if (next) store.set({ conversation: next })
    else quietly(() => subscribe(session))
  }

  const notified: { [N in (ToPage & { type: 'notification' })['method']]?: (payload: never) => void } = {
    'session/events': ({ session, events }: { session: string; events: Parameters<typeof withEvents>[1] }) =>
      follow(session, (held) => withEvents(held, events)),
    'session/live': (delta: Parameters<typeof withLive>[1] & { session: string }) =>
      follow(delta.session, (held) => withLive(held, delta)),
    'session/changed': ({ session }: { session: SessionSummary }) => {
      const { view, sessions } = store.get()
      // The daemon may know the folder by its real path.
      const here = sessions.some(({ id, folder }) => id === session.id || folder === session.folder)
      if (!here && session.folder !== view?.folder) return
      const others = sessions.filter(({ id }) => id !== session.id)
      store.set({ sessions: [session, ...others].sort((a, b) => b.updatedAt - a.updatedAt) })
    },
    'session/deleted': ({ session }: { session: string }) => {
      store.set({ sessions: store.get().sessions.filter(({ id }) => id !== session) })
      if (store.get().session === session) show(null)
    },
  }

  host.listen((message) => {
    switch (message.type) {
      case 'view':
        return viewChanged(message.view)
      case 'notification':
        return notified[message.method]?.(message.payload as never)
      case 'show':
        return void open(message.session)
      case 'draft':
        return actions.draft(message.text)
      case 'focus':
        return actions.focusComposer()
    }
  })

  const actions: PageActions = {
    async send(prompt) {
      if (unsent?.prompt !== prompt) unsent = { prompt, submission: crypto.randomUUID() }
      const { submission } = unsent
      return await attempt(async () => {
        const { view, session: shown } = store.get()
        if (!view?.folder) throw new HostError('Open a folder first: a task works on a folder.')
        let session = shown
        if (!session) {
          const created = await host.request('session/create', { folder: view.folder, title: titleOf(prompt) })
          session = created.session.id
          await open(session)
        } else {
          const state = store.get().conversation?.state
          if (state?.title === '') await host.request('session/rename', { session, title: titleOf(prompt) })
        }
        await host.request('task/submit', { session, prompt, submission })
        unsent = null
        store.set({ notice: null })
      })
    },
    async stop() {
      const task = store.get().conversation?.state.tasks.find(({ state }) => state === 'running' || state === 'waiting')
      if (task) await actions.cancelTask(task.id)
    },
    cancelTask: (task) => forSession(async (session) => void (await host.request('task/cancel', { session, task }))),
    resume: (task) => forSession(async (session) => void (await host.request('task/resume', { session, task }))),
    retry: (task) => forSession(async (session) => void (await host.request('task/retry', { session, task }))),
    answer: (approval, outcome) =>
      quietly(async () => void (await host.request('approval/answer', { approval, outcome }))),
    open,
    rename: (session, title) => quietly(async () => void (await host.request('session/rename', { session, title }))),
    remove: (session) => quietly(async () => void (await host.request('session/delete', { session }))),
    async loadEarlier() {
      const { conversation, loadingEarlier } = store.get()
      if (!conversation?.hasEarlier || loadingEarlier || !connected() || conversation.transcript.first <= 1) return
      store.set({ loadingEarlier: true })
      const { id, transcript } = conversation
      await quietly(async () => {
        const page = await host.request('session/history', {
          session: id,
          before: transcript.first,
          limit: earlierPage,
        })
        const held = current(id)
        if (held?.transcript.first === transcript.first) store.set({ conversation: withEarlier(held, page) })
      })
      store.set({ loadingEarlier: false })
    },
    atNewest() {
      const { conversation } = store.get()
      if (!conversation || conversation.transcript.items.length <= itemsKept * 1.5) return
      store.set({ conversation: trimmed(conversation, itemsKept) })
    },
    refreshSessions,
    draft: (text) => store.set({ draft: { id: store.get().draft.id + 1, text }, focus: store.get().focus + 1 }),
    focusComposer: () => store.set({ focus: store.get().focus + 1 }),
    dismissNotice: () => store.set({ notice: null }),
    command: (command) => host.command(command),
    names: (text) => host.names(text).catch(() => []),
  }
  return actions

  async function forSession(work: (session: string) => Promise<void>): Promise<void> {
    const { session } = store.get()
    if (session) await quietly(() => work(session))
  }
}

/** Whether a task is queued, running or waiting in this conversation. */
export function isBusy(conversation: Conversation | null): boolean {
  return conversation?.state.tasks.some(isLive) ?? false
}

function wordsOf({ message, data }: HostError): string {
  switch (data?.type) {
    case 'approvalAlreadyAnswered':
      return `That was already answered by ${data.by}. Your answer changed nothing.`
    case 'approvalNotFound':
      return 'That is no longer asked. Your answer changed nothing.'
    case 'taskNotResumable':
      return `That task is ${data.state} by now.`
    case 'sandboxUnavailable':
    case 'storeUnavailable':
      return `${data.why} ${data.fix}`
    default:
      return message
  }
}
