import type { ProtocolErrorData } from './errors.ts'
import type { MethodName, NotificationName } from './methods.ts'
import type { ModelStatus } from './model.ts'
import type { SandboxStatus } from './sandbox.ts'

/**
 * What the chat page and its host (the extension) say to each other by postMessage. The host relays requests and
 * notifications without looking inside, but for a submitted prompt, whose skills it brings along; it answers only `PageCommand`s itself.
 * Types only.
 */
export type FromPage =
  /** The page has drawn its frame and listens. The host answers with `view`. */
  | { type: 'ready' }
  /** To be relayed to the daemon; answered by one `response` with the same id. Only the methods of `PageMethod`. */
  | { type: 'request'; id: number; method: PageMethod; params: unknown }
  | { type: 'command'; command: PageCommand }
  /** Which skills can be named where this text ends? Answered by one `response` whose result are `PageName`s. */
  | { type: 'names'; id: number; text: string }
  /** The page now shows this session (null: none yet); the host remembers it for this window. */
  | { type: 'shown'; session: string | null }

export type ToPage =
  | { type: 'view'; view: PageView }
  | { type: 'response'; id: number; result: unknown }
  | { type: 'response'; id: number; error: { message: string; data?: ProtocolErrorData } }
  | { type: 'notification'; method: NotificationName; payload: unknown }
  /** Show this session (subscribe to it); null: the empty page. */
  | { type: 'show'; session: string | null }
  /** Put text into the composer without sending it. */
  | { type: 'draft'; text: string }
  /** Put the keyboard focus into the composer. */
  | { type: 'focus' }

/** A skill that can be named in a prompt. */
export interface PageName {
  readonly label: string
  readonly detail: string
  /** What is written, in the place of this many characters before the caret. */
  readonly insert: string
  readonly replaces: number
}

/** What surrounds the conversation. Sent again whenever it changes. */
export interface PageView {
  readonly folder: string | null
  /** The session to show first: the one of before a reload. */
  readonly session: string | null
  /** `untrusted`: nothing is started before the user trusts the workspace. */
  readonly connection: 'connecting' | 'connected' | 'untrusted' | { readonly failed: string; readonly fix: string }
  readonly model: ModelStatus | null
  readonly sandbox: SandboxStatus | null
  /** The editor's window has the keyboard. */
  readonly focused: boolean
}

/** What the page may ask of the daemon. */
export type PageMethod = Extract<
  MethodName,
  | 'session/create'
  | 'session/list'
  | 'session/rename'
  | 'session/delete'
  | 'session/subscribe'
  | 'session/unsubscribe'
  | 'session/history'
  | 'task/submit'
  | 'task/cancel'
  | 'task/resume'
  | 'task/retry'
  | 'approval/answer'
>

/** What the page asks of the editor. */
export type PageCommand =
  | { name: 'reviewChanges'; session: string }
  | { name: 'openChange'; session: string; path: string }
  /** A path relative to the workspace, and perhaps a line (1-based). */
  | { name: 'openFile'; path: string; line?: number }
  | { name: 'openLink'; url: string }
  | { name: 'keepAll'; session: string }
  | { name: 'discardAll'; session: string }
  /** Make the layer what it was at this checkpoint; the editor asks first. */
  | { name: 'rewind'; session: string; checkpoint: string }
  | { name: 'setModel' }
  /** Choose the mode of the session that is shown. */
  | { name: 'setMode' }
  | { name: 'retryConnection' }
  /** Ask whether the workspace is to be trusted. */
  | { name: 'manageTrust' }
  /** The user did what the sandbox's state asked for. */
  | { name: 'checkSandbox' }
