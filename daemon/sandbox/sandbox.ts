import type { Duplex, Readable, Writable } from 'node:stream'
import type { Evidence } from '#protocol/event.ts'
import type { LimitName, Limits, SandboxInfo, SandboxRunner, SandboxStatus } from '#protocol/sandbox.ts'
import type { Environment } from './environment.ts'
import type { Redaction } from './redaction.ts'

/** Where a layer lies. All paths absolute. */
export type LayerMount =
  /** Mounted by overlayfs (`userxattr`) over `lower`'s own path; `upper` and `work` lie on one file system. */
  | {
      readonly type: 'overlay'
      /** The user's folder: never written, and the path that the layer appears under inside the sandbox. */
      readonly lower: string
      readonly upper: string
      readonly work: string
    }
  /** A copy of the user's folder, in `copy`. A kind that can shows it at `lower`'s path; otherwise `Sandbox.root` is `copy`. */
  | { readonly type: 'copy'; readonly lower: string; readonly copy: string }

export interface OpenParams {
  readonly layer: LayerMount
  /** The workspace's persistent home directory on the host; appears inside at the user's own home path. Made if missing. */
  readonly home: string
  /** A private folder of this workspace and kind, for what else the kind keeps. Made if missing. */
  readonly store: string
  /** A folder of the daemon's that appears inside, read-only, at `/.paddock`. */
  readonly identity?: string
  /** What is absent is not limited. */
  readonly limits?: Limits
  /** Where connections go. Without it nothing gets out, and names do not resolve. */
  readonly network?: NetworkPort
  /** The image to run, for kinds that have images. */
  readonly image?: string
}

/** One kind of sandbox. Opening fails closed: a kind that cannot enforce what was asked throws, and nothing falls back. */
export interface SandboxProvider {
  readonly kind: string
  /** The layers that it can open. */
  readonly layers: readonly LayerMount['type'][]
  /** Ends and removes what daemons that were killed left of this kind on this machine, of this data folder only. Never throws. */
  cleanUp?(): Promise<void>
  /**
   * Tries the whole mechanism once (cached while it works) and says what is missing, with the one fix. Never throws. `store`
   * is that of the workspace it is for, where that is known.
   */
  probe(store?: string): Promise<SandboxStatus>
  /** Where more than one can run it. */
  readonly runners?: Runners
  /**
   * Opens the workspace's sandbox over a layer. Many may be open at once over one workspace, each on its own layer;
   * two over one layer are refused. Throws `sandboxUnavailable`.
   */
  open(params: OpenParams): Promise<Sandbox>
  /** What it keeps of a workspace beside the home, where it keeps anything. */
  readonly environment?: Environment
}

/** What ran when the workspace was suspended goes on here, or it was lost, with the reason. */
export type Resumed = NonNullable<SandboxInfo['open'][number]['resumed']>

/** Which of them runs a workspace's sandboxes: chosen once, and kept, since what is installed lies with it. */
export interface Runners {
  /** Nothing where it is not chosen yet. */
  of(store: string): SandboxRunner | undefined
  settle(store: string): Promise<SandboxRunner>
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
  /** Where more than one can run the kind. */
  readonly runner?: SandboxRunner | undefined
  /** The workspace's path, the same inside and outside. */
  readonly root: string
  readonly home: string
  /** When the layer was mounted, in ms since 1970: a file of the user's changed later may not be what the sandbox saw. */
  readonly mountedAt: number

