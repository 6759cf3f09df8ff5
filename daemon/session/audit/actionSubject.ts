import { isAbsolute, join } from 'node:path'
import type { Action } from '#protocol/approval.ts'
import type { AuditEntry } from '#protocol/audit.ts'
import type { GuardSummary } from '#protocol/guard.ts'
import { bounded, few } from './bounded.ts'

/** What the guard read off an action, as far as an audit says it. */
export type Seen = Partial<Pick<GuardSummary, 'programs' | 'paths' | 'hosts'>>

type What = AuditEntry['what']

/** What an action is about: a line for people, and the files, hosts and programs that it can be found by. */
export function actionSubject(tool: string, action: Action, seen: Seen = {}): What {
  return subject(lineOf(action), {
    tool,
    files: [...('path' in action ? [action.path] : []), ...(seen.paths ?? [])],
    hosts: [...(action.type === 'connect' ? [action.host] : []), ...(seen.hosts ?? [])],
    programs: seen.programs ?? [],
  })
}

/** Lists that are empty are left out. */
export function subject(
  text: string,
  about: { tool?: string; files?: readonly string[]; hosts?: readonly string[]; programs?: readonly string[] } = {},
): What {
  const what: What = { text: bounded(text) }
  const [files, hosts, programs] = [few(about.files ?? []), few(about.hosts ?? []), few(about.programs ?? [])]
  if (about.tool !== undefined) what.tool = bounded(about.tool)
  if (files) what.files = files
  if (hosts) what.hosts = hosts
  if (programs) what.programs = programs
  return what
}

/** A path that is told relative to the workspace, as it is found by. */
export function absolute(folder: string | undefined, path: string): string {
  return isAbsolute(path) || folder === undefined ? path : join(folder, path)
}

function lineOf(action: Action): string {
  switch (action.type) {
    case 'command':
      return action.command
    case 'process':
      return [action.process, action.signal, action.input].filter((part) => part !== undefined).join(' ')
    case 'search':
      return `search ${action.pattern} in ${action.path}`
    case 'write':
      return `write ${action.path} (${action.size} bytes)`
    case 'connect':
      return `reach ${action.host} on port ${action.port}, for ${action.command}`
    case 'mcp':
      return `${action.server}/${action.tool} ${action.arguments}`
    case 'unknown':
      return `${action.tool} ${action.arguments}`
    default:
      return `${action.type} ${action.path}`
  }
}
