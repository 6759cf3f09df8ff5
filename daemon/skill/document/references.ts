import type { SkillDocument } from './document.ts'
import type { Span } from './fences.ts'
import { type Path, parentOf, resolveIn } from './location.ts'
import type { Value } from './value.ts'

/** A place that names a skill or an agent; whether there is one of that name, only the catalogue knows. */
export interface NameReference {
  readonly of: 'skill' | 'agent'
  /** `$[namespace].skill`, `/skill`, `$skill`, or a value of a frontmatter key. */
  readonly form: 'namespaced' | 'slash' | 'dollar' | 'key'
  /** The segments joined by colons, or a plugin's name; mostly empty. */
  readonly namespace: string
  readonly name: string
  /** All of it. */
  readonly span: Span
  /** The name alone. */
  readonly nameSpan: Span
  /** The words around say that a skill is meant; of what is written as nothing else, always. */
  readonly called: boolean
}

/** A place that names a file by its path. */
export interface FileReference {
  readonly to: Path
  /** Where the path is written, without a fragment. */
  readonly span: Span
  /** What stands behind `#`, decoded; undefined where there is none. */
  readonly fragment: string | undefined
  readonly fragmentSpan: Span | undefined
  /** A `[link](…)`, a `[label]: …` or an `@import`. */
  readonly form: 'link' | 'definition' | 'import'
}

/** Every name of a skill or agent, in order. */
export function nameReferencesIn(document: SkillDocument): NameReference[] {
  const namespaced = document.mentions.map(({ namespace, skill, span }): NameReference => {
    const nameSpan = { start: span.end - skill.length, end: span.end }
    return {
      of: 'skill',
      form: 'namespaced',
      namespace: namespace.join(':'),
      name: skill,
      span,
      nameSpan,
      called: true,
    }
  })
  const named = document.nameMentions.map(({ form, prefix, skill, span, called }): NameReference => {
    const nameSpan = { start: span.end - skill.length, end: span.end }
    return { of: 'skill', form, namespace: prefix, name: skill, span, nameSpan, called }
  })
  return [...keyReferences(document), ...namespaced, ...named].sort((a, b) => a.span.start - b.span.start)
}

/** The skills that an agent's `skills` lists, and the agent that a skill's `agent` names. */
function keyReferences(document: SkillDocument): NameReference[] {
  if (document.kind === 'agent') {
    const value = document.entry('skills')?.value
    return value ? namesOf(document, value).flatMap((each) => keyReference(document, each, 'skill')) : []
  }
  if (document.kind !== 'skill' && document.kind !== 'flatSkill') return []
  const agent = document.entry('agent')?.value
  return agent ? keyReference(document, agent, 'agent') : []
}

/** The names in a value that is a list or has commas between them. */
export function namesOf(document: SkillDocument, value: Value): Pick<Value, 'kind' | 'text' | 'span'>[] {
  if (value.kind === 'list') return [...value.items]
  if (value.kind !== 'text') return []
  if (!value.text.includes(',')) return [value]
  return [...document.slice(value.span).matchAll(/[^\s,"'](?:[^,"']*[^\s,"'])?/g)].map(({ 0: text, index }) => {
    const start = value.span.start + index
    return { kind: 'text', text, span: { start, end: start + text.length } }
  })
}

function keyReference(
  document: SkillDocument,
  value: Pick<Value, 'kind' | 'text' | 'span'>,
  of: NameReference['of'],
): NameReference[] {
  const name = value.text.trim()
  const at = document.slice(value.span).indexOf(name)
  if (value.kind !== 'text' || name === '' || at < 0) return []
  const start = value.span.start + at
  const nameSpan = { start, end: start + name.length }
  return [{ of, form: 'key', namespace: '', name, span: nameSpan, nameSpan, called: true }]
}

const imported = /(?<![^\s(])@((?:~\/|\.{0,2}\/)?[\w.-]+(?:\/[\w.-]+)*\.[A-Za-z]{1,8})(?![\w/@])/g

/** Every link of the body to a file on the disk, in order; in instructions `@imports` as well. Empty for what is on no disk. */
export function fileReferencesIn(document: SkillDocument, home: Path | undefined): FileReference[] {
  if (document.path === undefined) return []
  const folder = parentOf(document.path)
  const found: FileReference[] = []
  for (const inline of document.inlines) {
    if (inline.type !== 'link' && inline.type !== 'definition') continue
    const reference = linkTo(document.slice(inline.target), inline.target.start, folder)
    if (reference) found.push({ ...reference, form: inline.type })
  }
  if (document.kind !== 'instructions' && document.kind !== 'memory') return found
  for (const block of document.blocks) {
    if (block.type !== 'prose' || !document.slice(block.span).includes('@')) continue
    for (const match of document.slice(block.span).matchAll(imported)) {
      const start = block.span.start + match.index + 1
      if (isInCode(document, start)) continue
      const to = match[1]!.startsWith('~/') ? home && resolveIn(home, match[1]!.slice(2)) : resolveIn(folder, match[1]!)
      const span = { start, end: start + match[1]!.length }
      if (to) found.push({ to, span, fragment: undefined, fragmentSpan: undefined, form: 'import' })
    }
  }
  return found.sort((a, b) => a.span.start - b.span.start)
}

function linkTo(written: string, start: number, folder: Path): Omit<FileReference, 'form'> | undefined {
  if (/^(?:[a-z][a-z0-9+.-]*:|\/\/|\?)/i.test(written)) return undefined
  const hash = written.indexOf('#')
  const end = written.search(/[#?]/)
  const path = end < 0 ? written : written.slice(0, end)
  const span = { start, end: start + path.length }
  const fragment = hash < 0 ? undefined : decoded(written.slice(hash + 1))
  const fragmentSpan = hash < 0 ? undefined : { start: start + hash + 1, end: start + written.length }
  if (path === '' && fragment === undefined) return undefined
  return { to: path === '' ? '' : resolveIn(folder, decoded(path).replaceAll('\\', '/')), span, fragment, fragmentSpan }
}

function isInCode(document: SkillDocument, offset: number): boolean {
  return document.inlines.some(({ type, span }) => type === 'code' && span.start <= offset && offset < span.end)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The anchor that a heading has: small letters, hyphens for blanks, no other signs. */
export function slugOf(title: string): string {
  return title
    .trim()
    .toLowerCase()
    .replace(/[`*~]|<\/?[a-z][\w-]*(?:\s[^<>]*)?\/?>/g, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[^\p{Letter}\p{Mark}\p{Number}\p{Connector_Punctuation}\s-]/gu, '')
    .replace(/\s/g, '-')
}

/** The heading that a fragment names; the second of two equal titles is `title-1`. */
export function headingAt(document: SkillDocument, fragment: string): Span | undefined {
  const seen = new Map<string, number>()
  for (const block of document.blocks) {
    if (block.type !== 'heading') continue
    const slug = slugOf(document.slice(block.title))
    const before = seen.get(slug) ?? 0
    seen.set(slug, before + 1)
    if ((before === 0 ? slug : `${slug}-${before}`) === fragment.toLowerCase()) return block.title
  }
  return undefined
}
