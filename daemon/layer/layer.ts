import type { Change, Content, DiscardResult, Hunk, KeepAnswers, KeepResult, Selection } from '#protocol/change.ts'
import type { RewindResult } from '#protocol/checkpoint.ts'

/**
 * One session's copy-on-write view of the workspace. What the agent did is the difference between the base (what it
 * started from) and the layer. `keep` is the only thing in Paddock that writes the user's files.
 *
 * Paths are relative to the workspace, `/` between parts. All calls on one layer are serialised by the layer itself.
 * While the user's folder is gone, every call that needs it rejects with `folderNotUsable`; `dispose` does not need it.
 */
export interface Layer {
  /** The user's folder. */
  readonly folder: string
  /** Where a sandbox finds it. */
  readonly mount: LayerMount
  /** Rises with every difference in what `changes` answers. */
  readonly revision: number

  /**
   * What differs, in O(changes). Remembers the base of every path at its first sight. Sorted by path. Git's own data
   * (`.git`, at any depth) is no file change and is left out, as is what can never be kept: see `skipped`.
   */
  changes(): Promise<Change[]>
  /**
   * What the last `changes` left out (a device, a pipe, a name that is not UTF-8, …) and why, and what the last
   * checkpoint could not hold (a file above 64 MB); bounded. '' is the workspace.
   */
  readonly skipped: readonly { readonly path: string; readonly why: string }[]
  /** The hunks of a text change, in order; empty for any other. A file that came or went is one hunk. */
  hunks(path: string): Promise<Hunk[]>
  read(path: string, side: 'base' | 'layer' | 'user'): Promise<Content>
  keep(selections: readonly Selection[] | 'all', options?: KeepOptions): Promise<KeepResult[]>
  /** Writes through `files`, so that an agent at work in there sees it at once. */
  discard(selections: readonly Selection[] | 'all', files: LayerFiles): Promise<DiscardResult[]>

  /** To be told before a tool writes `path`: `bytes` is what the agent sees there now, null where there is nothing. */
  rememberBase(path: string, bytes: Uint8Array | null, mode: number): Promise<void>
  /** The layer was mounted at this time (ms since 1970): bases older than that are what the agent saw. */
  mounted(at: number): void
  /** Called while the layer is not mounted: drops what equals the workspace, so that the user's newer files show again. */
  prune(): Promise<void>
  /**
   * Remembers the layer as it stands, Git's data too, under a name that is unique in this layer; content is stored in
   * O(what changed since the checkpoint before). Nothing is stored, and false, where nothing that the agent sees changed
   * since then; the first is always stored. After a crash it is whole or not there.
   */
  checkpoint(name: string): Promise<boolean>
  /** The names, oldest first. Where they become too many (200) or take too much, older ones are no longer among them. */
  checkpoints(): readonly string[]
  /**
   * Makes the layer what it was at that checkpoint: contents, modes, links, folders, names that came and went; what was
   * kept or the user changed meanwhile is the user's and stays: in the user's folder nothing is written, and where what
   * was kept is other than the checkpoint has it, that is a change. What no checkpoint holds stays as it is. Writes
   * through `files`. Later checkpoints remain. Where the user replaced a folder in which a program stands, that fails, says
   * so, and goes on where it is done again once the program has ended.
   */
  rewind(name: string, files: LayerFiles): Promise<RewindResult>

  /** Bytes that the layer takes on the disk: its files, bases and checkpoints. */
  size(): Promise<number>
  /** Removes everything that the layer stored. The workspace is not touched. */
  dispose(): Promise<void>
}

export interface KeepOptions extends KeepAnswers {
  /** What a file of this path would make run once it is kept: such a file is kept with consent only. */
  readonly runsLater?: (path: string) => string | undefined
}

/** What `LayerMount` of the sandbox interface says; written twice because layers know no sandbox. */
export type LayerMount =
  | { readonly type: 'overlay'; readonly lower: string; readonly upper: string; readonly work: string }
  | { readonly type: 'copy'; readonly lower: string; readonly copy: string }

/** Makes and finds layers of one kind. */
export interface LayerProvider {
  /**
   * Opens the layer over `folder` that is stored in the private folder `store`: made if missing, and where it was there
   * before, after a crash too, in the same state. One process opens a store once at a time. The folder may be gone.
   */
  open(params: { folder: string; store: string }): Promise<Layer>
}

/** A `fault` was refused; `code` is of the sandbox's own faults. */
export interface FileCallResult {
  readonly type: string
  readonly code?: string
  readonly message?: string
}

/** Write access to the layer as the agent sees it, which a sandbox open on the layer gives. Absolute paths. */
export interface LayerFiles {
  /** Where the workspace is in there. */
  readonly root: string
  writeFile(path: string, bytes: Uint8Array, options?: { mode?: number }): Promise<FileCallResult>
  remove(path: string): Promise<FileCallResult>
  makeSymlink(path: string, target: string): Promise<FileCallResult>
  setMode(path: string, mode: number): Promise<FileCallResult>
  /**
   * Where the layer is mounted: what the user's folder has now is looked up anew, as far as nothing inside is using it;
   * `false` where something is.
   */
  refresh?(): Promise<boolean>
}
