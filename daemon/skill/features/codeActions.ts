import type {
  AnnotatedTextEdit,
  CodeAction,
  CreateFile,
  Range,
  RenameFile,
  SnippetTextEdit,
  TextDocumentEdit,
  TextEdit,
  WorkspaceEdit,
} from 'vscode-languageserver'
import type { SkillDocument } from '../document/document.ts'
import { uriOf } from '../document/location.ts'
import type { Edit, FileOperation, Fix } from '../fixes/fix.ts'
import { fixAll, fixesFor } from '../fixes/fixes.ts'
import { silenceFix } from '../fixes/silence.ts'
import { type Finding, findIn, type SeveritySettings } from '../rules/findings.ts'
import type { RuleContext } from '../rules/rule.ts'
import { diagnosticOf, type Telling } from './diagnostics.ts'

/** What the editor can take. */
export interface EditSupport {
  /** Edits that name the version of the document they are for. */
  readonly versioned: boolean
  /** Placeholders inside edits. */
  readonly snippets: boolean
  /** Files created and renamed as part of an edit. */
  readonly files: boolean
}

export interface CodeActionRequest {
  readonly range: Range
  /** The kinds that are asked for; where undefined, the quick fixes. */
  readonly only: readonly string[] | undefined
  readonly support: EditSupport
  /** In complement mode fixes are offered for what VS Code reports as well, without naming our diagnostic. */
  readonly telling: Telling
  readonly severities: SeveritySettings
}

/** The kinds of code action that there are for a skill. */
export const codeActionKinds = ['quickfix', 'source.fixAll.paddock'] as const

/** The fixes for the findings on the lines of `range`; where it is asked for by kind, the one that makes all safe ones. */
export function codeActions(document: SkillDocument, context: RuleContext, request: CodeActionRequest): CodeAction[] {
  const asked = (kind: string) => request.only?.some((only) => kind === only || kind.startsWith(`${only}.`))
  return [
    ...((asked('quickfix') ?? true) ? quickFixes(document, context, request) : []),
    ...(asked('source.fixAll.paddock') ? fixAllAction(document, context, request) : []),
  ]
}

function quickFixes(document: SkillDocument, context: RuleContext, request: CodeActionRequest): CodeAction[] {
  const { range, support, telling, severities } = request
  const here = findIn(document, context, severities).filter(({ span }) => {
    const { start, end } = document.rangeOf(span)
    return start.line <= range.end.line && end.line >= range.start.line
  })
  const isTold = ({ saidByEditor }: Finding) => !(telling.complement && saidByEditor)
  const action = (finding: Finding, fix: Fix, isPreferred: boolean): CodeAction => ({
    title: fix.title,
    kind: 'quickfix',
    diagnostics: isTold(finding) ? [diagnosticOf(document, finding)] : [],
    isPreferred,
    edit: workspaceEdit(document, fix, support),
  })
  const mending = here.flatMap((finding) =>
    fixesFor(document, finding, context, severities)
      .filter(({ files }) => files === undefined || support.files)
      .map((fix, index) => action(finding, fix, index === 0)),
  )
  // What VS Code says no comment of ours silences, and a hint asks for nothing.
  const silencing = here.flatMap((finding) => {
    const fix =
      isTold(finding) && finding.severity !== 'hint' ? silenceFix(document, finding, context, severities) : undefined
    return fix ? [action(finding, fix, false)] : []
  })
  return [...mending, ...silencing]
}

function fixAllAction(document: SkillDocument, context: RuleContext, request: CodeActionRequest): CodeAction[] {
  const fixed = fixAll(document, context, request.severities)
  if (fixed === document.text) return []
  const edit = workspaceEdit(document, { edits: [difference(document.text, fixed)] }, request.support)
  return [{ title: 'Make every safe fix in this skill', kind: 'source.fixAll.paddock', edit }]
}

function workspaceEdit(
  document: SkillDocument,
  { edits, files = [] }: Pick<Fix, 'edits' | 'files'>,
  support: EditSupport,
): WorkspaceEdit {
  const { uri, version } = document
  if (!support.versioned) {
    return { changes: { [uri]: edits.map(({ span, text }) => ({ range: document.rangeOf(span), newText: text })) } }
  }
  const changed: TextDocumentEdit[] =
    edits.length === 0
      ? []
      : [{ textDocument: { uri, version }, edits: edits.map((edit) => textEdit(document, edit, support)) }]
  return { documentChanges: [...changed, ...files.flatMap(operation)] }
}

function textEdit(
  document: SkillDocument,
  { span, text, snippet }: Edit,
  { snippets }: EditSupport,
): TextEdit | AnnotatedTextEdit | SnippetTextEdit {
  const range = document.rangeOf(span)
  return snippets && snippet !== undefined
    ? { range, snippet: { kind: 'snippet', value: snippet } }
    : { range, newText: text }
}

/** A file is created empty and then written; where there is one by now, the editor refuses the whole edit. */
function operation(file: FileOperation): (CreateFile | RenameFile | TextDocumentEdit)[] {
  if (file.type === 'rename') return [{ kind: 'rename', oldUri: uriOf(file.from), newUri: uriOf(file.to) }]
  const uri = uriOf(file.path)
  const start = { line: 0, character: 0 }
  return [
    { kind: 'create', uri },
    { textDocument: { uri, version: null }, edits: [{ range: { start, end: start }, newText: file.text }] },
  ]
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
