import type { SkillDocument } from '../document/document.ts'
import { lineEnd, nextLine, type Span } from '../document/fences.ts'
import type { KeyLine } from '../document/keyLines.ts'
import { isSkillName, toSkillName } from '../document/names.ts'
import { type Entry, entryIn, type Value } from '../document/value.ts'
import type { Edit, Fix } from './fix.ts'

const placeholder = 'What this skill does. Use when …'

const words = new Set(['true', 'false', 'null', 'yes', 'no', 'on', 'off', 'y', 'n'])

/** A fix of one edit. */
export function fixBy(title: string, edit: Edit, safe: boolean): Fix {
  return { title, edits: [edit], safe }
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

/** Puts the value of the line at `start` in quotes, but for a comment behind it; nothing where no key is there. */
export function quoteLine(document: SkillDocument, { start }: Span): Fix | undefined {
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

export function quoteValue(document: SkillDocument, span: Span): Fix {
  const oneLine = document
    .slice(span)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .join(' ')
  return fixBy('Put the value in quotes', { span, text: singleQuoted(oneLine) }, true)
}

/** For a quote that begins at `start`: closes it at the end of its line. */
export function closeQuote({ text }: SkillDocument, { start }: Span): Fix {
  const line = text.slice(start, lineEnd(text, start)).trimEnd()
  const end = start + line.length
  return fixBy('Close the quote', { span: { start: end, end }, text: text[start]! }, false)
}

/** Adds `key` behind the name, or at the top; with a value to type over where none is given. */
export function insertKey(document: SkillDocument, key: string, value: string | undefined): Fix | undefined {
  const { fences, eol } = document
  if (!fences) return undefined
  const nameEnds = document.entry('name')?.value.span.end
  const at =
    key === 'name' || nameEnds === undefined
      ? fences.content.start
      : nextLine(document.text, lineEnd(document.text, nameEnds))
  const written = writtenFor(key, value)
  const edit = {
    span: { start: at, end: at },
    text: `${key}: ${written.text}${eol}`,
    snippet: `${key}: ${written.snippet}${eol}`,
  }
  return fixBy(value === undefined ? `Add a ${key}` : `Add the ${key}: ${value}`, edit, value !== undefined)
}

/** Writes a value for a key that has none. */
export function fillIn(document: SkillDocument, key: string, value: string | undefined): Fix | undefined {
  const entry = document.entry(key)
  const { text } = document
  if (!entry) return undefined
  const written = writtenFor(key, value)
  const title = value === undefined ? `Write a ${key}` : `Use the folder’s name: ${value}`
  const fix = (span: Span, before: string, after: string): Fix =>
    fixBy(
      title,
      { span, text: before + written.text + after, snippet: before + written.snippet + after },
      value !== undefined,
    )
  if (entry.value.span.end > entry.value.span.start) return fix(entry.value.span, '', '')
  const start = text.indexOf(':', entry.keySpan.end) + 1
  const blanks = /^[ \t]*/.exec(text.slice(start, lineEnd(text, start)))![0].length
  return fix({ start, end: start + blanks }, ' ', text[start + blanks] === '#' ? ' ' : '')
}

function writtenFor(key: string, value: string | undefined): { text: string; snippet: string } {
  const text = value === undefined ? (key === 'name' ? 'my-skill' : placeholder) : writeName(value)
  return { text, snippet: value === undefined ? `\${1:${text}}` : text }
}

/** Renames the key that is written at `span`. */
export function renameKey(span: Span, key: string): Fix {
  return fixBy(`Change the key to ${key}`, { span, text: key }, true)
}

/** Moves a pair into `metadata`, as a string; undefined for a value that is no text, number, boolean or list of such. */
export function moveToMetadata(document: SkillDocument, entry: Entry): Fix | undefined {
  const { text, eol, keyLines } = document
  const line = keyLines.find(({ keySpan }) => keySpan.start === entry.keySpan.start)
  const written = asString(document, entry.value)
  if (!line || written === undefined) return undefined
  const from = text.lastIndexOf('\n', line.keySpan.start - 1) + 1
  const removed = { start: from, end: line.end }
  const metadata = document.entry('metadata')
  const title = 'Move the key into metadata'
  if (!metadata) return fixBy(title, { span: removed, text: `metadata:${eol}  ${entry.key}: ${written}${eol}` }, false)
  const place = keyLines.find(({ keySpan }) => keySpan.start === metadata.keySpan.start)
  if (!place || metadata.value.kind !== 'map' || metadata.value.style !== 'block' || entryIn(metadata.value, entry.key))
    return undefined
  const first = metadata.value.entries[0]
  const indent = first ? text.slice(text.lastIndexOf('\n', first.keySpan.start - 1) + 1, first.keySpan.start) : '  '
  const ended = text[place.end - 1] === '\n' ? '' : eol
  const added = { span: { start: place.end, end: place.end }, text: `${ended}${indent}${entry.key}: ${written}${eol}` }
  if (place.end === removed.start) return fixBy(title, { span: removed, text: added.text }, false)
  return { title, edits: [{ span: removed, text: '' }, added], safe: false }
}

function asString(document: SkillDocument, value: Value): string | undefined {
  if (value.kind === 'text') {
    const oneLine = value.style !== 'literal' && value.style !== 'folded' && !document.slice(value.span).includes('\n')
    return value.style === 'alias'
      ? undefined
      : oneLine
        ? document.slice(value.span)
        : singleQuoted(value.text.trim().replaceAll('\n', ' '))
  }
  if (value.kind === 'number' || value.kind === 'boolean') return `"${document.slice(value.span)}"`
  if (value.kind !== 'list' || value.items.some(({ kind }) => kind === 'map' || kind === 'list')) return undefined
  return singleQuoted(value.items.map((item) => item.text || document.slice(item.span)).join(', '))
}

/** The names to offer instead of a wrong one: the nearest well-formed one, and the folder's. */
export function rename({ folder }: SkillDocument, name: string, span: Span): Fix[] {
  const inFolder = folder !== undefined && isSkillName(folder) ? folder : undefined
  const nearest = toSkillName(name)
  const names = new Set([inFolder === nearest ? undefined : nearest, inFolder].filter((each) => each !== undefined))
  return [...names].map((each) =>
    fixBy(
      each === inFolder ? `Use the folder’s name: ${each}` : `Change the name to ${each}`,
      { span, text: writeName(each) },
      true,
    ),
  )
}

/** A name as a YAML scalar that every reader takes for a string. */
export function writeName(name: string): string {
  return /^[a-z]/i.test(name) && !words.has(name.toLowerCase()) ? name : singleQuoted(name)
}

export function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** A text on one line as a YAML scalar, in quotes only where it needs them. */
export function plainValue(text: string): string {
  return /^[A-Za-z0-9_$./(]/.test(text) && !/: |:$| #|\n/.test(text) && !words.has(text.toLowerCase())
    ? text
    : singleQuoted(text)
}

/** Adds a line at the end of the frontmatter. */
export function appendLine({ fences, text, eol }: SkillDocument, line: string, title: string): Fix | undefined {
  if (!fences?.close) return undefined
  const { end } = fences.content
  const ended = end === fences.content.start || text[end - 1] === '\n' ? '' : eol
  return fixBy(title, { span: { start: end, end }, text: `${ended}${line}${eol}` }, false)
}
