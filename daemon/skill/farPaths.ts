import { readFileSync } from 'node:fs'
import { type Path, parentOf } from './document/location.ts'
import type { FolderItem, Missing } from './workspace.ts'

/** More links than this nobody remembers: everything is far then. */
const mostLinks = 10_000
/** What another machine or a program answers for, by the names of the system; the trouble with them is that no answer may ever come. */
const far =
  /^(?:nfs\d?|cifs|smb\w*|9p|afs|ceph|glusterfs|lustre|gpfs|beegfs|ocfs2|autofs|fuse(?:\..*)?|virtiofs|vboxsf|prl_fs|drvfs)$/

/** Where a program that others wait for must not stand still: behind links, which lead anywhere, and on mounts that are not of this machine. */
export class FarPaths {
  readonly #places: Set<Path>
  #links = 0

  constructor(mounts: readonly Path[]) {
    this.#places = new Set(mounts)
  }

  has(path: Path): boolean {
    if (this.#links > mostLinks || path.startsWith('//')) return true
    if (this.#places.size === 0) return false
    for (let at = path; at !== ''; at = parentOf(at)) if (this.#places.has(at)) return true
    return this.#places.has('/')
  }

  /** Remembers the links in a folder. */
  learn(folder: Path, items: readonly FolderItem[] | Missing): void {
    if (items === 'missing') return
    for (const { name, linked } of items) {
      if (!linked || this.#links > mostLinks) continue
      this.#links++
      this.#places.add(`${folder === '/' ? '' : folder}/${name}`)
    }
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
