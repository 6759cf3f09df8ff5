/// <reference lib="dom" />
import type { Page } from 'playwright-core'
import type { LoggedEvent, SessionEvent } from '#protocol/event.ts'
import type { ParamsOf, ResultOf } from '#protocol/methods.ts'
import type { FromPage, PageCommand, PageMethod, PageName, PageView, ToPage } from '#protocol/page.ts'
import type { LiveText, SessionState, SessionSummary } from '#protocol/session.ts'
import { emptySession, reduce } from '#protocol/sessionState.ts'

interface Session {
  state: SessionState
  readonly log: LoggedEvent[]
  readonly live: Map<string, LiveText>
}

type Answers = { [M in PageMethod]: (params: ParamsOf<M>) => ResultOf<M> }

export const folder = '/home/ada/shop'

const calmView: PageView = {
  folder,
  session: null,
  connection: 'connected',
  model: { demo: true, baseUrl: 'http://127.0.0.1/demo', model: 'demo', hasKey: false },
  sandbox: { type: 'ready', kind: 'bubblewrap' },
  focused: true,
}

/**
 * The other side of the page: editor and daemon in one, on logs in memory, steered by a test. Requests are answered as
 * the protocol says; what a task does is up to the test (`on.submit`).
 */
export class ScriptedHost {
  view: PageView = calmView
  readonly sessions = new Map<string, Session>()
  readonly requests: { method: PageMethod; params: unknown }[] = []
  readonly commands: PageCommand[] = []
  readonly shown: (string | null)[] = []
  /** Methods that are refused, and in which words. */
  readonly refusals = new Map<PageMethod, string>()
  readonly on: {
    submit?: (session: string, task: string, prompt: string) => void
    names?: (text: string) => readonly PageName[]
  } = {}
  #page: Page | null = null
  #subscribed = new Set<string>()
  #clock = Date.parse('2026-11-20T10:00:00Z')
  #ids = 0

