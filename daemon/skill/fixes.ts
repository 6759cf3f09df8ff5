import { entryFor, parseSkill, type SkillDocument } from './document/document.ts'
import { lineEnd, nextLine, type Span, textStart } from './document/fences.ts'
import { mostFaults } from './document/frontmatter.ts'
import type { KeyLine } from './document/keyLines.ts'
import { isSkillName, toSkillName } from './document/names.ts'
import { type Finding, findIn, type RuleCode, type Subject } from './rules.ts'

/** A replacement of `span`. `snippet`, where there is one, is the same text with a placeholder to type over. */
export interface Edit {
  readonly span: Span
  readonly text: string
  readonly snippet?: string
}

/** One way to make a finding go away. */
export interface Fix {
  readonly title: string
  readonly edit: Edit
  /** It invents nothing and loses nothing, so it may be made without a look (fix all). */
  readonly safe: boolean
}

const placeholder = 'What this skill does. Use when …'
const words = new Set(['true', 'false', 'null', 'yes', 'no', 'on', 'off', 'y', 'n'])

type Propose = (subject: Subject, finding: Finding) => readonly (Fix | undefined)[]

const proposals: Partial<Record<RuleCode, Propose>> = {
  'skill/frontmatter-missing': ({ document, folder }) => [addFrontmatter(document, folder)],
  'skill/frontmatter-not-first': ({ document: { fences } }) => [
    fences?.before && {
      title: 'Remove what stands before the frontmatter',
      edit: { span: fences.before, text: '' },
      safe: true,
    },
  ],
  'skill/frontmatter-unclosed': ({ document }) => [closeFrontmatter(document)],
  'skill/yaml-unquoted-colon': ({ document }, { span }) => [quoteLine(document, span)],
  'skill/yaml-invalid': ({ document }, { span }) => [quoteLine(document, span)],
  'skill/yaml-open-quote': ({ document }, { span }) => [closeQuote(document, span)],
  'skill/yaml-tab': ({ document }) => [indentWithSpaces(document)],
  'skill/name-missing': ({ document, folder }) => [insertKey(document, 'name', folder && toSkillName(folder))],
  'skill/name-empty': ({ document, folder }) => [fillIn(document, 'name', folder && toSkillName(folder))],
  'skill/name-not-string': ({ document }, finding) => [quoteValue(document, finding.span)],
  'skill/name-too-long': rename,
  'skill/name-characters': rename,
  'skill/name-hyphens': rename,
  'skill/name-folder-mismatch': ({ folder }, { span }) => [
    folder !== undefined && isSkillName(folder)
      ? { title: `Use the folder’s name: ${folder}`, edit: { span, text: writeName(folder) }, safe: false }
      : undefined,
  ],
  'skill/description-missing': ({ document }) => [insertKey(document, 'description', undefined)],
  'skill/description-empty': ({ document }) => [fillIn(document, 'description', undefined)],
  'skill/description-not-string': ({ document }, finding) => [quoteValue(document, finding.span)],
}

/** The fixes for a finding, best first. Each has been tried: with it made, the text has one such finding less. */
export function fixesFor(subject: Subject, finding: Finding): Fix[] {
  if (subject.document.faults.length >= mostFaults) return []
  const count = (document: SkillDocument) =>
    findIn({ ...subject, document }).filter(({ code }) => code === finding.code).length
  const before = count(subject.document)
  return (proposals[finding.code]?.(subject, finding) ?? [])
    .filter((fix) => fix !== undefined)
    .filter(({ edit }) => count(parseSkill(applyEdit(subject.document.text, edit))) < before)
}

/** Makes every safe fix, again and again until none is left, and returns the text; the same text if there was none. */
export function fixAll(subject: Subject): string {
  let { document } = subject
  const mostRounds = 30
  for (let round = 0; round < mostRounds; round++) {
    const current = { ...subject, document }
    const fix = findIn(current)
      .flatMap((finding) => fixesFor(current, finding))
      .find(({ safe }) => safe)
    if (!fix) break
    document = parseSkill(applyEdit(document.text, fix.edit))
  }
  return document.text
}

/** `text` with the edit made. */
export function applyEdit(text: string, { span, text: replacement }: Edit): string {
  return text.slice(0, span.start) + replacement + text.slice(span.end)
}

/** Frontmatter for a text without any, as plain text and as a snippet. */
export function newFrontmatter(eol: string, folder: string | undefined): { text: string; snippet: string } {
  const name = (folder && toSkillName(folder)) ?? 'my-skill'
  const lines = (first: string, second: string) =>
    ['---', `name: ${first}`, `description: ${second}`, '---', ''].join(eol)
  return {
    text: lines(writeName(name), placeholder),
    snippet: lines(`\${1:${writeName(name)}}`, `\${2:${placeholder}}`),
  }
}

