import { createHash } from 'node:crypto'
import { closeSync, read, writeSync } from 'node:fs'
import { promisify } from 'node:util'
import type { KeepResult } from '#protocol/change.ts'
import { type Base, baseOf } from './base.ts'
import { type Difference, statusOf } from './difference.ts'
import {
  contentState,
  type FileContent,
  type FileState,
  maxHashedBytes,
  openRegular,
  type Reading,
  sameContent,
} from './fileState.ts'
import { inParent } from './folder.ts'
import type { TextDiff } from './hunks.ts'
import { applyRuns, type LineRun } from './lineDiff.ts'
import { linkTrouble } from './linkTarget.ts'
import { hashOf, reconcile } from './reconcile.ts'
import { refusalFor } from './refusal.ts'
import { baseBytes, type Sides, textSides } from './sides.ts'
import type { UserFolder } from './userFolder.ts'

export interface KeepParams {
  readonly sides: Sides
  readonly folder: UserFolder
  readonly difference: Difference
  /** All of it where absent. */
  readonly hunks: readonly string[] | undefined
  /** The hash of the user's file that may be replaced though it conflicts. */
  readonly overwrite: string | undefined
  /** What it makes run once it is kept, if anything: then it is kept only where `consented` names its content. */
  readonly runsLater?: string | undefined
  readonly consented?: string | undefined
}

/** Content to be kept, and the base that it makes. */
interface Target {
  readonly state: FileState
  readonly bytes: Buffer | undefined
  /** Where only some hunks are kept. */
  readonly part: { readonly diff: TextDiff; readonly chosen: ReadonlySet<LineRun> } | undefined
}

type Attempt = KeepResult | { readonly type: 'moved' }

const readAsync = promisify(read)

/**
 * Moves one change into the user's folder, all of it or some hunks. Where the user's file moves on while that is done,
 * it is read and joined anew. Afterwards what was kept is part of the base, so that what differs is what remains.
 */
export async function keepChange(params: KeepParams): Promise<KeepResult> {
  const { path } = params.difference
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      const result = await keepOnce(params)
      if (result.type !== 'moved') return result
    }
  } catch (error) {
    return refusalFor(path, error)
  }
  return {
    type: 'refused',
    path,
    why: 'The file changes all the time.',
    fix: 'Stop what is writing it, then keep again.',
  }
}

async function keepOnce(params: KeepParams): Promise<Attempt> {
  const { sides, difference } = params
  const { path } = difference
  const target = await targetOf(params)
  if (!target) return { type: 'stale', path }
  if (target.state.type === 'unusable') {
    return {
      type: 'refused',
      path,
      why: `The agent's file cannot be kept: ${target.state.why}.`,
      fix: 'Ask the agent for a regular file.',
    }
  }
  const content = contentName(target.state)
  if (params.runsLater !== undefined && params.consented !== content) {
    return { type: 'runsLater', path, what: params.runsLater, content }
  }
  const old = difference.from ?? difference
  const user = await sides.user.read(path)
  if (user.state.type === 'folder' || user.state.type === 'unusable') return inTheWay(path, user.state)
  if (target.state.type === 'symlink') {
    const trouble = linkTrouble(params.folder.root, path, target.state.target)
    if (trouble) {
      const fix = 'Make the link yourself if you want it, and discard this one.'
      return {
        type: 'refused',
        path,
        why: `The link's target ${JSON.stringify(target.state.target)} is refused: ${trouble}.`,
        fix,
      }
    }
  }
  if (target.state.type === 'file' && target.state.size > maxHashedBytes) {
    return { type: 'refused', path, why: 'It is larger than 1 GB.', fix: 'Copy it by hand if you want it.' }
  }
  return old === difference ? await keepInPlace(params, target, user) : await keepRenamed(params, old, target, user)
}