  /** Has to be called before the page is opened. */
  async attach(page: Page): Promise<void> {
    this.#page = page
    await page.exposeFunction('fromPage', (message: FromPage) => this.#hear(message))
  }

  async tell(message: ToPage): Promise<void> {
    await this.#page!.evaluate((data) => window.postMessage(data), message)
  }

  async setView(view: Partial<PageView>): Promise<void> {
    this.view = { ...this.view, ...view }
    if (this.view.connection !== 'connected') this.#subscribed.clear()
    await this.tell({ type: 'view', view: this.view })
  }

  createSession(title: string, id = `session-${++this.#ids}`): string {
    this.sessions.set(id, { state: emptySession(id), log: [], live: new Map() })
    this.record(id, { type: 'sessionCreated', folder, title })
    return id
  }

  /** Puts an event into the log; answers it so that it can be told. `ms` is how long after the last one. */
  record(session: string, event: SessionEvent, ms = 100): LoggedEvent {
    const held = this.sessions.get(session)!
    this.#clock += ms
    const logged: LoggedEvent = { seq: held.log.length + 1, at: this.#clock, event }
    held.log.push(logged)
    held.state = reduce(held.state, logged)
    if (event.type === 'modelReplied') {
      held.live.delete('reply')
      held.live.delete('reasoning')
    }
    if (event.type === 'toolFinished') held.live.delete(event.call)
    return logged
  }

  /** Records events and tells the page of them, if it listens. */
  async emit(session: string, ...events: SessionEvent[]): Promise<void> {
    const logged = events.map((event) => this.record(session, event))
    if (this.#subscribed.has(session)) await this.notify('session/events', { session, events: logged })
    await this.notify('session/changed', { session: this.#summary(session) })
  }

  /** Live text grows; the page hears of it. */
  async live(session: string, task: string, step: number, part: string, text: string): Promise<void> {
    const { live } = this.sessions.get(session)!
    const held = live.get(part)?.text ?? ''
    live.set(part, { task, step, part, text: held + text })
    if (!this.#subscribed.has(session)) return
    await this.notify('session/live', { session, task, step, part, offset: held.length, text })
  }

  async notify(method: Extract<ToPage, { type: 'notification' }>['method'], payload: unknown): Promise<void> {
    await this.tell({ type: 'notification', method, payload })
  }

  asked(method: PageMethod): unknown[] {
    return this.requests.filter((request) => request.method === method).map(({ params }) => params)
  }

  async #hear(message: FromPage): Promise<void> {
    switch (message.type) {
      case 'ready':
        return await this.tell({ type: 'view', view: this.view })
      case 'command':
        this.commands.push(message.command)
        return
      case 'shown':
        this.shown.push(message.session)
        this.view = { ...this.view, session: message.session }
        return
      case 'names':
        return await this.tell({ type: 'response', id: message.id, result: this.on.names?.(message.text) ?? [] })
      case 'request': {
        const { id, method, params } = message
        this.requests.push({ method, params })
        const refusal = this.refusals.get(method)
        if (refusal) return await this.tell({ type: 'response', id, error: { message: refusal } })
        try {
          await this.tell({ type: 'response', id, result: this.#answers[method](params as never) })
        } catch (error) {
          await this.tell({ type: 'response', id, error: { message: (error as Error).message } })
        }
      }
    }
  }

  readonly #answers: Answers = {
    'session/create': ({ title = '' }) => ({ session: this.#summary(this.createSession(title)) }),
    'session/list': () => ({ sessions: [...this.sessions.keys()].reverse().map((id) => this.#summary(id)) }),
    'session/rename': ({ session, title }) => {
      void this.emit(session, { type: 'sessionRenamed', title })
      return {}
    },
    'session/delete': ({ session }) => {
      this.sessions.delete(session)
      void this.notify('session/deleted', { session })
      return {}
    },
    'session/subscribe': ({ session, after }) => {
      const { state, log, live } = this.sessions.get(session)!
      this.#subscribed.add(session)
      const answer = { state, live: [...live.values()] }
      if (after !== undefined && log.length - after <= 1_000) {
        return { ...answer, events: log.slice(after), gap: false, hasEarlier: after > 0 }
      }
      return { ...answer, ...pageBefore(log, log.length + 1, 200), gap: after !== undefined }
    },
    'session/unsubscribe': ({ session }) => {
      this.#subscribed.delete(session)
      return {}
    },
    'session/history': ({ session, before, limit = 200 }) => pageBefore(this.sessions.get(session)!.log, before, limit),
    'task/submit': ({ session, prompt }) => {
      const task = `task-${++this.#ids}`
      void this.emit(session, { type: 'taskSubmitted', task, prompt }).then(() =>
        this.on.submit?.(session, task, prompt),
      )
      return { task }
    },
    'task/cancel': ({ session, task }) => {
      void this.emit(session, { type: 'taskCancelled', task, by: 'Ada' })
      return { state: 'cancelled' }
    },
    'task/resume': () => ({}),
    'task/retry': () => ({ task: `task-${++this.#ids}` }),
    'approval/answer': ({ approval, outcome }) => {
      for (const [session, { state }] of this.sessions) {
        const pending = state.approvals.find(({ id }) => id === approval)
        if (!pending) continue
        const { task } = pending
        void this.emit(session, { type: 'approvalAnswered', approval, task, outcome, by: 'Ada' })
        return { outcome }
      }
      throw new Error('There is no such approval.')
    },
  }

  #summary(session: string): SessionSummary {
    const { state } = this.sessions.get(session)!
    const { id, title, createdAt, updatedAt, tasks, approvals, changes } = state
    const live = tasks.map((task) => task.state)
    const first = (['waiting', 'running', 'queued'] as const).find((one) => live.includes(one))
    return {
      id,
      folder,
      title,
      createdAt,
      updatedAt,
      state: first ?? 'idle',
      approvals: approvals.length,
      changedFiles: changes.files,
    }
  }
}

/** A page of the log that ends just before `before` and begins where a task or a step does. */
function pageBefore(log: readonly LoggedEvent[], before: number, limit: number) {
  let first = Math.max(0, before - 1 - limit)
  while (first > 0 && !['taskStarted', 'stepStarted'].includes(log[first]!.event.type)) first--
  return { events: log.slice(first, before - 1), hasEarlier: first > 0 }
}
