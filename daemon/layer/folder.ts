import {
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  type Stats,
  statSync,
} from 'node:fs'

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants

/**
 * An open directory of a tree that somebody else may be changing. Every name is looked up in the open directory itself
 * (through `/proc/self/fd`, which is Node's only openat), and no link is ever followed, so that swapping a folder for a
 * link between two calls leads nowhere else. Whoever opens one closes it.
 */
export class Folder {
  readonly #fd: number

  private constructor(fd: number) {
    this.#fd = fd
  }

  /** Opens a tree's root. Links in `path` itself are the caller's and are followed. */
  static open(path: string): Folder {
    return new Folder(openSync(path, O_RDONLY | O_DIRECTORY))
  }

  /** A path that names the entry `name` of this very directory. Its last component must still be opened without following. */
  at(name: string): string {
    if (name === '' || name === '.' || name === '..' || name.includes('/') || name.includes('\0')) {
      throw new Error(`Not a file name: ${JSON.stringify(name)}`)
    }
    return `/proc/self/fd/${this.#fd}/${name}`
  }

  /** Throws as `open` does: ENOENT, ENOTDIR or ELOOP for a link, EACCES. */
  enter(name: string): Folder {
    return new Folder(openSync(this.at(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW))
  }

  make(name: string): void {
    mkdirSync(this.at(name))
  }

  /** Of the name itself; undefined where there is nothing. */
  stat(name: string): Stats | undefined {
    try {
      return lstatSync(this.at(name), { throwIfNoEntry: false })
    } catch (error) {
      if (isErrno(error, 'ENOENT', 'ENAMETOOLONG')) return undefined
      throw error
    }
  }

  /** A link's target, or undefined where it is not UTF-8. */
  linkTarget(name: string): string | undefined {
    const bytes = readlinkSync(this.at(name), { encoding: 'buffer' })
    const text = bytes.toString('utf8')
    return Buffer.from(text, 'utf8').equals(bytes) ? text : undefined
  }

  /** The names in here; those that are not UTF-8 are counted and left out. */
  names(): { names: string[]; notText: number } {
    const names = readdirSync(this.#here())
    if (!names.some((name) => name.includes('\uFFFD'))) return { names, notText: 0 }
    const exact: string[] = []
    let notText = 0
    for (const bytes of readdirSync(this.#here(), { encoding: 'buffer' })) {
      const name = bytes.toString('utf8')
      if (Buffer.from(name, 'utf8').equals(bytes)) exact.push(name)
      else notText += 1
    }
    return { names: exact, notText }
  }

  get fd(): number {
    return this.#fd
  }

  close(): void {
    closeSync(this.#fd)
  }

  #here(): string {
    return `/proc/self/fd/${this.#fd}`
  }
}

/**
 * Calls `use` with the directory that holds `path` and the last name, entering folder by folder. Throws as `enter` does.
 * `path` is relative, as `isLayerPath` wants it.
 */
export function inParent<T>(root: string, path: string, use: (parent: Folder, name: string) => T): T {
  const names = path.split('/')
  const last = names.pop()!
  let folder = Folder.open(root)
  let handedOver = false
  try {
    for (const name of names) {
      const next = folder.enter(name)
      folder.close()
      folder = next
    }
    const result = use(folder, last)
    if (result instanceof Promise) {
      const open = folder
      handedOver = true
      return result.finally(() => open.close()) as T
    }
    return result
  } finally {
    if (!handedOver) folder.close()
  }
}

/** The path's last name as it is on disk, not followed; undefined where it, or a folder on the way to it, is not there. */
export function statIn(root: string, path: string): Stats | undefined {
  try {
    return inParent(root, path, (parent, name) => parent.stat(name))
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return undefined
    throw error
  }
}

/** Of the folder that a caller's own path leads to; undefined where there is none, or none that can be reached. */
export function statFolder(path: string): Stats | undefined {
  try {
    const stat = statSync(path)
    return stat.isDirectory() ? stat : undefined
  } catch {
    return undefined
  }
}

export function isErrno(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}
