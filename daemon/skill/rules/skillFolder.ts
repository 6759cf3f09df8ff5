import type { SkillDocument } from '../document/document.ts'
import { lineEnd, type Span, textStart } from '../document/fences.ts'
import { isInside, type Path, parentOf } from '../document/location.ts'
import type { FileView, FolderItem } from '../workspace.ts'
import { onceSeen } from './once.ts'

/** Something in a skill's folder. */
export interface FolderEntry extends FolderItem {
  /** From the skill's folder, without a slash before it. */
  readonly relative: string
  readonly path: Path
  /** How many folders lie between. */
  readonly depth: number
}

/** How far a folder is looked through. */
interface Bounds {
  readonly entries: number
  readonly folders: number
  /** No folder that lies deeper is looked into. */
  readonly depth: number
  readonly followsLinks: boolean
  /** Not there at all. */
  readonly skipped: ReadonlySet<string>
  /** There, and not looked into. */
  readonly closed: ReadonlySet<string>
}

const ofSkill: Bounds = {
  entries: 2000,
  folders: Number.POSITIVE_INFINITY,
  depth: 12,
  followsLinks: false,
  skipped: new Set(['node_modules', '.git', '__pycache__', '.venv', 'venv', '.DS_Store']),
  closed: new Set(),
}
/** Where this much is all that there is, it is installed as well. */
const ofBoth = { folders: 60, depth: 5 }
const ofInstalled: Bounds = {
  entries: Number.POSITIVE_INFINITY,
  ...ofBoth,
  followsLinks: true,
  skipped: new Set(),
  closed: new Set(['.git', 'node_modules']),
}

/**
 * What the author of a document put beside it, folders before what is in them; links are not followed. undefined while a part of it is not
 * known, or where that is more than is worth looking at.
 */
export function entriesBeside(document: SkillDocument, files: FileView): readonly FolderEntry[] | undefined {
  const { entries, isWhole } = walkedBeside(document, files)
  return isWhole ? entries : undefined
}

const walkedBeside = onceSeen(({ folderPath }, files) => walk(folderPath, files, ofSkill))

/** All that is installed with a document, also what links lead to and what tools made, as far as it is known, and not without end. */
export const installedWith = onceSeen((document, files): readonly FolderEntry[] => {
  const { entries, isWhole, isAll } = walkedBeside(document, files)
  return isWhole && isAll ? entries : walk(document.folderPath, files, ofInstalled).entries
})

interface Walked {
  readonly entries: readonly FolderEntry[]
  /** All of it is known and none was left out for its number. */
  readonly isWhole: boolean
  /** Nothing was passed over, and there is so little that other bounds would have found the same. */
  readonly isAll: boolean
}

function walk(folder: Path | undefined, files: FileView, bounds: Bounds): Walked {
  if (folder === undefined) return { entries: [], isWhole: false, isAll: false }
  const found: FolderEntry[] = []
  const waiting: { path: Path; relative: string; depth: number }[] = [{ path: folder, relative: '', depth: 0 }]
  let known = true
  let all = true
  for (let at = 0; at < waiting.length && at < bounds.folders; at++) {
    const next = waiting[at]!
    if (next.depth > ofBoth.depth) all = false
    const items = files.list(next.path)
    if (items === undefined) known = false
    if (items === undefined || items === 'missing') continue
    for (const item of items) {
      const { name, type, linked } = item
      if (linked) all = false
      if (bounds.skipped.has(name)) {
        all = false
        continue
      }
      const path = `${next.path}/${name}`
      const relative = next.relative === '' ? name : `${next.relative}/${name}`
      found.push({ name, type, linked, path, relative, depth: next.depth })
      if (found.length > bounds.entries) return { entries: found, isWhole: false, isAll: false }
      const isOpen = type === 'folder' && (bounds.followsLinks || !linked) && !bounds.closed.has(name)
      if (isOpen && next.depth < bounds.depth) waiting.push({ path, relative, depth: next.depth + 1 })
    }
  }
  return { entries: found, isWhole: known, isAll: all && waiting.length <= ofBoth.folders }
}

/** The folders above `path`, the nearest first, at most `most`. */
export function foldersAbove(path: Path, most = 10): Path[] {
  const found: Path[] = []
  for (let at = parentOf(path); at !== '' && found.length < most; at = parentOf(at)) found.push(at)
  return found
}

/**
 * The root of the plugin that a file lies in; `none` where it lies in none, undefined where that is not known. A marketplace's folder counts
 * as well: it may describe its plugins itself.
 */
export function pluginRootOf(path: Path, files: FileView): Path | 'none' | undefined {
  let known = true
  for (const folder of foldersAbove(path)) {
    for (const manifest of ['plugin.json', 'marketplace.json']) {
      const stat = files.stat(`${folder}/.claude-plugin/${manifest}`)
      if (stat === undefined) known = false
      else if (stat !== 'missing') return folder
    }
  }
  return known ? 'none' : undefined
}

/** The folder of the skill that a file belongs to: its own for SKILL.md, of other files the nearest that holds one. */
export const skillRootOf = onceSeen(({ kind, folderPath }, files): Path | undefined => {
  if (folderPath === undefined || kind === 'skill') return folderPath
  let at = folderPath
  for (let step = 0; step < 4 && at !== ''; step++) {
    const stat = files.stat(`${at}/SKILL.md`)
    if (stat !== undefined && stat !== 'missing') return at
    at = parentOf(at)
  }
  return undefined
})

/** How `path` is written from the folder `from`, where it lies in it. */
export function inside(from: Path, path: Path): string | undefined {
  return path !== from && isInside(from, path) ? path.slice(from.length + 1) : undefined
}

/** Where to mark what is wrong with the file as a whole: its first line. */
export function firstLine({ text, fences }: SkillDocument): Span {
  const start = textStart(text)
  return fences && !fences.before ? fences.open : { start, end: lineEnd(text, start) }
}
