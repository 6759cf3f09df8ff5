import { placementOf } from '../clients/clients.ts'
import type { SkillDocument } from '../document/document.ts'
import { nameIn, type Path, parentOf, resolveIn } from '../document/location.ts'
import type { Value } from '../document/value.ts'
import type { FileStat } from '../workspace.ts'
import type { FileRecord, RecordedLink, RecordedMention } from './catalogue.ts'
import { sketchOf } from './sketch.ts'

/** No more mentions and links of one file than this are remembered. */
const most = 500

/** What is remembered of a document that lies at `path`. */
export function recordOf(
  document: SkillDocument,
  path: Path,
  stat: Pick<FileStat, 'size' | 'modified'>,
  home: Path | undefined,
): FileRecord {
  const placement = placementOf(path, home)
  const description = descriptionOf(document)
  return {
    path,
    kind: document.kind,
    name: nameOf(document, path),
    description,
    sketch: sketchOf(description),
    folder: placement?.folder,
    scope: placement?.scope,
    mentions: mentionsOf(document),
    links: linksOf(document, path),
    uses: usesOf(document),
    hash: hashOf(document.text),
    length: document.text.length,
    size: stat.size,
    modified: stat.modified,
  }
}

function nameOf(document: SkillDocument, path: Path): string {
  if (document.kind === 'markdown' || document.kind === 'instructions') return ''
  const written = document.entry('name')?.value
  const text = written?.kind === 'text' ? written.text.trim() : ''
  if (text !== '') return text
  const own = nameIn(path)
  return document.kind === 'skill' || own === 'AGENT.md'
    ? nameIn(parentOf(path))
    : own.replace(/(?:\.agent)?\.[^.]+$/, '')
}

function descriptionOf(document: SkillDocument): string {
  const written = document.entry('description')?.value
  return written?.kind === 'text' ? written.text.trim() : ''
}

function mentionsOf(document: SkillDocument): RecordedMention[] {
  const namespaced = document.mentions.map(({ namespace, skill, span }): RecordedMention => {
    return { form: 'namespaced', namespace: namespace.join(':'), skill, ...span }
  })
  const named = document.nameMentions.map(({ form, prefix, skill, span }): RecordedMention => {
    return { form, namespace: prefix, skill, ...span }
  })
  return [...namespaced, ...named].sort((a, b) => a.start - b.start).slice(0, most)
}

function linksOf(document: SkillDocument, path: Path): RecordedLink[] {
  const folder = parentOf(path)
  const links: RecordedLink[] = []
  for (const inline of document.inlines) {
    if (inline.type !== 'link' && inline.type !== 'definition') continue
    const target = localTarget(document.slice(inline.target))
    if (target === undefined || target === '') continue
    const { start } = inline.target
    links.push({ to: resolveIn(folder, decodedTarget(target)), start, end: start + target.length })
  }
  return links.slice(0, most)
}

/** The path in a link's target, as written, without query and fragment; undefined for an address with a scheme. */
function localTarget(written: string): string | undefined {
  return /^(?:[a-z][a-z0-9+.-]*:|\/\/|[#?])/i.test(written) ? undefined : /^[^#?]*/.exec(written)![0]
}

/** A path as it is on the disk. */
function decodedTarget(target: string): string {
  try {
    return decodeURIComponent(target).replaceAll('\\', '/')
  } catch {
    return target
  }
}

function usesOf(document: SkillDocument): RecordedMention[] {
  if (document.kind === 'agent') {
    const value = document.entry('skills')?.value
    return (value?.kind === 'list' ? value.items : value?.kind === 'text' ? [value] : []).map(useOf)
  }
  const agent = document.kind === 'skill' ? document.entry('agent')?.value : undefined
  return agent?.kind === 'text' ? [useOf(agent)] : []
}

function useOf({ text, span }: Value): RecordedMention {
  return { form: 'slash', namespace: '', skill: text.trim(), ...span }
}

/** Tells texts apart; not for what an attacker could gain by two texts with one hash. */
export function hashOf(text: string): string {
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    high = Math.imul(high ^ code, 2654435761)
    low = Math.imul(low ^ code, 1597334677)
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  return (4294967296 * (2097151 & low) + (high >>> 0)).toString(36)
}