async function keepInPlace(params: KeepParams, target: Target, user: Reading): Promise<Attempt> {
  const { sides, difference } = params
  const { path, base } = difference
  const joined = reconcile({
    base,
    baseBytes: base.type === 'file' && user.bytes ? await baseBytes(sides, path, base) : undefined,
    user,
    target: target.state,
    targetBytes: target.bytes,
    overwrite: params.overwrite,
  })
  if (joined.type === 'conflict') return { ...joined, path }
  const mode = wantedMode(base, user.state, target)
  if (mode === undefined && params.overwrite !== hashOf(user.state)) {
    return { type: 'conflict', path, why: 'You and the agent both changed its mode.', user: hashOf(user.state) }
  }
  const placed = await place(params, path, user.state, target, joined, mode ?? modeOf(target.state))
  if (placed === 'moved') return { type: 'moved' }
  advance(params, path, target)
  return { type: 'kept', path, merged: joined.type === 'merged' }
}

/** The new file first, then the old one goes: a crash between the two leaves both. What is written is kept, come what may. */
async function keepRenamed(params: KeepParams, old: Difference, target: Target, user: Reading): Promise<Attempt> {
  const { sides, difference } = params
  const { path } = difference
  const before = await sides.user.read(old.path)
  if (user.state.type !== 'absent' && hashOf(user.state) !== params.overwrite) {
    const there = sameContent(user.state, target.state)
    const why = 'You made a file of the new name too, with other content.'
    if (!there) return { type: 'conflict', path, why, user: hashOf(user.state) }
  }
  const joined = reconcile({
    base: old.base,
    baseBytes: old.base.type === 'file' && before.bytes ? await baseBytes(sides, old.path, old.base) : undefined,
    user: before,
    target: target.state,
    targetBytes: target.bytes,
    overwrite: params.overwrite,
  })
  if (joined.type === 'conflict') return { ...joined, path }
  const content = joined.type === 'there' ? ({ type: 'replace' } as const) : joined
  const mode = wantedMode(old.base, before.state, target) ?? modeOf(target.state)
  const placed = await place(params, path, user.state, target, content, mode)
  if (placed === 'moved') return { type: 'moved' }
  advance(params, path, target)
  if (await removeOld(params, old, before.state)) sides.bases.set(old.path, { type: 'absent' })
  return { type: 'kept', path, merged: joined.type === 'merged' }
}

/** Names what is to be kept, so that consent to it is consent to nothing else. */
function contentName(state: FileState): string {
  const mode = state.type === 'file' ? state.mode.toString(8) : ''
  return `${state.type} ${mode} ${hashOf(state)}`
}

/** False where the user changed the old file since, or it cannot be removed: then it is left as a deletion of its own. */
async function removeOld({ folder }: KeepParams, old: Difference, seen: FileState): Promise<boolean> {
  if (seen.type === 'absent') return true
  try {
    return (await folder.remove(old.path, seen, old.goneWith)) === 'placed'
  } catch (error) {
    // Trouble of the file system is told when that deletion is kept; anything else is thrown on.
    refusalFor(old.path, error)
    return false
  }
}

/** Undefined where the difference or a hunk of it is no longer there. */
async function targetOf({ sides, difference, hunks }: KeepParams): Promise<Target | undefined> {
  const { path, layer } = difference
  if (hunks === undefined || (await isWholeOf(sides, difference, hunks))) {
    if (layer.type === 'absent') return { state: layer, bytes: undefined, part: undefined }
    const { state, bytes } = await sides.layer.read(path)
    return state.type === 'absent' || state.type === 'folder' ? undefined : { state, bytes, part: undefined }
  }
  const texts = await textSides(sides, difference)
  if (!texts) return undefined
  const diff = sides.hunkNames.diff(path, texts.base, texts.layer)
  const chosen = new Set(diff.runs.filter((_, at) => hunks.includes(diff.hunks[at]!.id)))
  if (chosen.size === 0 || chosen.size < new Set(hunks).size) return undefined
  const lines = applyRuns(diff.base, diff.layer, [...chosen])
  const bytes = Buffer.from(lines.join(''), 'utf8')
  return { state: contentState(bytes, modeOf(layer)), bytes, part: { diff, chosen } }
}

