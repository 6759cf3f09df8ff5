import { entryFor, isReadable, type SkillDocument } from './document/document.ts'
import { lineEnd, longestFrontmatter, type Span, textStart } from './document/fences.ts'
import type { Entry, Fault } from './document/frontmatter.ts'
import { isSkillName, longestName } from './document/names.ts'
import { skillKey } from './keys.ts'

export type Severity = 'error' | 'warning' | 'information' | 'hint'

/** What a rule looks at: the text alone, and the folder where it is known. */
export interface Subject {
  readonly document: SkillDocument
  readonly folder: string | undefined
}

/** One place where a rule does not hold. */
export interface Finding {
  readonly code: RuleCode
  readonly severity: Severity
  /** One or two sentences: what is wrong and, where it is not obvious, what follows from it. */
  readonly message: string
  readonly span: Span
  /** VS Code's own support for SKILL.md reports the same thing at the same place. */
  readonly saidByEditor: boolean
}

interface Rule {
  readonly severity: Severity
  /** What VS Code's own support says: the same (`always`), only where the value is no scalar, or nothing. */
  readonly saidByEditor: 'always' | 'unlessScalar' | 'never'
  readonly find: (subject: Subject) => readonly Hit[]
}

interface Hit {
  readonly span: Span
  readonly message: string
  readonly scalar?: boolean
}

/** Every rule by its code. An unknown key is none: clients have keys of their own. */
const rules = {
  'skill/frontmatter-missing': {
    severity: 'error',
    saidByEditor: 'never',
    find: ({ document }) => {
      if (document.fences) return []
      const start = textStart(document.text)
      const message = 'A skill begins with frontmatter: `name` and `description` between two `---` lines.'
      return [{ span: { start, end: lineEnd(document.text, start) }, message }]
    },
  },
  'skill/frontmatter-not-first': {
    severity: 'error',
    saidByEditor: 'never',
    find: ({ document: { fences } }) =>
      fences?.before
        ? [{ span: fences.open, message: 'The frontmatter must begin on the very first line; here it is not seen.' }]
        : [],
  },
  'skill/frontmatter-unclosed': {
    severity: 'error',
    saidByEditor: 'never',
    find: ({ document: { fences } }) =>
      fences && !fences.close
        ? [{ span: fences.open, message: 'The frontmatter is not closed: a second `---` line is missing.' }]
        : [],
  },
  'skill/frontmatter-too-large': {
    severity: 'warning',
    saidByEditor: 'never',
    find: ({ document }) => {
      if (!document.tooLarge || !document.fences?.close) return []
      const limit = `${longestFrontmatter / 1024} KiB`
      return [
        { span: document.fences.open, message: `The frontmatter is longer than ${limit}; it is not read or checked.` },
      ]
    },
  },
  'skill/yaml-unquoted-colon': yamlRule('unquotedColon', 'never'),
  'skill/yaml-tab': yamlRule('tab', 'never'),
  'skill/yaml-open-quote': yamlRule('openQuote', 'never'),
  'skill/yaml-open-bracket': yamlRule('openBracket', 'always'),
  'skill/yaml-duplicate-key': yamlRule('duplicateKey', 'always'),
  'skill/yaml-not-mapping': yamlRule('notMapping', 'always'),
  'skill/yaml-invalid': yamlRule('invalid', 'never'),
  'skill/name-missing': missingRule('name'),
  'skill/name-empty': emptyRule('name'),
  'skill/name-not-string': notStringRule('name'),
  'skill/name-too-long': tooLongRule('name'),
  'skill/name-characters': nameRule('always', 'error', (name) =>
    /[^a-z0-9-]/.test(name) ? 'A name has only lowercase letters a-z, digits and hyphens.' : undefined,
  ),
  'skill/name-hyphens': nameRule('never', 'error', (name) =>
    /^-|-$|--/.test(name) ? 'A name has no hyphen at either end and no two in a row.' : undefined,
  ),
  'skill/name-folder-mismatch': nameRule('always', 'warning', (name, folder) => {
    if (folder === undefined || !isSkillName(name) || name.normalize('NFKC') === folder) return undefined
    return `The name \`${name}\` and the folder \`${folder}\` must be the same; some clients do not load the skill otherwise.`
  }),
  'skill/description-missing': missingRule('description'),
  'skill/description-empty': emptyRule('description'),
  'skill/description-not-string': notStringRule('description'),
  'skill/description-too-long': tooLongRule('description'),
} as const satisfies Record<string, Rule>

