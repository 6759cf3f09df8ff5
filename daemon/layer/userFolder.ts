import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs'
import { promisify } from 'node:util'
import type { BaseStore } from './baseStore.ts'
import { type FileState, readEntry, sameState } from './fileState.ts'
import { Folder, inParent, isErrno } from './folder.ts'
import { foldersAbove } from './layerPath.ts'

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants
const fsyncAsync = promisify(fsync)
const tempName = /^\.paddock-[0-9a-f]{24}$/

/** `moved`: the user's file is not what it was expected to be; nothing was written. */
export type Placed = 'placed' | 'moved'

/**
 * The only hand that writes the user's folder. Each call is a compare-and-swap: it looks at the file immediately before
 * it puts the new one in its place, which is made aside in the same folder and moved there whole. No link is followed
 * below the root; trouble is thrown as Node's own errors. `finish` makes what was done survive a power cut.
 */
export class UserFolder {
  readonly root: string
  readonly #journal: BaseStore
  readonly #touched = new Set<string>()

  constructor(root: string, journal: BaseStore) {
    this.root = root
    this.#journal = journal
  }

  /** `fill` writes the content to a new file's descriptor; where it answers false, nothing is placed. */
  async placeFile(
    path: string,
    expected: FileState,
    mode: number,
    fill: (fd: number) => Promise<boolean>,
  ): Promise<Placed> {
    return await this.#place(path, expected, async (parent, name, temp) => {
      const fd = openSync(parent.at(temp), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
      try {
        if (!(await fill(fd))) return false
        keepOwner(fd, parent, name)
        fchmodSync(fd, mode & 0o777)
        await fsyncAsync(fd)
        return true
      } finally {
        closeSync(fd)
      }
    })
  }

  async placeLink(path: string, expected: FileState, target: string): Promise<Placed> {
    return await this.#place(path, expected, async (parent, _name, temp) => {
      symlinkSync(target, parent.at(temp))
      return true
    })
  }

  /** Changes nothing but the mode; the file stays the same one. */
  async setMode(path: string, expected: FileState, mode: number): Promise<Placed> {
    return await inParent(this.root, path, async (parent, name) => {
      const { state } = await readEntry(parent, name)
      if (state.type !== 'file' || !sameState(state, expected)) return 'moved'
      const fd = openSync(parent.at(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
      try {
        if (!fstatSync(fd).isFile()) return 'moved'
        fchmodSync(fd, mode & 0o777)
      } finally {
        closeSync(fd)
      }
      return 'placed'
    })
  }

  /** Removes a file or link, and then the folders above it from `goneWith` downwards that are empty without it. */
  async remove(path: string, expected: FileState, goneWith: string | undefined): Promise<Placed> {
    const removed = await inParent(this.root, path, async (parent, name): Promise<Placed> => {
      const { state } = await readEntry(parent, name)
      if (!sameState(state, expected)) return 'moved'
      unlinkSync(parent.at(name))
      return 'placed'
    })
    if (removed === 'moved') return removed
    const above = foldersAbove(path)
    const leaving = goneWith === undefined ? [] : above.filter((folder) => `${folder}/`.startsWith(`${goneWith}/`))
    this.#touched.add(above.at(-(leaving.length + 1)) ?? '')
    for (const folder of leaving.toReversed()) if (!this.#removeEmpty(folder)) break
    return 'placed'
  }

  /** Makes every folder entry that was touched durable. */
  finish(): void {
    this.#journal.save()
    for (const path of this.#touched) {
      try {
        this.#inFolder(path, (folder) => fsyncSync(folder.fd))
      } catch (error) {
        // Gone again, or a file system without it: the content itself is already on disk.
        if (!isErrno(error, 'ENOENT', 'ENOTDIR', 'EINVAL', 'ENOTSUP')) throw error
      }
    }
    this.#touched.clear()
  }

  /** Removes what a process left that was killed while it made a file. */
  removeLeftovers(): void {
    for (const { folder, temp } of this.#journal.leftovers()) {
      try {
        if (tempName.test(temp)) this.#inFolder(folder, (parent) => unlinkSync(parent.at(temp)))
      } catch (error) {
        if (!isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) continue
      }
      this.#journal.written(temp)
    }
    this.#journal.save()
  }

  async #place(
    path: string,
    expected: FileState,
    make: (parent: Folder, name: string, temp: string) => Promise<boolean>,
  ): Promise<Placed> {
    const made: string[] = []
    let placed: Placed = 'moved'
    try {
      this.#makeFolders(path, made)
      placed = await inParent(this.root, path, async (parent, name) => {
        const temp = `.paddock-${randomBytes(12).toString('hex')}`
        const folder = foldersAbove(path).at(-1) ?? ''
        this.#journal.writing(folder, temp)
        try {
          if (!(await make(parent, name, temp))) return 'moved'
          const { state } = await readEntry(parent, name)
          if (!sameState(state, expected)) return 'moved'
          return swap(parent, temp, name, expected)
        } finally {
          unlinkIfThere(parent.at(temp))
          this.#journal.written(temp)
          this.#touched.add(folder)
        }
      })
      return placed
    } finally {
      if (placed === 'moved') for (const folder of made.toReversed()) this.#removeEmpty(folder)
    }
  }

  /** Makes the missing folders above `path`, and notes which. */
  #makeFolders(path: string, made: string[]): void {
    for (const folder of foldersAbove(path)) {
      inParent(this.root, folder, (parent, name) => {
        if (parent.stat(name)) return
        parent.make(name)
        made.push(folder)
        this.#touched.add(foldersAbove(folder).at(-1) ?? '')
      })
    }
  }

  #removeEmpty(path: string): boolean {
    try {
      inParent(this.root, path, (parent, name) => rmdirSync(parent.at(name)))
      return true
    } catch (error) {
      if (isErrno(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'EPERM')) return false
      throw error
    }
  }

  #inFolder(path: string, use: (folder: Folder) => void): void {
    const folder =
      path === '' ? Folder.open(this.root) : inParent(this.root, path, (parent, name) => parent.enter(name))
    try {
      use(folder)
    } finally {
      folder.close()
    }
  }
}

function swap(parent: Folder, temp: string, name: string, expected: FileState): Placed {
  if (expected.type !== 'absent') {
    renameSync(parent.at(temp), parent.at(name))
    return 'placed'
  }
  try {
    // Unlike a rename, a link never replaces what came into being meanwhile.
    linkSync(parent.at(temp), parent.at(name))
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return 'moved'
    if (!isErrno(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK')) throw error
    if (parent.stat(name)) return 'moved'
    renameSync(parent.at(temp), parent.at(name))
  }
  return 'placed'
}

function keepOwner(fd: number, parent: Folder, name: string): void {
  const old = parent.stat(name)
  const now = fstatSync(fd)
  if (!old?.isFile() || (old.uid === now.uid && old.gid === now.gid)) return
  try {
    fchownSync(fd, old.uid, old.gid)
  } catch (error) {
    // Only root may give a file to another user; the file then belongs to who kept it, as with most editors.
    if (!isErrno(error, 'EPERM', 'EINVAL')) throw error
  }
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
  }
}
