import * as z from 'zod'
import { method } from './method.ts'

/**
 * A run of lines that differ between base and layer. `id` is computed from content (path, old and new lines, and among
 * hunks that are equal in those the number of the hunk) and not from where it stands: the same hunk has the same id for
 * every client, also after others were kept or discarded, and a stale id names nothing. Lines are 0-based; `end` is
 * exclusive.
 */
export const Hunk = z.object({
  id: z.string(),
  baseStart: z.number(),
  baseEnd: z.number(),
  layerStart: z.number(),
  layerEnd: z.number(),
})
export type Hunk = z.infer<typeof Hunk>

/** One file's difference between layer and workspace. Path relative to the workspace, `/` between parts. */
export const Change = z.object({
  path: z.string(),
  status: z.enum(['added', 'modified', 'deleted', 'renamed']),
  /** The old path, where `status` is `renamed`. */
  from: z.string().optional(),
  /** What the file is in the layer, or was where it is deleted. */
  kind: z.enum(['text', 'binary', 'symlink']),
  additions: z.number(),
  deletions: z.number(),
  /** File mode bits (0o777) where they differ: before and after. */
  mode: z.object({ base: z.number(), layer: z.number() }).optional(),
  /** The user's file is no longer the base that the agent started from: keeping it will merge. */
  baseMoved: z.boolean(),
})
export type Change = z.infer<typeof Change>

export const Content = z.discriminatedUnion('type', [
  z.object({ type: z.literal('absent') }),
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('binary'), size: z.number(), sha256: z.string() }),
  z.object({ type: z.literal('symlink'), target: z.string() }),
  z.object({ type: z.literal('tooLarge'), size: z.number() }),
])
export type Content = z.infer<typeof Content>

/** A file, or some of its hunks. */
export const Selection = z.object({ path: z.string(), hunks: z.array(z.string()).optional() })
export type Selection = z.infer<typeof Selection>

export const KeepResult = z.discriminatedUnion('type', [
  z.object({ type: z.literal('kept'), path: z.string(), merged: z.boolean() }),
  /** The user and the agent changed the same lines; nothing was written. `user` is the SHA-256 of the user's file, '' where it is absent. */
  z.object({ type: z.literal('conflict'), path: z.string(), why: z.string(), user: z.string() }),
  /** Kept, this file would make something run later (`what` says what); nothing was written. `content` names what was to be kept. */
  z.object({ type: z.literal('runsLater'), path: z.string(), what: z.string(), content: z.string() }),
  /** The hunk or change is no longer there; list again. */
  z.object({ type: z.literal('stale'), path: z.string() }),
  z.object({ type: z.literal('refused'), path: z.string(), why: z.string(), fix: z.string() }),
])
export type KeepResult = z.infer<typeof KeepResult>

export const DiscardResult = z.discriminatedUnion('type', [
  z.object({ type: z.literal('discarded'), path: z.string() }),
  z.object({ type: z.literal('stale'), path: z.string() }),
  z.object({ type: z.literal('refused'), path: z.string(), why: z.string(), fix: z.string() }),
])
export type DiscardResult = z.infer<typeof DiscardResult>

/** A person's answers to what keeping asked: to a conflict, and to files that make something run later. */
const KeepAnswers = z.object({
  /** The layer's file replaces the user's, if that still has this SHA-256. */
  overwrite: z.object({ path: z.string(), user: z.string() }).optional(),
  /** These may be kept, if what is to be kept still is what `runsLater` named. */
  consents: z
    .array(z.object({ path: z.string(), content: z.string() }))
    .max(1_000)
    .optional(),
})
export type KeepAnswers = z.infer<typeof KeepAnswers>

const Ref = z.object({ session: z.string() })
/** Everything where `selections` is absent. */
const Selections = Ref.extend({ selections: z.array(Selection).max(10_000).optional() })

export const changeMethods = {
  /** `skipped`: what cannot be a change (special files, unreadable ones) and why; it stays in the layer. */
  'change/list': method(
    Ref,
    z.object({
      revision: z.number(),
      changes: z.array(Change),
      skipped: z.array(z.object({ path: z.string(), why: z.string() })),
    }),
  ),
  'change/hunks': method(Ref.extend({ path: z.string() }), z.object({ revision: z.number(), hunks: z.array(Hunk) })),
  /** One side of a change: `base` what the agent started from, `layer` what it made of it, `user` the file in the workspace now. */
  'change/read': method(
    Ref.extend({ path: z.string(), side: z.enum(['base', 'layer', 'user']) }),
    z.object({ content: Content }),
  ),
  /**
   * Moves changes into the workspace: compare-and-swap on the user's file, three-way merge where it moved on. What needs an
   * answer first (a conflict, a file that makes something run later) is told, and the rest is kept.
   */
  'change/keep': method(Selections.extend(KeepAnswers.shape), z.object({ results: z.array(KeepResult) })),
  /** Drops changes from the layer; the agent's next read sees it. */
  'change/discard': method(Selections, z.object({ results: z.array(DiscardResult) })),
}
