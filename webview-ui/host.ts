import type { ProtocolErrorData } from '#protocol/errors.ts'
import type { ParamsOf, ResultOf } from '#protocol/methods.ts'
import type { FromPage, PageCommand, PageMethod, PageName, ToPage } from '#protocol/page.ts'

/** What the page tells the host and hears from it: requests relayed to the daemon, commands for the editor. */
export interface Host {
  /** Rejects with a `HostError`. */
  request<M extends PageMethod>(method: M, params: ParamsOf<M>): Promise<ResultOf<M>>
  command(command: PageCommand): void
  /** The skills that can be named where a text ends. */
  names(text: string): Promise<readonly PageName[]>
  /** The page now shows this session. */
  shown(session: string | null): void
  /** Says `ready`, and hands over everything that arrives and is no answer. Called once. */
  listen(listener: (message: Exclude<ToPage, { type: 'response' }>) => void): void
  /** What survives a reload of the page: the unsent draft. */
  readonly memory: { read(): Memory; write(memory: Memory): void }
}

export interface Memory {
  readonly draft: string
}

/** A request that was refused; `data` says by what fact. */
export class HostError extends Error {
  readonly data: ProtocolErrorData | undefined
  constructor(message: string, data?: ProtocolErrorData) {
    super(message)
    this.name = 'HostError'
    this.data = data
  }
}

interface Pending {
  resolve(result: unknown): void
  reject(error: HostError): void
}

/**
 * The host behind VS Code's webview API. Only messages from the frame that holds this page are heard: a frame that the
 * page itself might come to contain, or another window, is ignored.
 */
export function editorHost(): Host {
  const api = acquireVsCodeApi()
  const pending = new Map<number, Pending>()
  let lastId = 0
  const post = (message: FromPage) => api.postMessage(message)

  return {
    request: <M extends PageMethod>(method: M, params: ParamsOf<M>) =>
      new Promise<ResultOf<M>>((resolve, reject) => {
        const id = ++lastId
        pending.set(id, { resolve: (result) => resolve(result as ResultOf<M>), reject })
        post({ type: 'request', id, method, params })
      }),
    command: (command) => post({ type: 'command', command }),
    names: (text) =>
      new Promise((resolve, reject) => {
        const id = ++lastId
        pending.set(id, { resolve: (result) => resolve(result as readonly PageName[]), reject })
        post({ type: 'names', id, text })
      }),
    shown: (session) => post({ type: 'shown', session }),
    listen(listener) {
      window.addEventListener('message', (event: MessageEvent<unknown>) => {
        if (!fromHost(event) || !isToPage(event.data)) return
        const message = event.data
        if (message.type !== 'response') return listener(message)
        const request = pending.get(message.id)
        pending.delete(message.id)
        if ('error' in message) request?.reject(new HostError(message.error.message, message.error.data))
        else request?.resolve(message.result)
      })
      post({ type: 'ready' })
    },
    memory: {
      read() {
        const state = api.getState() as Partial<Memory> | undefined
        return { draft: typeof state?.draft === 'string' ? state.draft : '' }
      },
      write: (memory) => api.setState(memory),
    },
  }
}

/** VS Code hides the frame that speaks for the host (`window.parent` is this window), but it has this page's origin. */
function fromHost(event: MessageEvent): boolean {
  const fromInside = Array.from({ length: window.length }, (_, i) => window[i]).some((frame) => frame === event.source)
  return !fromInside && (event.source === null || event.origin === window.origin)
}

const types: ReadonlySet<unknown> = new Set<ToPage['type']>([
  'view',
  'response',
  'notification',
  'show',
  'draft',
  'focus',
])

function isToPage(data: unknown): data is ToPage {
  return typeof data === 'object' && data !== null && 'type' in data && types.has(data.type)
}
