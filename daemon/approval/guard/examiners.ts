import type { Action } from '#protocol/approval.ts'
import type { GuardReport } from '#protocol/guard.ts'
import { whyCodeMatters } from './code.ts'
import { examineLine } from './examineLine.ts'
import { Found } from './found.ts'
import type { GuardContext } from './guard.ts'
import type { Inspection, Standing } from './inspection.ts'
import { isPlainPath } from './plainPath.ts'
import { act } from './reasons.ts'
import { runsLater } from './runsLater.ts'
import type { ParseShell } from './shell/loadShell.ts'
import { goesOn, type State } from './shell/state.ts'

interface Surroundings extends GuardContext {
  readonly parse: ParseShell
}

type Examine<T extends Action['type']> = (action: Extract<Action, { type: T }>, around: Surroundings) => GuardReport

/** How each kind of action is examined. */
export const examiners: { readonly [T in Action['type']]: Examine<T> } = {
  command: ({ command, cwd }, around) => {
    const found = new Found()
    readFirst(command, [cwd], found, around)
    return found.report()
  },
  process: ({ input, signal }, around) => {
    const found = new Found()
    if (input !== undefined || signal !== undefined) found.effect('run')
    if (input === undefined) return found.report()
    // Whatever reads it may be a shell or a language: it can only add doubts.
    const asLine = new Found()
    readFirst(input.trim(), null, asLine, around)
    const report = asLine.report()
    found.addConsequences(report)
    for (const { code, text } of whyCodeMatters(input)) found.reason(code, text)
    for (const { code, text } of report.reasons)
      if (code === 'hidden-text' || code === 'too-long') found.reason(code, text)
    return found.report()
  },
  read: ({ path }) => file(path, 'read'),
  list: ({ path }) => file(path, 'read'),
  search: ({ path }) => file(path, 'read', true),
  write: ({ path }, { root }) => file(path, 'write', false, root),
  connect: ({ host }) => {
    const found = new Found()
    found.effect('run')
    found.host(host)
    return found.report()
  },
  mcp: ({ server, tool }) => {
    const found = new Found()
    found.reason('mcp-tool', `What the tool ${tool} does, only the MCP server ${server} knows.`)
    return found.report()
  },
  unknown: ({ tool }) => {
    const found = new Found()
    found.reason('unknown-tool', `What the tool ${tool} does is not known.`)
    return found.report()
  },
}

/** Characters, of all lines that are read for one action: one may hold another many times. */
const maxRead = 20_000

function readFirst(line: string, folders: readonly string[] | null, found: Found, around: Surroundings): void {
  const inspection: Inspection = { ...around, found, readLine }
  let left = maxRead
  readLine(line, { folders, variables: new Map() }, { via: [] })

  function readLine(text: string, state: State, standing: Standing) {
    left -= text.length
    if (left < 0 && standing.via.length > 0) {
      found.reason('too-long', 'The commands in it that others would read are too long to read them all.')
      return goesOn(state)
    }
    return examineLine(text, state, standing, inspection)
  }
}

function file(path: string, effect: 'read' | 'write', tree = false, root?: string): GuardReport {
  const found = new Found()
  if (!isPlainPath(path)) {
    const why = act('odd-path', 'Its path is not in plain form, or holds characters that do not show.')
    found.reason(why.code, why.text)
    return found.report()
  }
  found.path(path, effect, { tree })
  const relative = root !== undefined && path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path
  const later = effect === 'write' ? runsLater(relative) : undefined
  if (later) found.reason('runs-later', `Once it is kept, ${later.what}.`)
  return found.report()
}
