/**
 * How to add a rule.
 *
 * A rule is an entry of the table of its group, in the file of that group: `N05` lies in `name.ts`. The table is collected in
 * `rules.ts`; nothing else has to be told. Give it a title, a severity, the kinds of document that it looks at, and a `check`:
 *
 *     export const nameRules = ruleTable({
 *       N03: {
 *         title: 'Name is empty',
 *         severity: 'error',
 *         kinds: ['skill'],
 *         why: 'A skill without a name is loaded by no client but Claude Code and Codex.',
 *         source: 'specification',
 *         check: (document) => {
 *           const entry = document.entry('name')
 *           return entry?.value.kind === 'empty' ? [{ span: entry.keySpan, message: 'The skill’s `name` is empty.' }] : []
 *         },
 *       },
 *     })
 *
 * A `check` is a pure function of one document and what the context knows of the rest. It never throws, marks exactly the characters
 * that are wrong, and is silent where it cannot know: a file that is not read yet is `undefined`, not missing. It is called at every
 * keystroke, so it looks at parsed parts (`document.entry`, `blocks`, `inlines`, `mentions`, …), not at the text again. What it cannot
 * find anything without is said as data, in `needs` (here `{ keys: ['name'] }`): one look at a text tells which rules are worth trying.
 *
 * How the finding is mended stands apart, in `../fixes/`, in the table of the same group under the same code. The test is one call of
 * `checkRule('N03', …)` in `test/skill/rules/name.test.ts`, with texts that it must find, with the exact place between « and »,
 * what each fix makes of them, and texts about which it must be silent.
 */
import type { Catalogue } from '../catalogue/catalogue.ts'
import type { SkillDocument } from '../document/document.ts'
import type { Span } from '../document/fences.ts'
import type { DocumentKind } from '../document/kinds.ts'
import type { Path } from '../document/location.ts'
import type { FileView } from '../workspace.ts'
import type { Needs } from './needs.ts'
import type { ProfileId } from './profiles.ts'
import type { SourceId } from './sources.ts'

export type Severity = 'error' | 'warning' | 'information' | 'hint'

/** `off`: found only where settings ask for it. */
export type RuleSeverity = Severity | 'off'

export interface Rule {
  /** The rule in a list of rules: what is wrong, as a phrase without a full stop. */
  readonly title: string
  /** One for all profiles, or `default` and what differs from it. Of several profiles in force the strictest counts. */
  readonly severity: RuleSeverity | ({ readonly default: RuleSeverity } & Partial<Record<ProfileId, RuleSeverity>>)
  readonly kinds: readonly DocumentKind[]
  /** Of the kind `markdown` it looks at every file; other rules only at those in a skill's folder. */
  readonly anyMarkdown?: boolean
  /** What follows from it and for whom, one to three sentences of Markdown. */
  readonly why: string
  /** The document that it rests on, where there is one. */
  readonly source?: SourceId
  /** VS Code's own support for skills reports the same thing at the same place, whatever the hit says. */
  readonly saidByEditor?: boolean
  /** It judges what a hostile author wrote, so no comment in the text silences it. */
  readonly security?: boolean
  /** Where none of this is there, it is not tried. Tried always where undefined. */
  readonly needs?: Needs
  readonly check: (document: SkillDocument, context: RuleContext) => readonly Hit[]
}

/** The rules of one group by code. */
export function ruleTable<Code extends string>(rules: Readonly<Record<Code, Rule>>): Readonly<Record<Code, Rule>> {
  return rules
}

/** One place where a rule does not hold. */
export interface Hit {
  readonly span: Span
  /** One or two sentences: what is wrong and, where it is not obvious, what follows from it. */
  readonly message: string
  /** The profiles that it is wrong for; where undefined, all in force. */
  readonly profiles?: readonly ProfileId[]
  /** Where this hit is milder or worse than the rule; what settings say still counts. */
  readonly severity?: Severity
  readonly related?: readonly Related[]
  /** VS Code's own support reports this hit as well; where undefined, what the rule says. */
  readonly saidByEditor?: boolean
  readonly faded?: 'unnecessary' | 'deprecated'
  /** Facts for the rule's fixes. */
  readonly data?: Readonly<Record<string, string | number | boolean | readonly string[]>>
}

/** Another place that explains a finding. */
interface Related {
  readonly message: string
  /** In the same document where undefined. */
  readonly path?: Path
  /** The whole file where undefined. */
  readonly span?: Span
}

/** What a rule knows beside the document. */
export interface RuleContext {
  /** What the document is checked for; never empty. */
  readonly profiles: readonly ProfileId[]
  readonly files: FileView
  readonly catalogue: Catalogue
  readonly home: Path | undefined
}
