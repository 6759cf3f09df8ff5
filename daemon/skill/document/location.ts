/**
 * A place on the disk as the library sees it: absolute, decoded, with forward slashes, as in a `file` address
 * (`/home/ana/x`, `/c:/Users/ana/x`). The empty string is above the root.
 */
export type Path = string

/** The path of a `file` address; undefined for what is not on the disk (an unsaved text, another scheme). */
export function pathOf(uri: string): Path | undefined {
  const match = /^file:\/\/([^/?#]*)(\/[^?#]*)/i.exec(uri)
  if (!match) return undefined
  try {
    const path = decodeURIComponent(match[2]!).replace(/^\/[A-Z]:/, (drive) => drive.toLowerCase())
    return match[1] === '' || match[1] === 'localhost' ? path : `//${match[1]}${path}`
  } catch {
    return undefined
  }
}

/** The address of a path, spelled as the editor spells it. */
export function uriOf(path: Path): string {
  const [, host = '', local = path] = /^\/\/([^/]+)(\/.*)$/s.exec(path) ?? []
  return `file://${host}${local.split('/').map(encodeSegment).join('/')}`
}

/** A file's or folder's name as a link of Markdown holds it. */
export function linkedName(name: string): string {
  return name.replace(/[\s<>()"%\\#]/g, percentEncoded)
}

function encodeSegment(segment: string): string {
  return /^[\w.~-]*$/.test(segment) ? segment : percentEncoded(segment.toWellFormed())
}

/** Also what `encodeURIComponent` leaves as it is. */
function percentEncoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

export function nameIn(path: Path): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

export function parentOf(path: Path): Path {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

const unresolved = /\/\.{0,2}(?:\/|$)/

/** `relative` as seen from the folder `from`, with `.` and `..` resolved; never climbs above the root. */
export function resolveIn(from: Path, relative: string): Path {
  const path = relative.startsWith('/') ? relative : `${from}/${relative}`
  if (path.startsWith('/') && !unresolved.test(path)) return path
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}

/** Whether `path` is `folder` or lies in it. */
export function isInside(folder: Path, path: Path): boolean {
  return (
    path.startsWith(folder) && (path.length === folder.length || path[folder.length] === '/' || folder.endsWith('/'))
  )
}

/** How a file in the folder `from` writes a link to `to`. */
export function relativeTo(from: Path, to: Path): string {
  const source = from.split('/').filter(Boolean)
  const target = to.split('/').filter(Boolean)
  let common = 0
  while (common < source.length && common < target.length && source[common] === target[common]) common++
  return [...source.slice(common).map(() => '..'), ...target.slice(common)].join('/') || '.'
}
