import { randomBytes } from 'node:crypto'
import type { Stats } from 'node:fs'
import { join } from 'node:path'
import type { Base } from './base.ts'
import type { CheckpointEntry, Kept } from './checkpointEntry.ts'
import type { Look } from './differences.ts'
import { type FileState, sameState } from './fileState.ts'
import { Folder } from './folder.ts'
import type { LayerFiles } from './layer.ts'
import { isGitName, isInGit } from './layerPath.ts'
import { type PathNode, pathTree } from './pathTree.ts'
import { type Aim, enter, holdsAnything, isAllGone, type RewindContent, rewindAims, type Want } from './rewindAims.ts'
import type { Sides } from './sides.ts'
import type { UpperWalk } from './upperWalk.ts'

/** One call to the sandbox; `path` is what it is told by where it fails. */
export interface RewindStep {
  readonly path: string
  readonly run: () => Promise<{ type: string; message?: string }>
}

export interface RewindPlan {
  /** In this order: what goes, and folders. */
  readonly first: RewindStep[]
  /** In any order. */
  readonly files: { path: string; content: RewindContent; mode: number; setsMode: boolean }[]
  readonly links: RewindStep[]
  /** Inner folders before outer ones. */
  readonly modes: RewindStep[]
  /** What each path goes on from; `user` is what the user has there when it is written. */
  readonly bases: Map<string, Base | 'user'>
}

type Own = { type: 'own'; stat: Stats } | { type: 'folder'; mode: number; shows: boolean } | { type: 'absent' }
/** What the agent sees somewhere now. */
type Seen = Own | { type: 'user'; stat: Stats }

/** What to do so that the agent sees what it saw at the checkpoint, and elsewhere what the user has now. */
export async function planRewind(
  sides: Sides,
  now: { look: Look; walk: UpperWalk },
  then: { entries: ReadonlyMap<string, CheckpointEntry>; kept: ReadonlyMap<string, Kept> },
  files: LayerFiles,
): Promise<RewindPlan> {
  const planning = new Planning(sides, files)
  const { wanted, bases } = rewindAims(then.entries, then.kept)
  for (const [path, base] of bases) planning.bases.set(path, base)
  const root = Folder.open(sides.user.root)
  try {
    await planning.folder('', pathTree(ownOf(sides, now)), wanted, root, true)
  } finally {
    root.close()
  }
  return planning
}

function ownOf({ bases }: Sides, { look, walk }: { look: Look; walk: UpperWalk }): [string, Own][] {
  return [
    ...[...walk.goneFolders, ...look.unmarked].map((path): [string, Own] => [path, { type: 'absent' }]),
    ...walk.entries.map(({ path, layer }): [string, Own] => [
      path,
      layer ? { type: 'own', stat: layer } : { type: 'absent' },
    ]),
    ...walk.folders.map(({ path, mode, inUser, covers }): [string, Own] => [
      path,
      // A folder of the agent's that the user has by keeping it is not joined with the user's before the next mount.
      { type: 'folder', mode, shows: inUser && !covers && bases.get(path)?.type !== 'absent' },
    ]),
  ]
}

class Planning implements RewindPlan {
  readonly first: RewindStep[] = []
  readonly files: RewindPlan['files'] = []
  readonly links: RewindStep[] = []
  readonly modes: RewindStep[] = []
  readonly bases = new Map<string, Base | 'user'>()
  readonly #sides: Sides
  readonly #files: LayerFiles

  constructor(sides: Sides, files: LayerFiles) {
    this.#sides = sides
    this.#files = files
  }

  /** Everything in a folder that is one at both times. `shows`: what the user has in it is seen in there now. */
  async folder(
    path: string,
    own: PathNode<Own> | undefined,
    wanted: PathNode<Want> | undefined,
    user: Folder | undefined,
    shows: boolean,
  ): Promise<void> {
    const names = new Set([...(own?.inner.keys() ?? []), ...(wanted?.inner.keys() ?? [])])
    if (!shows && user) for (const name of user.names().names) names.add(name)
    for (const name of names) {
      const at = path === '' ? name : `${path}/${name}`
      await this.#entry(at, name, own?.inner.get(name), wanted?.inner.get(name), user, shows)
    }
  }

