import type { SkillDocument } from '../document/document.ts'
import type { Span } from '../document/fences.ts'
import { nameIn, type Path, parentOf, resolveIn } from '../document/location.ts'
import type { FileView, FolderItem } from '../workspace.ts'
import { nearest } from './keyNames.ts'
import { once, onceSeen } from './once.ts'
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
  /** Where it leads from the file's own folder. undefined for an absolute path, and in a text that is on no disk. */
  readonly target: Path | undefined
}

/** Of a scheme: `https:`, `mailto:`, `plugin:`, `skill:`, `mcp:`. One letter is a drive. */
const address = /^(?:[a-z][a-z0-9+.-]+:|\/\/|\?)/i
const placeholder =
  /[{}<>$*[\]|…"'`]|\.\.\.|(?:^|\/)path\/to\/|\byour[-_]|^(?:url|link|path|file|filename|href|src|image|target|source|docs?|text|relative-path)$|X{3,}|NNN|YYYY/i
const codePath = /^(?:\.[/\\])?[\w@.-]+(?:[/\\][\w@.+-]+)+$/

/** The links of a body to files, in order; what is plainly to be filled in is left out. */
export const linksIn = once(readLinksIn)

function readLinksIn(document: SkillDocument): readonly PathReference[] {
  const found: PathReference[] = []
  for (const inline of document.inlines) {
    if (inline.type !== 'link' && inline.type !== 'definition') continue
    const target = document.slice(inline.target)
    if (address.test(target) || target === '') continue
    const hash = target.indexOf('#')
    const stop = target.search(/[#?]/)
    const path = stop < 0 ? target : target.slice(0, stop)
    if (placeholder.test(path)) continue
    // A word alone is a path only if it looks like a file's name.
    if (path !== '' && !/[/\\.]/.test(path)) continue
    const { start } = inline.target
    found.push({
      form: inline.type === 'definition' ? 'definition' : inline.image ? 'image' : 'link',
      written: path,
      span: { start, end: start + path.length },
      fragment: hash < 0 ? undefined : decoded(target.slice(hash + 1)),
      fragmentSpan: hash < 0 ? undefined : { start: start + hash + 1, end: inline.target.end },
      whole: inline.span,
      target: targetOf(document, path),
    })
  }
  return found
}

/** Paths that stand alone in backticks, in order. */
export const codePathsIn = once(readCodePathsIn)

function readCodePathsIn(document: SkillDocument): readonly PathReference[] {
  const found: PathReference[] = []
  for (const inline of document.inlines) {
    if (inline.type !== 'code' || inline.content.end - inline.content.start > 300) continue
    const written = document.slice(inline.content)
    if (!codePath.test(written) || placeholder.test(written)) continue
    found.push(codeReference(document, written, inline.content, inline.span))
  }
  return found
}

/** A path that stands in code. */
export function codeReference(document: SkillDocument, written: string, span: Span, whole: Span): PathReference {
  const target = targetOf(document, written)
  return { form: 'code', written, span, fragment: undefined, fragmentSpan: undefined, whole, target }
}

/** All of these, first the links. */
export const pathsIn = once((document): readonly PathReference[] => {
  const inCode = codePathsIn(document)
  return inCode.length === 0 ? linksIn(document) : [...linksIn(document), ...inCode]
})

/** The first folder of a relative path, where it has one. */
export function firstFolder(written: string): string | undefined {
  return /^(?:\.\/)?([^/]+)\//.exec(written)?.[1]
}

function targetOf({ folderPath }: SkillDocument, written: string): Path | undefined {
  if (folderPath === undefined || written === '' || /^(?:[/~]|[A-Za-z]:)/.test(written)) return undefined
  return resolveIn(folderPath, plain(written))
}

/** A path as the disk has it. */
function plain(written: string): string {
  return /[%\\]/.test(written) ? decoded(written).replaceAll('\\', '/') : written
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
  const known = answersTo(document, files)
  const answer = known.get(reference) ?? seek(document, reference, files)
  if (answer) known.set(reference, answer)
  return answer
}

/** What was looked up for one rule holds for the others. */
const answersTo = onceSeen(() => new Map<PathReference, Answer>())

const there: Answer = { type: 'there' }

function seek(document: SkillDocument, reference: PathReference, files: FileView): Answer | undefined {
  const { target } = reference
  if (target === undefined || document.folderPath === undefined) return undefined
  if (isListed(document.folderPath, reference.written, files)) return there
  const root = skillRootOf(document, files)
  const stat = files.stat(target)
  if (stat === undefined) return undefined
  if (stat === 'missing' && root !== undefined && root !== document.folderPath) {
    const fromRoot = files.stat(resolveIn(root, plain(reference.written)))
    if (fromRoot !== 'missing') return fromRoot && there
  }
  if (stat === 'missing' && reference.written.includes('..')) {
    const real = files.real(document.folderPath)
    if (real === undefined) return undefined
    if (real !== 'missing' && real !== document.folderPath) {
      const fromReal = files.stat(resolveIn(real, plain(reference.written)))
      if (fromReal !== 'missing') return fromReal && there
    }
  }
  const spelling = spellingOf(document.folderPath, reference.written, files)
  if (spelling !== undefined && spelling !== reference.written) return { type: 'otherCase', written: spelling }
  if (stat !== 'missing') return there
  if (!/\.[A-Za-z0-9]{1,8}$/.test(nameIn(target)) && !/[\\/]$/.test(reference.written)) {
    const extended = ['.md', '.py', '.sh', '.js', '.ts', '.json'].map((extension) => ({
      extension,
      with: files.stat(target + extension),
    }))
    if (extended.some((each) => each.with === undefined)) return undefined
    const found = extended.find((each) => each.with !== 'missing')
    if (found) return { type: 'noExtension', extension: found.extension }
  }
  const items = files.list(parentOf(target))
  if (items === undefined) return undefined
  const names = items === 'missing' ? [] : items.map(({ name }) => name)
  const name = nameIn(target)
  const near = nearest(name, names) ?? names.find((each) => stem(each) === stem(name))
  return { type: 'missing', near: near && reference.written.slice(0, -nameIn(reference.written).length) + near }
}

/** Whether folders list a relative path, part by part as it is written. So most are found, without a look at the file itself. */
function isListed(folder: Path, written: string, files: FileView): boolean {
  let at = folder
  let last: FolderItem | undefined
  for (const part of written.split('/')) {
    if (part === '' || part === '.') continue
    const items = part === '..' || last?.type === 'file' ? undefined : files.list(at)
    if (items === undefined || items === 'missing') return false
    last = itemCalled(part, items)
    if (!last || last.type === 'link') return false
    at = `${at}/${part}`
  }
  return last !== undefined
}

function itemCalled(name: string, items: readonly FolderItem[]): FolderItem | undefined {
  for (const item of items) if (item.name === name) return item
  return undefined
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
