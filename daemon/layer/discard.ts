import { join } from 'node:path'
import type { DiscardResult } from '#protocol/change.ts'
import type { Difference } from './difference.ts'
import { contentState, type FileState, maxHeldBytes, sameContent } from './fileState.ts'
import type { LayerFiles } from './layer.ts'
import { applyRuns } from './lineDiff.ts'
import { type Sides, storeBase, textSides } from './sides.ts'

export interface DiscardParams {
  readonly sides: Sides
  readonly difference: Difference
  /** All of it where absent. */
  readonly hunks: readonly string[] | undefined
  readonly files: LayerFiles
  /** Another change lies in the folder of that path. */
  readonly isFolderInUse: (path: string) => boolean
}

/**
 * Drops one change from the layer. A hunk goes back to the base's lines. A whole file becomes what the user has there
 * now, which is the base unless the user moved on: the agent goes on from the truth. Where the agent edits the file
 * between the looking at its hunks and the writing, nothing is written: that is stale.
 */
export async function discardChange(params: DiscardParams): Promise<DiscardResult> {
  const { difference, hunks } = params
  if (hunks !== undefined) {
    const whole = difference.layer.type === 'absent' || (difference.base.type === 'absent' && !difference.from)
    return await discardHunks(params, hunks, whole)
  }
  const result = await restore(params, difference)
  if (result.type !== 'discarded' || !difference.from) return result
  const from = await restore(params, difference.from)
  return { ...from, path: difference.path }
}

async function discardHunks(params: DiscardParams, hunks: readonly string[], whole: boolean): Promise<DiscardResult> {
  const { sides, difference, files } = params
  const { path } = difference
  const texts = await textSides(sides, difference)
  if (!texts) return { type: 'stale', path }
  const diff = sides.hunkNames.diff(path, texts.base, texts.layer)
  const chosen = new Set(diff.runs.filter((_, at) => hunks.includes(diff.hunks[at]!.id)))
  if (chosen.size === 0 || chosen.size < new Set(hunks).size) return { type: 'stale', path }
  if (whole && chosen.size === diff.runs.length) return await restore(params, difference, diff.layerHash)
  const left = diff.runs.filter((run) => !chosen.has(run))
  const bytes = Buffer.from(applyRuns(diff.base, diff.layer, left).join(''), 'utf8')
  // The agent may be at work in there: what it wrote since is not in `bytes`.
  if (!isAsRead((await sides.layer.read(path)).state, diff.layerHash)) return { type: 'stale', path }
  const written = await files.writeFile(join(files.root, path), bytes)
  if (written.type !== 'written') return refused(path, written.message)
  sides.hunkNames.discarded(path, diff, chosen, contentState(bytes, 0).sha256)
  return { type: 'discarded', path }
}

/** Whether the layer still has the text of that hash; '' is that of no file. */
function isAsRead(state: FileState, hash: string): boolean {
  if (hash === '') return state.type === 'absent' || state.type === 'folder'
  return state.type === 'file' && state.sha256 === hash
}

/** Makes the layer what the user has; where a hash is given, only while the layer has that text. */
async function restore(
  { sides, files, isFolderInUse }: DiscardParams,
  difference: Difference,
  onlyOf?: string,
): Promise<DiscardResult> {
  const { path, layer } = difference
  const at = join(files.root, path)
  const user = await sides.user.read(path)
  const { state } = user
  if (state.type === 'unusable') return refused(path, `what you have there cannot be copied: ${state.why}`)
  if (state.type === 'file' && !user.bytes && !sameContent(state, layer)) {
    return refused(path, `your file is larger than ${maxHeldBytes / 1024 / 1024} MB`)
  }
  const steps: (() => Promise<{ type: string; message?: string }>)[] = []
  // In the place of a file that was deleted, the agent may have made a folder.
  const { state: now } = await sides.layer.read(path)
  if (onlyOf !== undefined && !isAsRead(now, onlyOf)) return { type: 'stale', path }
  const isFolder = now.type === 'folder'
  if (isFolder && isFolderInUse(path)) return refused(path, 'there is a folder of that name with changes in it')
  const replaces = isFolder || layer.type === 'symlink' || state.type !== 'file'
  if (replaces) steps.push(() => files.remove(at))
  if (state.type === 'symlink') steps.push(() => files.makeSymlink(at, state.target))
  if (state.type === 'file') {
    const { bytes } = user
    if (bytes && (replaces || !sameContent(state, layer))) {
      steps.push(() => files.writeFile(at, bytes, { mode: state.mode }))
    }
    steps.push(() => files.setMode(at, state.mode))
  }
  for (const step of steps) {
    const result = await step()
    if (result.type === 'fault') return refused(path, result.message)
  }
  // A folder of the user's that the agent's file hid is not the agent's to have deleted.
  sides.bases.set(path, state.type === 'folder' ? { type: 'absent' } : storeBase(sides.bases, user))
  return { type: 'discarded', path }
}

function refused(path: string, why: string | undefined): DiscardResult {
  const fix = 'Discard or change it through the agent, or start a new session.'
  return { type: 'refused', path, why: `It could not be put back in the layer: ${why ?? 'it was refused'}.`, fix }
}