  async #entry(
    path: string,
    name: string,
    own: PathNode<Own> | undefined,
    wanted: PathNode<Want> | undefined,
    user: Folder | undefined,
    shows: boolean,
  ): Promise<void> {
    const theirs = user?.stat(name)
    const seen = own?.value ?? this.#beneath(path, theirs, shows)
    // In a folder that is joined with the user's from the next mount on, or as soon as the kernel forgot its name.
    const mayShow = !own?.value && seen.type === 'absent' && theirs !== undefined
    const isInTheWay = seen.type !== 'absent' || mayShow
    const isThrough = wanted?.value === undefined
    const inner = theirs?.isDirectory() ? enter(user!, name) : undefined
    try {
      const aim = await this.#aim(path, wanted, theirs, inner)
      if (aim.type === 'other') return
      const hidesFile = aim.type === 'folder' && theirs !== undefined && !inner
      // A file of the user's that a folder replaces is not the agent's to have deleted, unless it did.
      if (hidesFile) this.bases.set(path, this.bases.get(path) ?? { type: 'absent' })
      else if (isThrough && own?.value && !isInGit(path) && this.#sides.bases.get(path)) this.bases.set(path, 'user')
      if (aim.type === 'folder') {
        await this.#intoFolder(path, aim, seen, isInTheWay && !(mayShow && inner), own, wanted, inner, theirs)
        return
      }
      if (inner) this.#shield(path, wanted, inner)
      if (isThrough && !own?.value && seen.type !== 'absent') return
      await this.#place(path, aim, seen, isInTheWay, own)
    } finally {
      inner?.close()
    }
  }

  /** A copy has its own of what the user removed or replaced since. */
  #beneath(path: string, theirs: Stats | undefined, shows: boolean): Seen {
    const stat = this.#sides.view.beneath(path, shows ? theirs : undefined)
    if (!stat) return { type: 'absent' }
    if (stat === theirs) return { type: 'user', stat }
    return stat.isDirectory() ? { type: 'folder', mode: modeOf(stat), shows } : { type: 'own', stat }
  }

  async #intoFolder(
    path: string,
    aim: Extract<Aim, { type: 'folder' }>,
    seen: Seen,
    isInTheWay: boolean,
    own: PathNode<Own> | undefined,
    wanted: PathNode<Want> | undefined,
    inner: Folder | undefined,
    theirs: Stats | undefined,
  ): Promise<void> {
    const was = seen.type === 'folder' ? seen.mode : seen.type === 'user' && inner ? modeOf(seen.stat) : undefined
    const mode = aim.mode ?? (inner && theirs ? modeOf(theirs) : was) ?? 0o755
    const begin = this.first.length
    if (was === undefined) {
      if (isInTheWay) this.#remove(path, own)
      this.first.push({ path, run: () => this.#makeFolder(path) })
    }
    const before = this.first.length + this.files.length + this.links.length
    const shows = was !== undefined && (seen.type === 'user' || (seen.type === 'folder' && seen.shows))
    await this.folder(path, was === undefined ? undefined : own, wanted, inner, shows)
    const isTouched = this.first.length + this.files.length + this.links.length > before
    const unlocks = was !== undefined && isTouched && (was & 0o700) !== 0o700
    if (unlocks) this.first.splice(begin, 0, this.#mode(path, was | 0o700))
    if (was !== mode || unlocks) this.modes.push(this.#mode(path, mode))
  }

  async #place(
    path: string,
    aim: Exclude<Aim, { type: 'folder' | 'other' }>,
    seen: Seen,
    isInTheWay: boolean,
    own?: PathNode<Own>,
  ) {
    const state = await this.#state(path, seen)
    if (aim.type === 'absent') {
      if (isInTheWay) this.#remove(path, own)
    } else if (aim.type === 'symlink') {
      if (sameState(state, aim)) return
      if (isInTheWay) this.#remove(path, own)
      this.links.push({ path, run: () => this.#files.makeSymlink(this.#at(path), aim.target) })
    } else if (state.type !== 'file') {
      if (isInTheWay) this.#remove(path, own)
      this.files.push({ path, content: aim.content, mode: aim.mode, setsMode: false })
    } else if (state.sha256 !== aim.sha256) {
      this.files.push({ path, content: aim.content, mode: aim.mode, setsMode: state.mode !== aim.mode })
    } else if (state.mode !== aim.mode) {
      this.modes.push(this.#mode(path, aim.mode))
    }
  }

  async #aim(
    path: string,
    wanted: PathNode<Want> | undefined,
    theirs: Stats | undefined,
    inner: Folder | undefined,
  ): Promise<Aim> {
    const want = wanted?.value
    if (want && want.type !== 'gone') return want
    if (want?.type === 'gone') {
      if (!inner || isAllGone(inner, wanted!)) return { type: 'absent' }
      return { type: 'folder', mode: undefined }
    }
    if (inner || holdsAnything(wanted)) return { type: 'folder', mode: undefined }
    if (!theirs) return { type: 'absent' }
    const state = await this.#sides.user.state(path, theirs)
    if (state.type === 'file') return { ...state, content: 'user' }
    if (state.type === 'symlink' || state.type === 'absent') return state
    return { type: 'other' }
  }

  async #state(path: string, seen: Seen): Promise<FileState> {
    if (seen.type === 'own') return await this.#sides.layer.state(path, seen.stat)
    return seen.type === 'user' ? await this.#sides.user.state(path, seen.stat) : { type: seen.type }
  }

  /** What of the user's a file or nothing hides from here on, and the agent did not remove, is not its to have removed. */
  #shield(path: string, wanted: PathNode<Want> | undefined, folder: Folder): void {
    for (const name of folder.names().names) {
      const at = `${path}/${name}`
      const inner = wanted?.inner.get(name)
      const stat = folder.stat(name)
      if (isGitName(name) || !stat) continue
      if (!stat.isDirectory()) {
        if (inner?.value === undefined) this.bases.set(at, { type: 'absent' })
        continue
      }
      const below = enter(folder, name)
      if (!below) continue
      try {
        this.#shield(at, inner, below)
      } finally {
        below.close()
      }
    }
  }

  #remove(path: string, own: PathNode<Own> | undefined): void {
    this.#unlock(path, own)
    this.first.push({ path, run: () => this.#files.remove(this.#at(path)) })
  }

  /** Folders that the agent locked cannot be emptied as they are. */
  #unlock(path: string, own: PathNode<Own> | undefined): void {
    if (own?.value?.type !== 'folder') return
    if ((own.value.mode & 0o700) !== 0o700) this.first.push(this.#mode(path, own.value.mode | 0o700))
    for (const [name, inner] of own.inner) this.#unlock(`${path}/${name}`, inner)
  }

  /** By a file that goes again: there is no other way in. */
  async #makeFolder(path: string): Promise<{ type: string; message?: string }> {
    const file = this.#at(`${path}/.paddock-${randomBytes(12).toString('hex')}`)
    const written = await this.#files.writeFile(file, new Uint8Array())
    return written.type === 'fault' ? written : await this.#files.remove(file)
  }

  #mode(path: string, mode: number): RewindStep {
    return { path, run: () => this.#files.setMode(this.#at(path), mode) }
  }

  #at(path: string): string {
    return join(this.#files.root, path)
  }
}

function modeOf(stat: Stats): number {
  return stat.mode & 0o777
}
