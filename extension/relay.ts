import type { FromPage, PageCommand, PageMethod } from '#protocol/page.ts'

/** What the page may ask of the daemon. Everything else is refused here, whatever the page says. */
const relayed: Readonly<Record<PageMethod, true>> = {
  'session/create': true,
  'session/list': true,
  'session/rename': true,
  'session/delete': true,
  'session/subscribe': true,
  'session/unsubscribe': true,
  'session/history': true,
  'task/submit': true,
  'task/cancel': true,
  'task/resume': true,
  'task/retry': true,
  'approval/answer': true,
}

const commands: { readonly [N in PageCommand['name']]: (raw: Raw) => Extract<PageCommand, { name: N }> | null } = {
  reviewChanges: ({ session }) => (text(session) ? { name: 'reviewChanges', session } : null),
  openChange: ({ session, path }) =>
    text(session) && isInside(path) ? { name: 'openChange', session, path: path.replace(/^\.\//, '') } : null,
  openFile: ({ path, line }) => {
    if (!isInside(path)) return null
    const file = path.replace(/^\.\//, '')
    return typeof line === 'number' && line >= 1
      ? { name: 'openFile', path: file, line: Math.floor(line) }
      : { name: 'openFile', path: file }
  },
  openLink: ({ url }) => (text(url) && /^https?:\/\//i.test(url) ? { name: 'openLink', url } : null),
  keepAll: ({ session }) => (text(session) ? { name: 'keepAll', session } : null),
  discardAll: ({ session }) => (text(session) ? { name: 'discardAll', session } : null),
  rewind: ({ session, checkpoint }) =>
    text(session) && text(checkpoint) ? { name: 'rewind', session, checkpoint } : null,
  setModel: () => ({ name: 'setModel' }),
  setMode: () => ({ name: 'setMode' }),
  retryConnection: () => ({ name: 'retryConnection' }),
  manageTrust: () => ({ name: 'manageTrust' }),
  checkSandbox: () => ({ name: 'checkSandbox' }),
}

/** Reads one message of the page: what is not exactly one of `FromPage` is null. */
export function parseFromPage(message: unknown): FromPage | null {
  if (!isRecord(message)) return null
  switch (message['type']) {
    case 'ready':
      return { type: 'ready' }
    case 'request': {
      const { id, method, params } = message
      // A session without a sandbox is begun by the editor's own command, which asks.
      if (isRecord(params) && 'sandbox' in params) return null
      if (typeof id !== 'number' || typeof method !== 'string' || !Object.hasOwn(relayed, method)) return null
      return { type: 'request', id, method: method as PageMethod, params }
    }
    case 'command': {
      const { command } = message
      if (!isRecord(command) || typeof command['name'] !== 'string') return null
      if (!Object.hasOwn(commands, command['name'])) return null
      const parsed = commands[command['name'] as PageCommand['name']](command)
      return parsed && { type: 'command', command: parsed }
    }
    case 'names': {
      const { id, text: written } = message
      if (typeof id !== 'number' || typeof written !== 'string' || written.length > longestText) return null
      return { type: 'names', id, text: written }
    }
    case 'shown': {
      const { session } = message
      return session === null || text(session) ? { type: 'shown', session } : null
    }
    default:
      return null
  }
}

const longestText = 10_000

type Raw = Readonly<Record<string, unknown>>

function isRecord(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function text(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** A path below the workspace, by its spelling: the page only passes on what a model wrote. */
function isInside(path: unknown): path is string {
  if (!text(path) || path.includes('\0') || path.includes('\\') || /^([/~]|[a-z]:)/i.test(path)) return false
  return !path.split('/').includes('..')
}