  /** Runs one command to its end. Never rejects for what the command does; rejects with `SandboxGone` only. */
  exec(command: Command, options?: ExecOptions): Promise<CommandResult>
  /** Starts a program that is talked to while it runs; it lives until it ends, is killed, or the sandbox is closed. */
  start(command: ProcessCommand): Promise<SandboxProcess | { type: 'failedToStart'; why: string }>
  /** TCP ports that programs inside listen on, by number. */
  ports(): Promise<ListeningPort[]>
  /** A connection to a port inside (on its loopback address). Rejects with an Error where nobody listens. */
  connect(port: number): Promise<Duplex>
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
  /** For whoever hands text from inside to a model: secrets are taken out. */
  readonly redaction?: Redaction
  /** Kills every process inside (not the sandbox) and waits until they are gone. */
  killAll(): Promise<void>
  /** How each limit that was asked for is held, for this sandbox. */
  readonly limits: LimitsInForce
  /** Stops every process inside where it is, until `thaw`; memory is kept. Only where the kind can. */
  freeze?(): Promise<void>
  thaw?(): Promise<void>
  /**
   * Of one that is frozen: its memory is written to the kind's store, for whoever next opens a sandbox over this layer to go on
   * with, in this daemon or another. Thawing forgets it. Only where the kind can.
   */
  saveMemory?(): Promise<void>
  /** What became of a memory that was saved over this layer, where there was one. */
  readonly resumed?: Resumed | undefined
  /**
   * Mounts the layer anew, so that what the user saved meanwhile shows; `false` where something inside still uses it: then
   * only what nothing uses of it is looked up anew, if that can be done at all. Only where the layer is mounted.
   */
  refresh?(): Promise<boolean>
  /** Of one that may be held still: settles once it answers at once, which may take resuming it; also where it cannot go on. */
  awake?(): Promise<void>
  /** Also of one that is frozen. */
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
  /** It asked for the network, and was allowed to. What that reaches is for the `NetworkPort` to say, by `tag`. */
  readonly network?: boolean
  /** An unguessable name for what this command belongs to (128 random bits, hex): `Outgoing.tag` of its connections. */
  readonly tag?: string
}

export interface ProcessCommand extends Pick<Command, 'line' | 'cwd' | 'env' | 'tag'> {
  /** On a pseudo-terminal of so many characters; its output then all comes on `stdout`. */
  readonly terminal?: { readonly columns: number; readonly rows: number }
}

/** A program that runs inside. Its streams hold back what nobody reads: it then waits in its own writes. */
export interface SandboxProcess {
  readonly type: 'started'
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** A signal's name, to the process and its group; default SIGTERM. `SIGKILL` takes the whole tree. */
  kill(signal?: string): void
  resize(columns: number, rows: number): void
  /** Once it and its streams have ended. Rejects with `SandboxGone` only. */
  readonly ended: Promise<Exclude<CommandResult['end'], { type: 'failedToStart' | 'timedOut' | 'cancelled' }>>
}

export interface ListeningPort {
  readonly port: number
  /** The name of the program that listens, where it is known. */
  readonly program?: string
}

export type LimitsInForce = { readonly [L in LimitName]?: 'whole' | 'perProcess' | 'notEnforced' }

/** The way out of a sandbox, which the daemon holds: nothing else inside leads to a network. */
export interface NetworkPort {
  /** A program wants out. Whoever is called owns `stream` until both have ended; destroying it is a refusal. */
  connection(outgoing: Outgoing, stream: Duplex): void
  /** Whether a name gets an address inside: one that stands for the name, never the real one. Decides nothing else. */
  resolves(name: string, tag: string | undefined): boolean
}

export type Outgoing =
  /**
   * To the proxy's address: it will speak HTTP or SOCKS5, and name its tag as the proxy user if it can (Java cannot). The
   * tag here is the best guess, for those that name none.
   */
  | { readonly type: 'proxy'; readonly tag?: string | undefined }
  /** To an address that stands for `host`, by a program that knows of no proxy. The tag is the best guess. */
  | { readonly type: 'captured'; readonly host: string; readonly port: number; readonly tag: string | undefined }

export interface ExecOptions {
  /** Kills the process tree; the result then says `cancelled`. */
  readonly signal?: AbortSignal
  /** While it answers true, the time limit does not end the command. Asked at the time limit only. */
  readonly hold?: () => boolean
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
  /** Limits of the sandbox that it ran into. */
  readonly limitsHit?: readonly LimitName[]
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
