import { describe, expect, it } from 'vitest'
import { type Catalogue, noCatalogue } from '../../daemon/skill/catalogue/catalogue.ts'
import { SkillDocument } from '../../daemon/skill/document/document.ts'
import { parentOf, resolveIn, uriOf } from '../../daemon/skill/document/location.ts'
import { applyEdits } from '../../daemon/skill/fixes/fix.ts'
import { fixesFor } from '../../daemon/skill/fixes/fixes.ts'
import { type Finding, findIn, findingsOf, type SeveritySettings } from '../../daemon/skill/rules/findings.ts'
import { type ProfileId, profilesFor } from '../../daemon/skill/rules/profiles.ts'
import type { Rule, RuleContext, Severity } from '../../daemon/skill/rules/rule.ts'
import { type RuleCode, rules } from '../../daemon/skill/rules/rules.ts'
import { noFiles } from '../../daemon/skill/workspace.ts'
import { home } from './check.ts'
import { MemoryWorkspace } from './memoryWorkspace.ts'

/** A text, and where and for whom it is checked. */
interface Sample {
  /** The document. In `finds`, « and » stand around each place that must be marked; they are not part of the text. */
  readonly text: string
  /** What is marked, where the text itself cannot say it: the first place where this stands. */
  readonly marks?: string
  /** An address; or an absolute path. `~/.agents/skills/pdf-forms/SKILL.md` unless it is given. */
  readonly uri?: string
  readonly languageId?: string
  /** What it is checked for, where that does not follow from the address. */
  readonly profiles?: readonly ProfileId[]
  /** Files beside the document, by path relative to its folder, or absolute. With it, what is not named is missing. */
  readonly files?: Readonly<Record<string, string>>
  /** Symbolic links beside the document and where they lead, in the same way. */
  readonly links?: Readonly<Record<string, string>>
  readonly catalogue?: Catalogue
}

interface Found extends Sample {
  /** What each fix makes of the text, in order; `rename: <path>` and `create: <path>` for what it does to files. */
  readonly fixes?: readonly string[]
  readonly severity?: Severity
  /** A part of the message. */
  readonly says?: string
  readonly related?: readonly string[]
}

/** What a rule must find, and what it must not. */
export interface RuleTable {
  readonly finds: readonly (string | Found)[]
  readonly silent: readonly (string | Sample)[]
}

/**
 * The tests of one rule: it marks exactly the places that the table says; each fix makes of the text what the table says, takes its finding
 * away, brings no trouble with the YAML, and has nothing left to do when it is made; and it is silent where the table says so.
 */
export function checkRule(code: RuleCode, { finds, silent }: RuleTable): void {
  const settings = asked(code)
  describe(code, () => {
    const samples = finds.map((found) => (typeof found === 'string' ? { text: found } : found))
    it.each(samples.map((sample) => [shown(sample), sample] as const))('finds %s', (_, sample) => {
      const { document, context, marks } = prepare(sample)
      const found = findingsOf(code, document, context, settings).sort((a, b) => a.span.start - b.span.start)
      expect(found.map(({ span }) => marked(document, span))).toEqual(marks)
      for (const { severity, message, related } of found) {
        if (sample.severity) expect(severity).toBe(sample.severity)
        if (sample.says) expect(message).toContain(sample.says)
        if (sample.related) expect(related?.map(({ path }) => path)).toEqual(sample.related)
        expect(message).toMatch(/[.?!]$/)
      }
    })
    const fixable = samples.filter(({ fixes }) => fixes)
    it.each(fixable.map((sample) => [shown(sample), sample] as const))('fixes %s', (_, sample) => {
      const { document, context } = prepare(sample)
      expect(results(code, document, context, settings)).toEqual(sample.fixes)
    })
    const edited = samples.filter((sample) => editsFor(code, prepare(sample), settings).length > 0)
    it.each(edited.map((sample) => [shown(sample), sample] as const))('is quiet after each fix of %s', (_, sample) => {
      const { document, context } = prepare(sample)
      const faults = (each: SkillDocument) => each.yaml.faults.length
      const before = findingsOf(code, document, context, settings).length
      for (const { finding, edits } of editsFor(code, { document, context }, settings)) {
        const after = document.withText(applyEdits(document.text, edits), 2)
        expect(findingsOf(code, after, context, settings).length).toBeLessThan(before)
        expect(faults(after)).toBeLessThanOrEqual(faults(document))
        const again = findIn(after, context, settings).filter((other) => isSame(other, finding, after, document))
        expect(again).toEqual([])
      }
    })
    it.each(silent.map((sample) => (typeof sample === 'string' ? { text: sample } : sample)))(
      'stays silent about $text',
      (sample) => {
        const { document, context } = prepare({ marks: '', ...sample })
        expect(
          findingsOf(code, document, context, settings).map(
            ({ message, span }) => `${marked(document, span)}: ${message}`,
          ),
        ).toEqual([])
      },
    )
  })
}

