import type { Change, Content, DiscardResult, Hunk, KeepResult, Selection } from '#protocol/change.ts'

/**
 * One session's copy-on-write view of the workspace. What the agent did is the difference between the base (what it
 * started from) and the layer. `keep` is the only thing in Paddock that writes the user's files.
 *
 * Paths are relative to the workspace, `/` between parts. All calls on one layer are serialised by the layer itself.
 */
export interface Layer {
  /** The user's folder. */
  readonly folder: string
  /** Rises with every difference in what `changes` answers. */
  readonly revision: number

  /** What differs, in O(changes). Remembers the base of every path at its first sight. Sorted by path. */
  changes(): Promise<Change[]>
  /** The hunks of a text change, in order; empty for any other. */
  hunks(path: string): Promise<Hunk[]>
  read(path: string, side: 'base' | 'layer' | 'user'): Promise<Content>
  keep(selections: readonly Selection[] | 'all', overwrite?: { path: string; user: string }): Promise<KeepResult[]>
  /** Writes through `files`, so that an agent at work in there sees it at once. */
  discard(selections: readonly Selection[] | 'all', files: LayerFiles): Promise<DiscardResult[]>

  /** To be told before a tool writes `path`: `bytes` is what the agent sees there now, null where there is nothing. */
  rememberBase(path: string, bytes: Uint8Array | null, mode: number): Promise<void>
  /** The layer was mounted at this time (ms since 1970): bases older than that are what the agent saw. */
  mounted(at: number): void
  /** Called while the layer is not mounted: drops what equals the workspace, so that the user's newer files show again. */
  prune(): Promise<void>
  /** Removes everything that the layer stored. The workspace is not touched. */
  dispose(): Promise<void>
}

/** Write access to the merged view, which a sandbox open on the layer gives. Absolute paths. */
export interface LayerFiles {
  writeFile(path: string, bytes: Uint8Array, options?: { mode?: number }): Promise<{ type: string; message?: string }>
  remove(path: string): Promise<{ type: string; message?: string }>
  makeSymlink(path: string, target: string): Promise<{ type: string; message?: string }>
  setMode(path: string, mode: number): Promise<{ type: string; message?: string }>
}