/** A file that came or went has one hunk, and that is the file. */
async function isWholeOf(sides: Sides, difference: Difference, hunks: readonly string[]): Promise<boolean> {
  const status = statusOf(difference)
  if (status !== 'added' && status !== 'deleted') return false
  const texts = await textSides(sides, difference)
  const ids = texts ? sides.hunkNames.diff(difference.path, texts.base, texts.layer).hunks.map(({ id }) => id) : []
  return ids.length > 0 && ids.length === hunks.length && ids.every((id) => hunks.includes(id))
}

async function place(
  { sides, folder, difference }: KeepParams,
  path: string,
  user: FileState,
  target: Target,
  content: { type: 'there' } | { type: 'replace' } | { type: 'merged'; bytes: Buffer },
  mode: number,
): Promise<'placed' | 'moved'> {
  const { state } = target
  if (state.type === 'absent')
    return user.type === 'absent' ? 'placed' : await folder.remove(path, user, difference.goneWith)
  if (content.type === 'there') {
    const same = user.type !== 'file' || user.mode === mode
    return same ? 'placed' : await folder.setMode(path, user, mode)
  }
  if (state.type === 'symlink') return await folder.placeLink(path, user, state.target)
  const bytes = content.type === 'merged' ? content.bytes : target.bytes
  if (bytes) return await folder.placeFile(path, user, mode, async (fd) => writeAll(fd, bytes))
  const from = inParent(sides.layer.root, path, openRegular)
  try {
    return await folder.placeFile(path, user, mode, (fd) => copy(from, fd, state as FileContent))
  } finally {
    closeSync(from)
  }
}

/** The kept content is what both sides go on from. */
function advance({ sides, difference }: KeepParams, path: string, target: Target): void {
  const { state, bytes, part } = target
  if (state.type === 'unusable' || state.type === 'folder') return
  const old = (difference.from ?? difference).base
  if (bytes) sides.bases.put(bytes)
  const next: Base = baseOf(state, bytes !== undefined)
  const mode = part && old.type === 'file' ? old.mode : modeOf(state)
  sides.bases.set(path, next.type === 'file' ? { ...next, mode } : next)
  if (part && next.type === 'file') sides.hunkNames.kept(path, part.diff, part.chosen, next.sha256)
}

/** Undefined where user and agent set different ones. Some hunks leave the user's mode alone. */
function wantedMode(base: Base, user: FileState, { state, part }: Target): number | undefined {
  const layer = modeOf(state)
  if (user.type !== 'file' || state.type !== 'file') return layer
  if (part || base.type !== 'file' || base.mode === layer) return base.type === 'file' || part ? user.mode : layer
  return user.mode === base.mode || user.mode === layer ? layer : undefined
}

function modeOf(state: FileState): number {
  return state.type === 'file' ? state.mode : 0o644
}

function inTheWay(path: string, state: FileState): KeepResult {
  const what = state.type === 'folder' ? 'a folder' : 'something that is no regular file'
  const fix = 'Move it away, or keep the changes that remove it first; then keep again.'
  return { type: 'refused', path, why: `There is ${what} of that name in your workspace.`, fix }
}

function writeAll(fd: number, bytes: Uint8Array): true {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at)
  return true
}

/** False where the agent changed the file meanwhile. */
async function copy(from: number, to: number, { size, sha256 }: FileContent): Promise<boolean> {
  const buffer = Buffer.allocUnsafe(1024 * 1024)
  const hash = createHash('sha256')
  for (let at = 0; at < size; ) {
    const { bytesRead } = await readAsync(from, buffer, 0, Math.min(buffer.length, size - at), at)
    if (bytesRead === 0) break
    const part = buffer.subarray(0, bytesRead)
    hash.update(part)
    writeAll(to, part)
    at += bytesRead
  }
  return hash.digest('hex') === sha256
}