function addFrontmatter(document: SkillDocument, folder: string | undefined): Fix {
  const start = textStart(document.text)
  const frontmatter = newFrontmatter(document.eol, folder)
  const gap = document.text.length > start ? document.eol : ''
  const edit = { span: { start, end: start }, text: frontmatter.text + gap, snippet: frontmatter.snippet + gap }
  return { title: 'Add frontmatter with name and description', edit, safe: false }
}

function closeFrontmatter({ fences, text, eol }: SkillDocument): Fix | undefined {
  if (!fences) return undefined
  const { end } = fences.content
  const newline = text[end - 1] === '\n' ? '' : eol
  return {
    title: 'Close the frontmatter',
    edit: { span: { start: end, end }, text: `${newline}---${eol}` },
    safe: true,
  }
}

function indentWithSpaces({ fences, text }: SkillDocument): Fix | undefined {
  if (!fences) return undefined
  const { start, end } = fences.content
  const spaced = text.slice(start, end).replace(/^[ \t]+/gm, (indent) => indent.replaceAll('\t', '  '))
  return { title: 'Indent the frontmatter with spaces', edit: { span: fences.content, text: spaced }, safe: true }
}

function quoteLine(document: SkillDocument, { start }: Span): Fix | undefined {
  const line = document.keyLines.find(({ keySpan, end }) => keySpan.start <= start && start < end)
  return line && line.value.end > line.value.start
    ? quoteValue(document, withoutComment(document.text, line))
    : undefined
}

/** A ` #` begins a comment in YAML; it stays outside the quotes. */
function withoutComment(text: string, { value }: KeyLine): Span {
  const comment = text.slice(value.start, value.end).search(/[ \t]+#[^\n]*$/)
  return comment < 0 ? value : { start: value.start, end: value.start + comment }
}

function quoteValue(document: SkillDocument, span: Span): Fix {
  const written = document.text.slice(span.start, span.end)
  const oneLine = written
    .split(/\r?\n/)
    .map((line) => line.trim())
    .join(' ')
  return { title: 'Put the value in quotes', edit: { span, text: singleQuoted(oneLine) }, safe: true }
}

function closeQuote({ text }: SkillDocument, { start }: Span): Fix {
  const line = text.slice(start, lineEnd(text, start)).trimEnd()
  const end = start + line.length
  return { title: 'Close the quote', edit: { span: { start: end, end }, text: text[start]! }, safe: false }
}

function insertKey(document: SkillDocument, key: string, value: string | undefined): Fix | undefined {
  const { fences, eol } = document
  if (!fences) return undefined
  const nameEnds = entryFor(document, 'name')?.value.end
  const at =
    key === 'name' || nameEnds === undefined
      ? fences.content.start
      : nextLine(document.text, lineEnd(document.text, nameEnds))
  const written = writtenFor(key, value)
  return {
    title: value === undefined ? `Add a ${key}` : `Add the name: ${value}`,
    edit: {
      span: { start: at, end: at },
      text: `${key}: ${written.text}${eol}`,
      snippet: `${key}: ${written.snippet}${eol}`,
    },
    safe: value !== undefined,
  }
}

function fillIn(document: SkillDocument, key: string, value: string | undefined): Fix | undefined {
  const entry = entryFor(document, key)
  const { text } = document
  if (!entry) return undefined
  const written = writtenFor(key, value)
  const fix = (span: Span, before: string, after: string): Fix => ({
    title: value === undefined ? `Write a ${key}` : `Use the folder’s name: ${value}`,
    edit: { span, text: before + written.text + after, snippet: before + written.snippet + after },
    safe: value !== undefined,
  })
  if (entry.value.end > entry.value.start) return fix(entry.value, '', '')
  const start = text.indexOf(':', entry.keySpan.end) + 1
  const blanks = /^[ \t]*/.exec(text.slice(start, lineEnd(text, start)))![0].length
  return fix({ start, end: start + blanks }, ' ', text[start + blanks] === '#' ? ' ' : '')
}

function writtenFor(key: string, value: string | undefined): { text: string; snippet: string } {
  const text = value === undefined ? (key === 'name' ? 'my-skill' : placeholder) : writeName(value)
  return { text, snippet: value === undefined ? `\${1:${text}}` : text }
}

function rename({ document, folder }: Subject, { span }: Finding): Fix[] {
  const inFolder = folder !== undefined && isSkillName(folder) ? folder : undefined
  const nearest = toSkillName(entryFor(document, 'name')?.text ?? '')
  const names = new Set([inFolder === nearest ? undefined : nearest, inFolder].filter((name) => name !== undefined))
  return [...names].map((name) => ({
    title: name === inFolder ? `Use the folder’s name: ${name}` : `Change the name to ${name}`,
    edit: { span, text: writeName(name) },
    safe: true,
  }))
}

/** A name as a YAML scalar that every reader takes for a string. */
function writeName(name: string): string {
  return /^[a-z]/.test(name) && !words.has(name) ? name : singleQuoted(name)
}

function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
