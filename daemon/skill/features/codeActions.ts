import type {
  AnnotatedTextEdit,
  CodeAction,
  Diagnostic,
  Range,
  SnippetTextEdit,
  TextEdit,
  WorkspaceEdit,
} from 'vscode-languageserver'
import { type Edit, fixAll, fixesFor } from '../fixes.ts'
import { findIn } from '../rules.ts'
import { rangeOf, type SkillFile } from '../skillFile.ts'
import { diagnosticOf } from './diagnostics.ts'

/** What the editor can take. */
export interface EditSupport {
  /** Edits that name the version of the document they are for. */
  readonly versioned: boolean
  /** Placeholders inside edits. */
  readonly snippets: boolean
}

export interface CodeActionRequest {
  readonly range: Range
  /** The kinds that are asked for; where undefined, the quick fixes. */
  readonly only: readonly string[] | undefined
  readonly support: EditSupport
  /** VS Code reports some findings itself; fixes are offered for those as well, without naming our diagnostic. */
  readonly complement: boolean
}

/** The kinds of code action that there are for a skill. */
export const codeActionKinds = ['quickfix', 'source.fixAll.paddock'] as const

/** The fixes for the findings on the lines of `range`; where it is asked for by kind, the one that makes all safe ones. */
export function codeActions(file: SkillFile, request: CodeActionRequest): CodeAction[] {
  const asked = (kind: string) => request.only?.some((only) => kind === only || kind.startsWith(`${only}.`))
  return [
    ...((asked('quickfix') ?? true) ? quickFixes(file, request) : []),
    ...(asked('source.fixAll.paddock') ? fixAllAction(file, request.support) : []),
  ]
}

function quickFixes(file: SkillFile, { range, support, complement }: CodeActionRequest): CodeAction[] {
  const here = findIn(file).filter(({ span }) => {
    const { start, end } = rangeOf(file, span)
    return start.line <= range.end.line && end.line >= range.start.line
  })
  return here.flatMap((finding) => {
    const diagnostics: Diagnostic[] = complement && finding.saidByEditor ? [] : [diagnosticOf(file, finding)]
    return fixesFor(file, finding).map(
      ({ title, edit }, index): CodeAction => ({
        title,
        kind: 'quickfix',
        diagnostics,
        isPreferred: index === 0,
        edit: workspaceEdit(file, edit, support),
      }),
    )
  })
}

function fixAllAction(file: SkillFile, support: EditSupport): CodeAction[] {
  const { text } = file.document
  const fixed = fixAll(file)
  if (fixed === text) return []
  const edit = workspaceEdit(file, difference(text, fixed), support)
  return [{ title: 'Make every safe fix in this skill', kind: 'source.fixAll.paddock', edit }]
}

function workspaceEdit(file: SkillFile, { span, text, snippet }: Edit, support: EditSupport): WorkspaceEdit {
  const { uri, version } = file.source
  const range = rangeOf(file, span)
  if (!support.versioned) return { changes: { [uri]: [{ range, newText: text }] } }
  const edit: TextEdit | AnnotatedTextEdit | SnippetTextEdit =
    support.snippets && snippet !== undefined
      ? { range, snippet: { kind: 'snippet', value: snippet } }
      : { range, newText: text }
  return { documentChanges: [{ textDocument: { uri, version }, edits: [edit] }] }
}

/** The one edit between two texts: what is left without their common beginning and end. */
function difference(before: string, after: string): Edit {
  const most = Math.min(before.length, after.length)
  let head = 0
  while (head < most && before[head] === after[head]) head++
  let tail = 0
  while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++
  return { span: { start: head, end: before.length - tail }, text: after.slice(head, after.length - tail) }
}
