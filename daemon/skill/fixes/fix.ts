/**
 * How to add a fix.
 *
 * A fix is an entry of the table of its rule's group, under the code of the rule: that of `N06` lies in `name.ts`. It is a pure function
 * that proposes edits of the text (best first); where it has nothing to offer it proposes nothing. Each proposal is tried before it is
 * offered: with it made, the document has fewer findings of the rule, so a proposal need not check that it helps. `safe` means that it
 * invents nothing and loses nothing: such fixes are made without a look when people ask for all of them.
 */
import type { SkillDocument } from '../document/document.ts'
import type { Span } from '../document/fences.ts'
import type { Path } from '../document/location.ts'
import type { Finding } from '../rules/findings.ts'
import type { RuleContext } from '../rules/rule.ts'

/** A replacement of `span`. `snippet`, where there is one, is the same text with a placeholder to type over. */
export interface Edit {
  readonly span: Span
  readonly text: string
  readonly snippet?: string
}

/** What happens to files besides the document. */
export type FileOperation =
  | { readonly type: 'rename'; readonly from: Path; readonly to: Path }
  | { readonly type: 'create'; readonly path: Path; readonly text: string }

/** One way to make a finding go away. */
export interface Fix {
  readonly title: string
  /** In the document itself; they do not overlap. */
  readonly edits: readonly Edit[]
  readonly files?: readonly FileOperation[]
  readonly safe: boolean
}

export type Propose = (document: SkillDocument, finding: Finding, context: RuleContext) => readonly (Fix | undefined)[]

/** The fixes of one group by the code of their rule. */
export function fixTable<Code extends string>(fixes: Readonly<Record<Code, Propose>>): Readonly<Record<Code, Propose>> {
  return fixes
}

/** `text` with the edits made. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = text
  for (const { span, text: replacement } of [...edits].sort(
    (a, b) => b.span.start - a.span.start || b.span.end - a.span.end,
  )) {
    result = result.slice(0, span.start) + replacement + result.slice(span.end)
  }
  return result
}
