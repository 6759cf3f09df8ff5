import { inWorkspace } from '#protocol/pathText.ts'
import type { SessionSummary } from '#protocol/session.ts'
import type { ToolItem, ToolState } from './transcriptItem.ts'

/** "0.2 s", "12 s", "3 min 5 s", "2 h 4 min". */
export function duration(ms: number): string {
  if (ms < 9_950) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`
  return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${Math.floor(minutes / 60)} h`
}

/** "1 file", "3 files", "12,400 tokens". */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`
}

/** "now", "5 min ago", "3 h ago", "2 days ago", then the date. */
export function ago(then: number, now: number): string {
  const minutes = Math.floor((now - then) / 60_000)
  if (minutes < 1) return 'now'
  if (minutes < 60) return `${minutes} min ago`
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ago`
  if (minutes < 7 * 24 * 60) return `${count(Math.floor(minutes / 1440), 'day')} ago`
  return new Date(then).toLocaleDateString(undefined, { year: 'numeric', month: 'short', day: 'numeric' })
}

export const sessionStateNames: Record<SessionSummary['state'], string> = {
  idle: 'Idle',
  queued: 'Queued',
  running: 'Running',
  waiting: 'Waiting for your answer',
}

/** A session's title from its first prompt: the first line, cut at a word. */
export function titleOf(prompt: string): string {
  const line = prompt.trim().split('\n', 1)[0]!.trim()
  if (line.length <= 60) return line
  const word = line.lastIndexOf(' ', 60)
  return `${line.slice(0, word > 30 ? word : 60)}…`
}

/** What a call does in words: a verb, the thing it is about, and whether that thing is a command or a path. */
export interface Phrase {
  readonly verb: string
  readonly object: string
  readonly of: 'command' | 'path' | 'text'
}

export function phraseOf(item: ToolItem, folder: string): Phrase {
  const subject = subjectOf(item, folder)
  const words = verbs[item.tool] ?? byAction[subject.type]
  return { verb: words[tenses[item.state]], object: subject.object, of: subject.of }
}

type Tense = 0 | 1 | 2
type Words = readonly [past: string, present: string, notDone: string]

const tenses: Record<ToolState, Tense> = {
  proposed: 1,
  asking: 2,
  running: 1,
  ok: 0,
  error: 0,
  denied: 2,
  cancelled: 0,
  interrupted: 0,
}

const verbs: Record<string, Words> = Object.assign(Object.create(null), {
  exec: ['Ran', 'Running', 'Run'],
  read_file: ['Read', 'Reading', 'Read'],
  write_file: ['Wrote', 'Writing', 'Write'],
  edit_file: ['Edited', 'Editing', 'Edit'],
  list_dir: ['Listed', 'Listing', 'List'],
  search: ['Searched for', 'Searching for', 'Search for'],
} satisfies Record<string, Words>)

const byAction: Record<Subject['type'], Words> = {
  command: ['Ran', 'Running', 'Run'],
  read: ['Read', 'Reading', 'Read'],
  write: ['Wrote', 'Writing', 'Write'],
  list: ['Listed', 'Listing', 'List'],
  search: ['Searched for', 'Searching for', 'Search for'],
  process: ['Looked at', 'Looking at', 'Look at'],
  unknown: ['Called', 'Calling', 'Call'],
}

interface Subject extends Omit<Phrase, 'verb'> {
  readonly type: 'command' | 'read' | 'write' | 'list' | 'search' | 'process' | 'unknown'
}

/** From the facts where they are there; before that, from what the model sent. */
function subjectOf({ action, tool, arguments: sent }: ToolItem, folder: string): Subject {
  switch (action?.type) {
    case 'command':
      return { type: 'command', object: action.command, of: 'command' }
    case 'search':
      return { type: 'search', object: action.pattern, of: 'text' }
    case 'read':
    case 'list':
    case 'write':
      return { type: action.type, object: inWorkspace(action.path, folder), of: 'path' }
    case 'process':
      return { type: 'process', object: `process ${action.process}`, of: 'text' }
    case 'mcp':
      return { type: 'unknown', object: `${action.server}/${action.tool}`, of: 'text' }
    case 'unknown':
      return { type: 'unknown', object: action.tool, of: 'text' }
  }
  const fields = fieldsOf(sent)
  if (fields['command']) return { type: 'command', object: fields['command'], of: 'command' }
  if (fields['pattern']) return { type: 'search', object: fields['pattern'], of: 'text' }
  if (fields['path']) return { type: 'unknown', object: inWorkspace(fields['path'], folder), of: 'path' }
  return { type: 'unknown', object: tool, of: 'text' }
}

function fieldsOf(json: string): Record<string, string> {
  try {
    const value: unknown = JSON.parse(json)
    if (typeof value !== 'object' || value === null) return {}
    return Object.fromEntries(Object.entries(value).filter(([, field]) => typeof field === 'string'))
  } catch {
    return {}
  }
}
