import { readFileSync } from 'node:fs'
import { type Path, parentOf } from './document/location.ts'
import type { FolderItem, Missing } from './workspace.ts'

/** More links than this nobody remembers: everything is far from then on. */
const mostLinks = 10_000
/** What another machine or a program answers for, by the names of the system; the trouble with them is that no answer may ever come. */
const far =
  /^(?:nfs\d?|cifs|smb\w*|9p|afs|ceph|glusterfs|lustre|gpfs|beegfs|ocfs2|autofs|fuse(?:\..*)?|virtiofs|vboxsf|prl_fs|drvfs)$/

/**
 * Where a program that others wait for must not stand still: behind links, which lead anywhere, and on mounts that are not of this machine.
 * A link is known from when its folder is listed until that is listed without it; one that a search begins behind, only by where it leads.
 * What is mounted later than the table was read counts as near.
 */
export class FarPaths {
  readonly #places: Set<Path>
  readonly #linksIn = new Map<Path, readonly Path[]>()
  #links = 0
  #tooMany = false

  constructor(mounts: readonly Path[]) {
    this.#places = new Set(mounts)
  }

  has(path: Path): boolean {
    if (this.#tooMany || path.startsWith('//')) return true
    if (this.#places.size === 0) return false
    for (let at = path; at !== ''; at = parentOf(at)) if (this.#places.has(at)) return true
    return this.#places.has('/')
  }

  /** Takes the links in a folder in place of those that were there before. */
  learn(folder: Path, items: readonly FolderItem[] | Missing): void {
    const before = this.#linksIn.get(folder)
    const hasLinks = items !== 'missing' && items.some(({ linked }) => linked)
    if (before) this.#forget(folder, before)
    if (!hasLinks || this.#tooMany) return
    const links = items.filter(({ linked }) => linked).map(({ name }) => `${folder === '/' ? '' : folder}/${name}`)
    this.#links += links.length
    this.#tooMany = this.#links > mostLinks
    if (this.#tooMany) return
    this.#linksIn.set(folder, links)
    for (const link of links) this.#places.add(link)
  }

  /** A search begins at `path`, which may be reached by links nobody has listed: what is `real` says whether it is far. */
  begin(path: Path, real: Path | Missing): void {
    if (real !== 'missing' && real !== path && this.has(real)) this.#places.add(path)
  }

  #forget(folder: Path, links: readonly Path[]): void {
    this.#linksIn.delete(folder)
    this.#links -= links.length
    for (const link of links) this.#places.delete(link)
  }
}

/** The mounts that are not of this machine, out of Linux' table of them; elsewhere where such are usually found. */
export function farMounts(table = tableOfMounts()): Path[] {
  if (table === undefined) return ['/Volumes', '/Network', '/net']
  return table.split('\n').flatMap((line) => {
    const [, place, type] = line.split(' ')
    return place !== undefined && type !== undefined && far.test(type) ? [unescaped(place)] : []
  })
}

function tableOfMounts(): string | undefined {
  try {
    return readFileSync('/proc/self/mounts', 'utf8')
  } catch {
    return undefined
  }
}

/** Blanks and the like are written as three octal digits. */
function unescaped(place: string): Path {
  return place.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
}