/** A rule that is off by itself is asked for. */
function asked(code: RuleCode): SeveritySettings {
  const { severity }: Rule = rules[code]
  return severity === 'off' ? { [code]: 'hint' } : {}
}

function shown({ text }: Sample): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text)
}

function isSame(one: Finding, other: Finding, in1: SkillDocument, in2: SkillDocument): boolean {
  return one.code === other.code && one.span.start === other.span.start && in1.slice(one.span) === in2.slice(other.span)
}

/** A place as the table writes it: offset and text. */
function marked(document: SkillDocument, { start, end }: { start: number; end: number }): string {
  return `${start} «${document.text.slice(start, end)}»`
}

function results(code: RuleCode, document: SkillDocument, context: RuleContext, settings: SeveritySettings): string[] {
  return findingsOf(code, document, context, settings)
    .flatMap((finding) => fixesFor(document, finding, context, settings))
    .map(({ edits, files = [] }) => {
      const operations = files.map((file) => (file.type === 'rename' ? `rename: ${file.to}` : `create: ${file.path}`))
      const text = edits.length > 0 ? [applyEdits(document.text, edits)] : []
      return [...text, ...operations].join('\n')
    })
}

/** The fixes that change the text. */
function editsFor(code: RuleCode, { document, context }: Checked, settings: SeveritySettings) {
  return findingsOf(code, document, context, settings).flatMap((finding) =>
    fixesFor(document, finding, context, settings)
      .filter(({ edits }) => edits.length > 0)
      .map(({ edits }) => ({ finding, edits })),
  )
}

interface Checked {
  readonly document: SkillDocument
  readonly context: RuleContext
}

function prepare(sample: Sample): Checked & { marks: string[] } {
  const { text, spans } = sample.marks === undefined ? unmarked(sample.text) : { text: sample.text, spans: undefined }
  const address = sample.uri ?? `${home}/.agents/skills/pdf-forms/SKILL.md`
  const uri = address.startsWith('/') ? uriOf(address) : address
  const languageId = sample.languageId ?? (/SKILL\.md|^untitled:/.test(uri) ? 'skill' : 'markdown')
  const document = new SkillDocument({ uri, languageId, version: 1, text })
  const start = sample.marks === undefined ? 0 : text.indexOf(sample.marks)
  const places = spans ?? [{ start, end: start + sample.marks!.length }]
  const folder = document.path === undefined ? '/' : parentOf(document.path)
  const files = Object.entries(sample.files ?? {}).map(([path, content]) => [resolveIn(folder, path), content])
  const links = Object.entries(sample.links ?? {}).map((link) => link.map((path) => resolveIn(folder, path)))
  const all = { ...Object.fromEntries(files), [document.path ?? '/x']: text }
  const context: RuleContext = {
    profiles: sample.profiles ?? profilesFor(document, home),
    files: sample.files ? new MemoryWorkspace(all, Object.fromEntries(links)).view() : noFiles,
    catalogue: sample.catalogue ?? noCatalogue,
    home,
  }
  return { document, context, marks: places.map((place) => marked(document, place)) }
}

function unmarked(text: string): { text: string; spans: { start: number; end: number }[] } {
  const spans: { start: number; end: number }[] = []
  let plain = ''
  let start = 0
  for (const character of text) {
    if (character === '«') start = plain.length
    else if (character === '»') spans.push({ start, end: plain.length })
    else plain += character
  }
  if (spans.length === 0) throw new Error('Nothing is marked in the sample.')
  return { text: plain, spans }
}
