import * as z from 'zod'
import type { Base } from './base.ts'
import { baseSchema } from './baseStore.ts'
import { sameState } from './fileState.ts'

const base = { base: baseSchema.exactOptional() }

/**
 * What a layer had of its own at one path when a checkpoint was made, with the base that it had there. What is equal to
 * its base is no entry: there the user's own file shows.
 */
export const checkpointEntrySchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('file'),
    size: z.number(),
    mode: z.number(),
    sha256: z.string(),
    /** Of the layer's file that was read; absent where that was too young, or moving, to be told by it. */
    stamp: z.string().exactOptional(),
    ...base,
  }),
  z.object({ type: z.literal('symlink'), target: z.string(), ...base }),
  z.object({ type: z.literal('folder'), mode: z.number(), ...base }),
  /** The user has something there, and the layer has not. */
  z.object({ type: z.literal('absent'), ...base }),
  /** There is something that no checkpoint holds: a device, a pipe, a file that is too large or may not be read. */
  z.object({ type: z.literal('other') }),
])
export type CheckpointEntry = z.infer<typeof checkpointEntrySchema>

/** A change that the user kept: what the agent had started from, and what it goes on from. */
export const keptSchema = z.object({ path: z.string(), before: baseSchema, after: baseSchema })
export type Kept = z.infer<typeof keptSchema>

/** A content that a checkpoint needs. */
export interface ContentRef {
  readonly sha256: string
  readonly size: number
}

/** The same state of the layer; bases aside. */
export function sameEntry(a: CheckpointEntry, b: CheckpointEntry): boolean {
  if (a.type === 'folder') return b.type === 'folder' && a.mode === b.mode
  return a.type === 'other' ? b.type === 'other' : sameState(a, b)
}

/** The stored contents that it needs, for counting who needs them. */
export function refsOfEntry(entry: CheckpointEntry): ContentRef[] {
  const own = entry.type === 'file' ? [{ sha256: entry.sha256, size: entry.size }] : []
  return [...own, ...('base' in entry ? refsOfBase(entry.base) : [])]
}

export function refsOfBase(base: Base | undefined): ContentRef[] {
  return base?.type === 'file' && base.stored ? [{ sha256: base.sha256, size: base.size }] : []
}
