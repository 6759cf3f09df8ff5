import { readAssignment } from './assignments.ts'
import { type Assignment, type Command, constructName, type Input, type LineVisitor } from './command.ts'
import { compounds } from './compounds.ts'
import type { LineWalk } from './lineReading.ts'
import { isPlainArithmetic, readWord, readWords, type WordReader } from './readWord.ts'
import { readRedirects } from './redirections.ts'
import { setInFunctions } from './setBelow.ts'
import { either, type Flow, goesOn, merged, type State, withVariable } from './state.ts'
import type { Syntax } from './syntax.ts'
import { isPlainTest } from './tests.ts'
import { unreadPart } from './unreadPart.ts'
import { literalWord, type Word } from './word.ts'

/**
 * Follows a line through all that it may do, and tells the visitor. What is in no table of kinds is unknown, and
 * is gone through nevertheless for the commands in it.
 */
export function walkLine(root: Syntax, line: string, state: State, visitor: LineVisitor): Flow {
  const gap = unreadPart({ ...root, start: 0, end: line.length }, line)
  if (gap !== undefined) visitor.unknown(`“${gap.slice(0, 20)}”, which is not read`)
  const volatile = setInFunctions(root, line)
  let here = state
  const reader: WordReader = {
    line,
    home: visitor.home,
    inside: (part) => void sequence(part.children, here),
    unknown: (part) => visitor.unknown(constructName(part)),
  }
  const walk: LineWalk = { line, visitor, words, word, refuse, statement, sequence }

  type Reads = (part: Syntax, state: State, input: Input) => Flow
  const kinds: Record<string, Reads> = {
    program: (part, at) => sequence(part.children, at),
    command: (part, at, input) => command(part, at, input),
    list: (part, at, input) => {
      const [left, operator, right] = part.children
      if (!left || !operator || !right) return refuse(part, at)
      const before = statement(left, at, input)
      const isAnd = operator.type === '&&'
      const from = isAnd ? before.ok : before.failed
      const after = statement(right, from ?? at, input)
      const reached = from ? after : { ok: undefined, failed: undefined }
      return isAnd
        ? { ok: reached.ok, failed: merged(before.failed, reached.failed) }
        : { ok: merged(before.ok, reached.ok), failed: reached.failed }
    },
    pipeline: (part, at, input) => {
      let piped = input
      for (const each of part.children) {
        if (!each.named) continue
        statement(each, at, piped)
        piped = { type: 'pipe' }
      }
      return goesOn(at)
    },
    negated_command: (part, at, input) => {
      const { ok, failed } = sequence(part.children, at, input)
      return { ok: failed, failed: ok }
    },
    subshell: (part, at, input) => {
      sequence(part.children, at, input)
      return goesOn(at)
    },
    compound_statement: (part, at, input) => {
      if (part.children[0]?.type !== '((') return sequence(part.children, at, input)
      return isPlainArithmetic(part, at, line) ? goesOn(at) : refuse(part, at)
    },
    do_group: (part, at, input) => sequence(part.children, at, input),
    else_clause: (part, at, input) => sequence(part.children, at, input),
    test_command: (part, at) => (isPlainTest(part, at, reader, line) ? goesOn(at) : refuse(part, at)),
    variable_assignments: (part, at) => goesOn(part.children.reduce((state, each) => assign(each, state), at)),
    variable_assignment: (part, at) => goesOn(assign(part, at)),
    declaration_command: (part, at) => {
      let state = at
      for (const each of part.children.slice(1)) {
        if (each.type === 'variable_assignment') state = assign(each, state)
        else if (each.type === 'word' && /^-[xrgap]+$/.test(line.slice(each.start, each.end))) continue
        else if (each.type !== 'variable_name') return refuse(part, at)
      }
      return goesOn(state)
    },
    unset_command: (part, at) => {
      let state = at
      for (const each of part.children.slice(1)) {
        const name = line.slice(each.start, each.end)
        if (each.type === 'variable_name') state = withVariable(state, name, null)
        else if (name !== '-v') return refuse(part, at)
      }
      return goesOn(state)
    },
    redirected_statement: (part, at, input) => redirected(part, at, input),
    comment: (_part, at) => goesOn(at),
  }

  function statement(part: Syntax, at: State, input: Input): Flow {
    const read = Object.hasOwn(kinds, part.type) ? kinds[part.type] : undefined
    if (read) return read(part, at, input)
    const compound = Object.hasOwn(compounds, part.type) ? compounds[part.type] : undefined
    return compound ? compound(part, at, input, walk) : refuse(part, at)
  }

  /** Statements one after another; tokens between them are not told apart but for the one that leaves them running. */
  function sequence(parts: readonly Syntax[], at: State, input: Input = { type: 'none' }): Flow {
    let flow = goesOn(at)
    let last = at
    parts.forEach((part, i) => {
      if (!part.named) return
      last = either(flow) ?? last
      const reachable = either(flow) !== undefined
      const after = statement(part, last, input)
      if (reachable) flow = parts[i + 1]?.type === '&' ? goesOn(last) : after
    })
    return flow
  }

  /** An unescaped line end ends a command; the parser goes on where an escaped one follows. */
  function breaksOff({ children }: Syntax): boolean {
    return children.some((child, i) => {
      const before = children[i - 1]
      if (!before || before.type === 'heredoc_redirect' || child.start <= before.end) return false
      return line.slice(before.end, child.start).replaceAll('\\\n', '').includes('\n')
    })
  }

  function redirected(part: Syntax, at: State, input: Input): Flow {
    if (breaksOff(part)) visitor.unknown('a line end within a command')
    const body = part.children.find(({ field }) => field === 'body')
    const {
      input: inner,
      extra,
      after,
    } = readRedirects(
      part.children.filter(({ field }) => field === 'redirect'),
      at,
      input,
      walk,
    )
    // The parser drops a lone dash before a here-document.
    const lost = body?.type === 'command' ? /^(\s+)-\s+<</.exec(line.slice(body.end)) : null
    if (body && lost) {
      const start = body.end + (lost[1]?.length ?? 0)
      extra.unshift(literalWord('-', { start, end: start + 1 }))
    }
    const flow = !body
      ? goesOn(at)
      : body.type === 'command'
        ? command(body, at, inner, extra)
        : statement(body, at, inner)
    if (extra.length > 0 && body?.type !== 'command') visitor.unknown('words after a redirection')
    return after.reduce<Flow>((before, next) => {
      const from = either(before) ?? at
      return goesOn(merged(from, either(statement(next, from, { type: 'pipe' }))))
    }, flow)
  }

  function command(part: Syntax, at: State, outer: Input, more: readonly Word[] = []): Flow {
    if (breaksOff(part)) visitor.unknown('a line end within a command')
    const found: Word[] = []
    const assignments: Assignment[] = []
    const own: Syntax[] = []
    for (const child of part.children) {
      if (child.type === 'variable_assignment') assignments.push(...readAssignment(child, at, walk))
      else if (child.type.endsWith('_redirect')) own.push(child)
      else if (child.type === 'command_name' || child.field === 'argument') found.push(...words(child, at))
      else refuse(child, at)
    }
    const { input, extra } = readRedirects(own, at, outer, walk)
    // Only this one command reads by it.
    const isReadBy = ({ name }: Assignment) => name === 'IFS' && found[0]?.text === 'read'
    for (const assignment of assignments) if (!isReadBy(assignment)) visitor.assignment(assignment)
    // The parser does not know every place where such a word begins a construct.
    const [first] = part.children.filter(({ type }) => type === 'command_name')
    const name = first ? line.slice(first.start, first.end) : ''
    const opens = /^(time|coproc)$/.test(name)
      ? found.slice(1, 3).some(({ lead }) => reserved.test(lead) || /^\w+\+?=/.test(lead))
      : false
    if (opens || (name !== 'time' && name !== 'coproc' && reserved.test(name)))
      visitor.unknown(`“${name}” before what is no command`)
    const complete: Command = { words: [...found, ...extra, ...more], assignments, input }
    return settled(visitor.command(complete, at))
  }

  function assign(part: Syntax, at: State): State {
    return readAssignment(part, at, walk).reduce((state, assignment) => {
      visitor.assignment(assignment)
      const { name, value } = assignment
      return withVariable(
        state,
        name,
        volatile.names.has(name) || value.text === null ? (counts(part) ? 'number' : null) : [value.text],
      )
    }, at)
  }

  function counts(part: Syntax): boolean {
    return part.children.some(({ field, type }) => field === 'value' && type === 'arithmetic_expansion')
  }

  function words(part: Syntax, at: State): Word[] {
    here = at
    return readWords(part, at, reader)
  }

  function word(part: Syntax, at: State): Word {
    here = at
    return readWord(part, at, reader)
  }

  function refuse(part: Syntax, at: State): Flow {
    visitor.unknown(constructName(part))
    for (const child of part.children) if (child.named) lookInside(child, at)
    return goesOn({ folders: null, variables: new Map() })
  }

  /** Finds the commands in what is not understood: what is forbidden is so wherever it stands. */
  function lookInside(part: Syntax, at: State): void {
    if (Object.hasOwn(kinds, part.type) || Object.hasOwn(compounds, part.type)) statement(part, at, { type: 'unknown' })
    else for (const child of part.children) lookInside(child, at)
  }

  /** What functions set is set at any time. */
  function settled({ ok, failed }: Flow): Flow {
    const at = (state: State | undefined) => {
      if (!state || (!volatile.moves && volatile.names.size === 0)) return state
      const variables = new Map(state.variables)
      for (const name of volatile.names) variables.set(name, null)
      return { folders: volatile.moves ? null : state.folders, variables }
    }
    return { ok: at(ok), failed: at(failed) }
  }

  return statement(root, state, { type: 'none' })
}

const reserved =
  /^([{}!]|\[\[|\]\]|case|coproc|do|done|elif|else|esac|fi|for|function|if|in|select|then|time|until|while)$/
