import type { SkillDocument } from '../document/document.ts'
import type { Span } from '../document/fences.ts'
import type { Value } from '../document/value.ts'
import { soundEntry } from './entries.ts'

/** A tool as `allowed-tools` and its relatives name it: `Read`, `Bash(git:*)`. */
export interface ToolGrant {
  readonly name: string
  readonly nameSpan: Span
  /** What stands in the brackets; undefined where there are none. */
  readonly pattern: string | undefined
  readonly patternSpan: Span | undefined
  readonly text: string
  readonly span: Span
  /** A bracket is opened and not closed, or closed and not opened. */
  readonly unbalanced: boolean
}

/** The value of a key that lists tools. */
export interface ToolList {
  readonly value: Value
  readonly grants: readonly ToolGrant[]
  /** What stands between the tools; `single` where there is nothing to stand between. */
  readonly container: 'list' | 'comma' | 'space' | 'single'
}

/** The first of `keys` that the frontmatter has, read as a list of tools; undefined where it has none that can be believed. */
export function toolList(document: SkillDocument, ...keys: readonly string[]): ToolList | undefined {
  const value = keys.map((key) => soundEntry(document, key)?.value).find((each) => each !== undefined)
  if (value?.kind === 'list') {
    const grants = value.items.flatMap((item) =>
      item.kind === 'text' ? grantsIn(document, item, isOneName.test(item.text)).grants : [],
    )
    return { value, grants, container: 'list' }
  }
  if (value?.kind !== 'text') return undefined
  const { grants, comma } = grantsIn(document, value)
  return { value, grants, container: grants.length < 2 ? 'single' : comma ? 'comma' : 'space' }
}

/** In a list an item is one tool where it is the name of a server with blanks in it: `Azure MCP/search`. */
const isOneName = /^[\w. -]+ [\w. -]*\/[\w.*-]+$/

function grantsIn(document: SkillDocument, value: Value, isOne = false): { grants: ToolGrant[]; comma: boolean } {
  const grants: ToolGrant[] = []
  const { text } = document
  const block = value.style === 'literal' || value.style === 'folded'
  const quoted = value.style === 'single' || value.style === 'double' ? 1 : 0
  const header = block ? text.indexOf('\n', value.span.start) : -1
  const from = header < 0 ? value.span.start + quoted : Math.min(header, value.span.end)
  const end = value.span.end - quoted
  let comma = false
  let start = -1
  let depth = 0
  let stray = false
  for (let at = from; at <= end; at++) {
    const character = at < end ? text[at]! : ','
    const separates = isOne ? at === end : /[\s,]/.test(character)
    if (separates && (depth === 0 || at === end)) {
      if (character === ',' && at < end) comma = true
      if (start >= 0) grants.push(grantAt(text, start, at, depth !== 0 || stray))
      start = -1
      depth = 0
      stray = false
      continue
    }
    if (start < 0) start = at
    if (character === '(') depth++
    else if (character === ')' && depth > 0) depth--
    else if (character === ')') stray = true
  }
  return { grants, comma }
}

function grantAt(text: string, start: number, end: number, unbalanced: boolean): ToolGrant {
  const written = text.slice(start, end).trimEnd()
  const stop = start + written.length
  const open = written.indexOf('(')
  const nameEnd = open < 0 ? stop : start + open
  const close = written.endsWith(')') ? stop - 1 : stop
  const patternSpan = open < 0 ? undefined : { start: nameEnd + 1, end: Math.max(close, nameEnd + 1) }
  return {
    name: text.slice(start, nameEnd),
    nameSpan: { start, end: nameEnd },
    pattern: patternSpan && text.slice(patternSpan.start, patternSpan.end),
    patternSpan,
    text: written,
    span: { start, end: stop },
    unbalanced,
  }
}

/** Whether one of the grants lets `command` run without a question. */
export function coversCommand(grants: readonly ToolGrant[], command: string): boolean {
  return grants.some(({ name, pattern }) => {
    if (name === '*') return true
    if (name !== 'Bash' && name !== 'PowerShell' && name !== 'shell') return false
    if (pattern === undefined || pattern === '*' || pattern === ':*') return true
    if (!pattern.endsWith(':*')) return matches(pattern, command)
    const start = pattern.slice(0, -2)
    return command === start || command.startsWith(`${start} `) || matches(`${start} *`, command)
  })
}

/** Whether a pattern in which `*` stands for anything is all of `text`. Goes back at most to the last `*`, so its cost is bounded. */
function matches(pattern: string, text: string): boolean {
  let at = 0
  let star = -1
  let mark = 0
  let p = 0
  while (at < text.length) {
    if (pattern[p] === '*') {
      star = p++
      mark = at
    } else if (pattern[p] === text[at]) {
      p++
      at++
    } else if (star >= 0) {
      p = star + 1
      at = ++mark
    } else return false
  }
  while (pattern[p] === '*') p++
  // `git status *` lets `git status` run as well.
  return p === pattern.length || (pattern.slice(p) === ' *' && at === text.length)
}
