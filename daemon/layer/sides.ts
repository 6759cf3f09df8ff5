import { type Base, type BaseFile, baseOf } from './base.ts'
import type { BaseStore } from './baseStore.ts'
import { type Difference, shownBase } from './difference.ts'
import { type FileState, type Reading, sha256 } from './fileState.ts'
import type { HunkNames, Side } from './hunks.ts'
import type { LayerView } from './layerView.ts'
import type { Renames } from './renames.ts'
import { asText, splitLines } from './text.ts'
import type { Tree } from './tree.ts'

/** What one layer is compared from: the user's folder, the layer's own files, the bases, and what is known of them. */
export interface Sides {
  readonly user: Tree
  readonly layer: Tree
  readonly bases: BaseStore
  readonly view: LayerView
  readonly renames: Renames
  readonly hunkNames: HunkNames
}

/** The content of a base, where anybody still has it. */
export async function baseBytes(
  sides: Pick<Sides, 'bases' | 'user'>,
  path: string,
  base: BaseFile,
): Promise<Buffer | undefined> {
  if (base.stored) return await sides.bases.content(base.sha256)
  const { state, bytes } = await sides.user.read(path)
  return state.type === 'file' && state.sha256 === base.sha256 ? bytes : undefined
}

/** Stores a file's content, if it is one to be held, and answers the base that it makes. */
export function storeBase(bases: BaseStore, { state, bytes, stamp }: Reading): Base {
  if (state.type === 'unusable') return { type: 'unknown' }
  if (bytes) bases.put(bytes)
  return baseOf(state, bytes !== undefined, stamp)
}

/** Both sides of a difference as lines, read now; undefined where one of them is no text. */
export async function textSides(
  sides: Sides,
  difference: Difference,
): Promise<{ base: Side; layer: Side } | undefined> {
  const old = difference.from ?? difference
  const before = shownBase(old)
  const base = lineSide(
    before,
    before.type !== 'file'
      ? undefined
      : old.base.type === 'file'
        ? await baseBytes(sides, old.path, old.base)
        : (await sides.user.read(old.path)).bytes,
  )
  if (!base) return undefined
  const now = difference.layer.type === 'absent' ? undefined : await sides.layer.read(difference.path)
  const layer = now ? lineSide(now.state, now.bytes) : nothing
  return layer && { base, layer }
}

const nothing: Side = { sha256: '', lines: [] }

function lineSide(state: FileState | Base, bytes: Uint8Array | undefined): Side | undefined {
  if (state.type === 'absent' || state.type === 'folder') return nothing
  if (state.type !== 'file' || !bytes) return undefined
  const text = asText(bytes)
  return text === undefined ? undefined : { sha256: sha256(bytes), lines: splitLines(text) }
}
