import { posix } from 'node:path'
import { Action } from '#protocol/approval.ts'
import type { Place } from './place.ts'

/** An action as a person wrote it, and the tool that would do it. */
export interface WrittenAction {
  readonly action: Action
  readonly tool: string
}

/**
 * Reads a command line, or an action as JSON, which begins with a brace: paths in it may be relative to the workspace or
 * begin with `~`, and what does not matter to rules may be left out. Answers why where it can be read as neither.
 */
export function readAction(text: string, place: Place): WrittenAction | { readonly why: string } {
  if (!text.trimStart().startsWith('{')) {
    if (text.trim() === '') return { why: 'It is empty.' }
    return { action: { type: 'command', command: text, cwd: place.root, network: false }, tool: toolOf.command }
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    return { why: `It begins as JSON and is none: ${(error as Error).message}` }
  }
  const { type, tool } = json as { type?: unknown; tool?: unknown }
  const known = typeof type === 'string' && Object.hasOwn(toolOf, type) ? (type as Action['type']) : undefined
  if (!known) return { why: `Its type must be one of ${Object.keys(toolOf).join(', ')}.` }
  const read = Action.safeParse(completed(json as Record<string, unknown>, known, place))
  if (!read.success) {
    const [issue] = read.error.issues
    return { why: `${issue?.path.join('.') || 'It'}: ${issue?.message}.` }
  }
  return { action: read.data, tool: typeof tool === 'string' ? tool : toolOf[known] }
}

/** Whose calls each kind of action is, where nothing else is said. */
const toolOf: Readonly<Record<Action['type'], string>> = {
  command: 'exec',
  process: 'process',
  read: 'read_file',
  list: 'list_dir',
  search: 'search',
  write: 'write_file',
  connect: 'network',
  mcp: 'mcp',
  unknown: '',
}

function completed(json: Record<string, unknown>, type: Action['type'], place: Place): unknown {
  const whole: Record<string, unknown> = { ...defaults(place)[type], ...json }
  for (const field of ['path', 'cwd']) {
    const path = whole[field]
    if (typeof path === 'string') whole[field] = resolved(path, place)
  }
  return whole
}

/** As a tool would name it. */
export function resolved(path: string, { root, home }: Place): string {
  return posix.resolve(
    root,
    path.replace(/^~(?=\/|$)/, () => home),
  )
}

function defaults({ root }: Place): Partial<Record<Action['type'], object>> {
  return {
    command: { cwd: root, network: false },
    search: { pattern: '' },
    write: { size: 0, sha256: '' },
    connect: { port: 443, command: '' },
    mcp: { schema: '', arguments: '{}' },
    unknown: { arguments: '{}' },
  }
}