export type RuleCode = keyof typeof rules

/** Every finding of every rule, in the order of the text. */
export function findIn(subject: Subject): Finding[] {
  const findings = (Object.entries(rules) as [RuleCode, Rule][]).flatMap(([code, { severity, saidByEditor, find }]) =>
    find(subject).map(({ span, message, scalar }) => ({
      code,
      severity,
      message,
      span,
      saidByEditor: saidByEditor === 'always' || (saidByEditor === 'unlessScalar' && scalar === false),
    })),
  )
  return findings.sort((a, b) => a.span.start - b.span.start)
}

/** Trouble with the YAML; one finding a line, since what follows an error on its line is mostly its echo. */
function yamlRule(type: Fault['type'], saidByEditor: Rule['saidByEditor']): Rule {
  return {
    severity: 'error',
    saidByEditor,
    find: ({ document }) => {
      if (!document.fences?.close) return []
      const lines = new Set<number>()
      return document.faults.flatMap((fault) => {
        const line = lineEnd(document.text, fault.span.start)
        if (lines.has(line)) return []
        lines.add(line)
        return fault.type === type ? [{ span: fault.span, message: `Not valid YAML: ${fault.message}.` }] : []
      })
    },
  }
}

function missingRule(key: string): Rule {
  return {
    severity: 'error',
    saidByEditor: 'always',
    find: ({ document }) =>
      isReadable(document) && document.fences && !entryFor(document, key)
        ? [{ span: document.fences.open, message: `The skill has no \`${key}\`; the specification requires one.` }]
        : [],
  }
}

function emptyRule(key: string): Rule {
  return entryRule(key, 'always', (entry) => {
    const empty = entry.kind === 'empty' || (entry.kind === 'text' && entry.text.trim() === '')
    const span = entry.value.end > entry.value.start ? entry.value : entry.keySpan
    return empty ? { span, message: `The skill's \`${key}\` is empty.` } : undefined
  })
}

const readAs = { number: 'a number', boolean: 'true or false', list: 'a list', map: 'a map', other: 'no plain text' }

function notStringRule(key: string): Rule {
  return entryRule(key, 'unlessScalar', (entry) => {
    if (entry.kind === 'text' || entry.kind === 'empty') return undefined
    const message = `The skill's \`${key}\` must be a string, but YAML reads this as ${readAs[entry.kind]}.`
    return { span: entry.value, message, scalar: entry.kind !== 'list' && entry.kind !== 'map' }
  })
}

function tooLongRule(key: string): Rule {
  const limit = skillKey(key)?.longest ?? longestName
  return entryRule(key, 'never', ({ kind, text, value }) => {
    const length = kind === 'text' ? lengthOf(text.trim()) : 0
    const message = `The skill's \`${key}\` has ${length.toLocaleString('en')} characters; at most ${limit.toLocaleString('en')} are allowed.`
    return length > limit ? { span: value, message } : undefined
  })
}

function nameRule(
  saidByEditor: Rule['saidByEditor'],
  severity: Severity,
  wrong: (name: string, folder: string | undefined) => string | undefined,
): Rule {
  const find = (subject: Subject): readonly Hit[] =>
    entryRule('name', saidByEditor, (entry) => {
      if (entry.kind !== 'text' || entry.text.trim() === '') return undefined
      const message = wrong(entry.text, subject.folder)
      return message === undefined ? undefined : { span: entry.value, message }
    }).find(subject)
  return { severity, saidByEditor, find }
}

/** Looks at the first pair with `key`, if the frontmatter is sound enough to believe it. */
function entryRule(key: string, saidByEditor: Rule['saidByEditor'], look: (entry: Entry) => Hit | undefined): Rule {
  return {
    severity: 'error',
    saidByEditor,
    find: ({ document }) => {
      const entry = isReadable(document) ? entryFor(document, key) : undefined
      const hit = entry && look(entry)
      return hit ? [hit] : []
    },
  }
}

/** Characters as people count them, not UTF-16 units or bytes. */
export function lengthOf(text: string): number {
  let length = 0
  for (const _ of text) length++
  return length
}
