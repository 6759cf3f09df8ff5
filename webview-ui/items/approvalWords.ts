import type { Action, Outcome } from '#protocol/approval.ts'
import { count } from '../wording.ts'

type Headings = { [T in Action['type']]: (action: Extract<Action, { type: T }>) => string }

const headings: Headings = {
  command: ({ network }) => (network ? 'Run this command with the whole network?' : 'Run this command?'),
  read: () => 'Read this path?',
  list: () => 'List this folder?',
  search: () => 'Search here?',
  write: () => 'Write this file?',
  process: () => 'Talk to this program?',
  connect: () => 'Let this command reach a host?',
  mcp: () => 'Call this tool of an MCP server?',
  unknown: () => 'Call this tool?',
}

export function heading(action: Action): string {
  return headings[action.type](action as never)
}

export const outcomeNames: Record<Outcome['type'], string> = {
  allowOnce: 'Allowed once',
  allowForSession: 'Allowed for this session',
  allowForWorkspace: 'Allowed in this workspace',
  allowForUser: 'Allowed everywhere',
  allowWithInput: 'Allowed with changes',
  deny: 'Denied',
  abort: 'Denied, and the task ended',
}

/** The action itself, to be shown exactly. */
export function exactText(action: Action): string {
  switch (action.type) {
    case 'command':
      return action.command
    case 'read':
    case 'list':
      return action.path
    case 'search':
      return `${action.pattern}\nin ${action.path}`
    case 'write':
      return `${action.path}\n${action.size.toLocaleString('en')} bytes, SHA-256 ${action.sha256}`
    case 'process':
      return [action.process, action.signal, action.input].filter((part) => part !== undefined).join('\n')
    case 'connect':
      return `${action.host}, port ${action.port}\nfor ${action.command}`
    case 'mcp':
      return `${action.server}/${action.tool} ${action.arguments}`
    case 'unknown':
      return `${action.tool} ${action.arguments}`
  }
}

/** "12 characters", "1,204 characters in 31 lines": so that nobody takes a part for the whole. */
export function lengthOf(text: string): string {
  const lines = text.split('\n').length
  return lines > 1 ? `${count(text.length, 'character')} in ${count(lines, 'line')}` : count(text.length, 'character')
}

const shownLength = 4_000
const shownLines = 40

/** How much of a text is shown before somebody asks for all of it. */
export function cutOf(text: string): number {
  let end = -1
  for (let line = 0; line < shownLines; line++) {
    end = text.indexOf('\n', end + 1)
    if (end < 0) return Math.min(text.length, text.length > shownLength * 1.2 ? shownLength : text.length)
  }
  return Math.min(end, shownLength)
}
