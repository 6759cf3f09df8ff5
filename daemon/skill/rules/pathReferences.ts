import type { SkillDocument } from '../document/document.ts'
import type { Span } from '../document/fences.ts'
import { nameIn, type Path, parentOf, resolveIn } from '../document/location.ts'
import type { FileView } from '../workspace.ts'
import { nearest } from './keyNames.ts'
import { once } from './once.ts'
import { skillRootOf } from './skillFolder.ts'

/** A path that a text writes: a link's target, or a path in backticks. */
export interface PathReference {
  readonly form: 'link' | 'image' | 'definition' | 'code'
  /** As written, without a fragment; empty for a link to a place in the same file. */
  readonly written: string
  readonly span: Span
  /** Behind the `#`, decoded; undefined where there is none. */
  readonly fragment: string | undefined
  readonly fragmentSpan: Span | undefined
  /** The whole link, or the code with its backticks. */
  readonly whole: Span
}

/** Of a scheme: `https:`, `mailto:`, `plugin:`, `skill:`, `mcp:`. One letter is a drive. */
const address = /^(?:[a-z][a-z0-9+.-]+:|\/\/|\?)/i
const placeholder =
  /[{}<>$*[\]|…"'`]|\.\.\.|(?:^|\/)path\/to\/|\byour[-_]|^(?:url|link|path|file|filename|href|src|image|target|source|docs?|text|relative-path)$|X{3,}|NNN|YYYY/i
const codePath = /^(?:\.[/\\])?[\w@.-]+(?:[/\\][\w@.+-]+)+$/

/** The links of a body to files, in order; what is plainly to be filled in is left out. */
export const linksIn = once(readLinksIn)

function readLinksIn(document: SkillDocument): PathReference[] {
  return document.inlines.flatMap((inline): PathReference[] => {
    if (inline.type !== 'link' && inline.type !== 'definition') return []
    const target = document.slice(inline.target)
    if (address.test(target) || target === '') return []
    const hash = target.indexOf('#')
    const stop = target.search(/[#?]/)
    const path = stop < 0 ? target : target.slice(0, stop)
    if (placeholder.test(path)) return []
    // A word alone is a path only if it looks like a file's name.
    if (path !== '' && !/[/\\.]/.test(path)) return []
    const { start } = inline.target
    const form = inline.type === 'definition' ? 'definition' : inline.image ? 'image' : 'link'
    return [
      {
        form,
        written: path,
        span: { start, end: start + path.length },
        fragment: hash < 0 ? undefined : decoded(target.slice(hash + 1)),
        fragmentSpan: hash < 0 ? undefined : { start: start + hash + 1, end: inline.target.end },
        whole: inline.span,
      },
    ]
  })
}

/** Paths that stand alone in backticks, in order. */
export const codePathsIn = once(readCodePathsIn)

function readCodePathsIn(document: SkillDocument): PathReference[] {
  return document.inlines.flatMap((inline): PathReference[] => {
    if (inline.type !== 'code' || inline.content.end - inline.content.start > 300) return []
    const written = document.slice(inline.content)
    if (!codePath.test(written) || placeholder.test(written)) return []
    const none = { fragment: undefined, fragmentSpan: undefined }
    return [{ form: 'code', written, span: inline.content, whole: inline.span, ...none }]
  })
}

/** The first folder of a relative path, where it has one. */
export function firstFolder(written: string): string | undefined {
  return /^(?:\.\/)?([^/]+)\//.exec(written)?.[1]
}

/** Where a relative path leads: from the file's own folder. undefined for an absolute one, and for a text that is on no disk. */
export function targetOf(document: SkillDocument, { written }: PathReference): Path | undefined {
  if (document.folderPath === undefined || written === '' || /^(?:[/~]|[A-Za-z]:)/.test(written)) return undefined
  return resolveIn(document.folderPath, decoded(written).replaceAll('\\', '/'))
}

/** What is known of the place that a path leads to. */
export type Answer =
  | { readonly type: 'there' }
  /** It is there but for capitals; `name` is what its last part is called, `wrong` what is written for it. */
  | { readonly type: 'otherCase'; readonly written: string }
  /** It is there with this extension. */
  | { readonly type: 'noExtension'; readonly extension: string }
  | { readonly type: 'missing'; readonly near: string | undefined }

/**
 * Looks a path up; undefined while it is not known. Other files than SKILL.md may write paths from the skill's folder, and a file that links
 * lead to may write them from where it really lies.
 */
export function lookUp(document: SkillDocument, reference: PathReference, files: FileView): Answer | undefined {
  const target = targetOf(document, reference)
  if (target === undefined || document.folderPath === undefined) return undefined
  const root = skillRootOf(document, files)
  const stat = files.stat(target)
  if (stat === undefined) return undefined
  if (stat === 'missing' && root !== undefined && root !== document.folderPath) {
    const fromRoot = files.stat(resolveIn(root, decoded(reference.written).replaceAll('\\', '/')))
    if (fromRoot !== 'missing') return fromRoot && { type: 'there' }
  }
  if (stat === 'missing' && reference.written.includes('..')) {
    const real = files.real(document.folderPath)
    if (real === undefined) return undefined
    if (real !== 'missing' && real !== document.folderPath) {
      const fromReal = files.stat(resolveIn(real, decoded(reference.written).replaceAll('\\', '/')))
      if (fromReal !== 'missing') return fromReal && { type: 'there' }
    }
  }
  const spelling = spellingOf(document.folderPath, reference.written, files)
  if (spelling !== undefined && spelling !== reference.written) return { type: 'otherCase', written: spelling }
  if (stat !== 'missing') return { type: 'there' }
  if (!/\.[A-Za-z0-9]{1,8}$/.test(nameIn(target)) && !/[\\/]$/.test(reference.written)) {
    const extended = ['.md', '.py', '.sh', '.js', '.ts', '.json'].map((extension) => ({
      extension,
      there: files.stat(target + extension),
    }))
    if (extended.some(({ there }) => there === undefined)) return undefined
    const found = extended.find(({ there }) => there !== 'missing')
    if (found) return { type: 'noExtension', extension: found.extension }
  }
  const items = files.list(parentOf(target))
  if (items === undefined) return undefined
  const names = items === 'missing' ? [] : items.map(({ name }) => name)
  const name = nameIn(target)
  const near = nearest(name, names) ?? names.find((each) => stem(each) === stem(name))
  return { type: 'missing', near: near && reference.written.slice(0, -nameIn(reference.written).length) + near }
}

/** The path as the disk spells it; as written where it is not there but for capitals, undefined while that is not known. */
function spellingOf(folder: Path, written: string, files: FileView): string | undefined {
  if (written.includes('\\') || written.includes('%')) return written
  let at = folder
  const parts: string[] = []
  for (const part of written.split('/')) {
    if (part === '' || part === '.' || part === '..') {
      parts.push(part)
      if (part === '..') at = parentOf(at)
      continue
    }
    const items = files.list(at)
    if (items === undefined) return undefined
    if (items === 'missing') return written
    const found =
      items.find(({ name }) => name === part) ?? items.find(({ name }) => name.toLowerCase() === part.toLowerCase())
    if (!found) return written
    parts.push(found.name)
    at = `${at}/${found.name}`
  }
  return parts.join('/')
}

function stem(name: string): string {
  return name
    .toLowerCase()
    .replace(/\.[^.]*$/, '')
    .replaceAll(/[-_ ]/g, '')
}

export function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
