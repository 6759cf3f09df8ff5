import type { Evidence } from '#protocol/event.ts'
import type { SandboxStatus } from '#protocol/sandbox.ts'

/** The folders that a layer is mounted from. All absolute; `upper` and `work` lie on one file system. */
interface LayerMount {
  /** The user's folder: never written, and the path that the layer appears under inside the sandbox. */
  readonly lower: string
  readonly upper: string
  readonly work: string
}

export interface OpenParams {
  readonly layer: LayerMount
  /** The workspace's persistent home directory on the host; appears inside at the user's own home path. Made if missing. */
  readonly home: string
}

/** One kind of sandbox. Opening fails closed: a kind that cannot enforce what was asked throws, and nothing falls back. */
export interface SandboxProvider {
  readonly kind: string
  /** Tries the whole mechanism once (cached while it works) and says what is missing, with the one fix. Never throws. */
  probe(): Promise<SandboxStatus>
  /**
   * Opens the workspace's sandbox over a layer. Many may be open at once over one workspace, each on its own layer;
   * two over one layer are refused. Throws `sandboxUnavailable`.
   */
  open(params: OpenParams): Promise<Sandbox>
}

/**
 * The workspace's computer as one session sees it: its layer over the user's folder at the same absolute path, the
 * workspace's home, no network unless a command asks. Paths are absolute, as seen inside. Everything that touches files
 * happens inside the boundary, so links lead nowhere else.
 *
 * `open` → any number of calls → `close`; `closed` settles when it is gone, for whatever reason, and every call
 * under way then has failed with a `SandboxGone` error.
 */
export interface Sandbox {
  readonly kind: string
  /** The workspace's path, the same inside and outside. */
  readonly root: string
  readonly home: string
  /** When the layer was mounted, in ms since 1970: a file of the user's changed later may not be what the sandbox saw. */
  readonly mountedAt: number

  /** Runs one command to its end. Never rejects for what the command does; rejects with `SandboxGone` only. */
  exec(command: Command, options?: ExecOptions): Promise<CommandResult>
  /** Reads at most `maxBytes` from `offset` of a regular file. Anything else is a `FileFault`. */
  readFile(path: string, options?: { offset?: number; maxBytes?: number }): Promise<FileRead | FileFault>
  /** Replaces the file's content, keeping its mode; makes missing folders. Regular files and new names only. */
  writeFile(path: string, bytes: Uint8Array, options?: { mode?: number }): Promise<{ type: 'written' } | FileFault>
  /** Removes a file, a link or a whole folder. Succeeds where there is nothing. */
  remove(path: string): Promise<{ type: 'removed' } | FileFault>
  makeSymlink(path: string, target: string): Promise<{ type: 'written' } | FileFault>
  setMode(path: string, mode: number): Promise<{ type: 'written' } | FileFault>
  /** The entries of a folder, sorted by name, at most `limit` (default 10,000). */
  list(path: string, options?: { limit?: number }): Promise<FolderList | FileFault>
  /** Of the name itself: a link is not followed. */
  stat(path: string): Promise<FileStat | FileFault>
  /** Kills every process inside (not the sandbox) and waits until they are gone. */
  killAll(): Promise<void>
  close(): Promise<void>
  readonly closed: Promise<void>
}

export interface Command {
  /** A shell line for `bash -c`, or a program and its arguments. */
  readonly line: string | readonly string[]
  /** Absolute; the workspace root where absent. */
  readonly cwd?: string
  /** Added to the sandbox's own scrubbed environment. */
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: Uint8Array
  /** Default 120,000. The command's process tree is killed at the end of it. */
  readonly timeoutMs?: number
  /** Kept of stdout and of stderr each, head and tail; default 64 KiB. What lies between is counted, not kept. */
  readonly outputLimit?: number
  /** Shares the machine's network. Only after an approval. */
  readonly network?: boolean
}

export interface ExecOptions {
  /** Kills the process tree; the result then says `cancelled`. */
  readonly signal?: AbortSignal
  /** Output as it comes, bounded as the result is. */
  readonly onOutput?: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void
}

export interface CommandResult {
  readonly end:
    | { type: 'exited'; code: number }
    | { type: 'signalled'; signal: string }
    | { type: 'timedOut'; afterMs: number }
    | { type: 'cancelled' }
    | { type: 'failedToStart'; why: string }
  readonly stdout: Output
  readonly stderr: Output
  readonly durationMs: number
  readonly evidence: Evidence
}

/** `head` and, where `omitted` (bytes) is above 0, `tail`. */
export interface Output {
  readonly head: Uint8Array
  readonly tail: Uint8Array
  readonly omitted: number
}

export type FileKind = 'file' | 'folder' | 'symlink' | 'other'

export interface FileRead {
  readonly type: 'read'
  readonly bytes: Uint8Array
  /** The whole file's size in bytes. */
  readonly size: number
  readonly mode: number
}

export interface FileStat {
  readonly type: 'stat'
  readonly kind: FileKind
  readonly size: number
  readonly mode: number
  /** Where `kind` is `symlink`. */
  readonly target?: string
}

export interface FolderList {
  readonly type: 'list'
  readonly entries: readonly { name: string; kind: FileKind; size: number }[]
  /** There were more than the limit. */
  readonly truncated: boolean
}

export interface FileFault {
  readonly type: 'fault'
  readonly code: 'notFound' | 'notAFile' | 'notAFolder' | 'denied' | 'readOnly' | 'tooLarge' | 'noSpace' | 'other'
  /** What and where, in words for the agent. */
  readonly message: string
}

/** The sandbox ended while a call was under way, or before it. */
export class SandboxGone extends Error {
  constructor(why: string) {
    super(`The sandbox is gone: ${why}`)
    this.name = 'SandboxGone'
  }
}
