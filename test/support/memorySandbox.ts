import { posix } from 'node:path'
import {
  type Command,
  type CommandResult,
  type ExecOptions,
  type FileFault,
  type FileKind,
  type Output,
  type Sandbox,
  SandboxGone,
} from '../../daemon/sandbox/sandbox.ts'

type Node =
  | { kind: 'file'; bytes: Uint8Array; mode: number }
  | { kind: 'folder'; mode?: number }
  | { kind: 'symlink'; target: string }
  | { kind: 'other' }

/** What a scripted command does. Text goes to stdout; the result is filled up with exit 0 and nothing said. */
interface ScriptedEnd {
  readonly code?: number
  readonly stdout?: string | Uint8Array
  readonly stderr?: string
  readonly end?: CommandResult['end']
  readonly limitsHit?: CommandResult['limitsHit']
}
export type ScriptedExec = (
  command: Command,
  options: ExecOptions,
  sandbox: MemorySandbox,
) => ScriptedEnd | Promise<ScriptedEnd>

export interface MemorySandbox extends Sandbox {
  readonly commands: Command[]
  /** The text of a file, undefined where there is none. */
  text(path: string): string | undefined
  /** The mode of a file or folder. */
  mode(path: string): number | undefined
  /** Nothing inside runs: calls wait until it does. */
  readonly frozen: boolean
  put(path: string, content: string | Uint8Array, mode?: number): void
  putLink(path: string, target: string): void
  putOther(path: string): void
  /** Ends it: every call from now on fails with `SandboxGone`. */
  die(): void
}

/** A sandbox in memory: a file tree under /project, and commands that are answered by a function. */
export function memorySandbox(
  params: { root?: string; home?: string; files?: Record<string, string | Uint8Array>; exec?: ScriptedExec } = {},
): MemorySandbox {
  const { root = '/project', home = '/home/agent', files = {}, exec: script = () => ({}) } = params
  const writable = [root, home, '/run', '/tmp']
  const nodes = new Map<string, Node>([[root, { kind: 'folder' }]])
  const commands: Command[] = []
  const { promise: closed, resolve: close } = Promise.withResolvers<void>()
  let dead = false
  let frozen: PromiseWithResolvers<void> | undefined

  const living = () => {
    if (dead) throw new SandboxGone('it was ended by the test')
  }
  const at = (path: string) => posix.resolve(root, path)
  const parents = (path: string) => {
    for (let folder = posix.dirname(path); !nodes.has(folder); folder = posix.dirname(folder)) {
      nodes.set(folder, { kind: 'folder' })
    }
  }
  const place = (path: string, node: Node) => {
    parents(at(path))
    nodes.set(at(path), node)
  }
  const followed = (path: string): [string, Node | undefined] => {
    let name = path
    let node = nodes.get(name)
    for (let hops = 0; node?.kind === 'symlink' && hops < 8; hops++) {
      name = posix.resolve(posix.dirname(name), node.target)
      node = nodes.get(name)
    }
    return [name, node]
  }

  const sandbox: MemorySandbox = {
    kind: 'memory',
    root,
    home,
    mountedAt: Date.now(),
    limits: {},
    start: () => Promise.reject(new Error('a sandbox in memory starts no programs')),
    ports: async () => [],
    connect: () => Promise.reject(new Error('nobody listens in a sandbox in memory')),
    commands,
    closed,
    get frozen() {
      return frozen !== undefined
    },
    async freeze() {
      living()
      frozen ??= Promise.withResolvers()
    },
    async thaw() {
      frozen?.resolve()
      frozen = undefined
    },
    mode: (path) => {
      const node = nodes.get(at(path))
      return node && 'mode' in node ? node.mode : undefined
    },
    text: (path) => {
      const node = nodes.get(at(path))
      return node?.kind === 'file' ? Buffer.from(node.bytes).toString('utf8') : undefined
    },
    put: (path, content, mode = 0o644) =>
      place(path, { kind: 'file', bytes: Uint8Array.from(Buffer.from(content as string)), mode }),
    putLink: (path, target) => place(path, { kind: 'symlink', target }),
    putOther: (path) => place(path, { kind: 'other' }),
    die: () => {
      dead = true
      close()
    },
    async exec(command, options = {}) {
      living()
      await frozen?.promise
      living()
      commands.push(command)
      const done = await script(command, options, sandbox)
      living()
      return commandResult(command, options, done)
    },
    async readFile(path, { offset = 0, maxBytes = Number.MAX_SAFE_INTEGER } = {}) {
      living()
      const [, node] = followed(path)
      if (!node) return fault('notFound', `${path} does not exist.`)
      if (node.kind !== 'file') return fault('notAFile', `${path} is not a regular file.`)
      const { bytes, mode } = node
      return { type: 'read', bytes: bytes.subarray(offset, offset + maxBytes), size: bytes.length, mode }
    },
    async writeFile(path, bytes, { mode } = {}) {
      living()
      const node = nodes.get(path)
      if (node && node.kind !== 'file') return fault('notAFile', `${path} is not a regular file.`)
      if (!writable.some((folder) => path.startsWith(`${folder}/`))) return fault('readOnly', `${path} is read-only.`)
      place(path, { kind: 'file', bytes: Uint8Array.from(bytes), mode: node?.mode ?? mode ?? 0o644 })
      return { type: 'written' }
    },
    async remove(path) {
      living()
      for (const name of [...nodes.keys()]) if (name === path || name.startsWith(`${path}/`)) nodes.delete(name)
      return { type: 'removed' }
    },
    async makeSymlink(path, target) {
      living()
      place(path, { kind: 'symlink', target })
      return { type: 'written' }
    },
    async setMode(path, mode) {
      living()
      const node = nodes.get(path)
      if (node?.kind !== 'file' && node?.kind !== 'folder') return fault('notFound', `${path} does not exist.`)
      node.mode = mode
      return { type: 'written' }
    },
    async list(path, { limit = 10_000 } = {}) {
      living()
      const [name, node] = followed(path)
      if (!node) return fault('notFound', `${path} does not exist.`)
      if (node.kind !== 'folder') return fault('notAFolder', `${path} is not a folder.`)
      const entries = [...nodes]
        .filter(([child]) => child !== name && posix.dirname(child) === name)
        .map(([child, { kind, ...rest }]) => ({
          name: posix.basename(child),
          kind: kind as FileKind,
          size: 'bytes' in rest ? rest.bytes.length : 0,
        }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      return { type: 'list', entries: entries.slice(0, limit), truncated: entries.length > limit }
    },
    async stat(path) {
      living()
      const node = nodes.get(path)
      if (!node) return fault('notFound', `${path} does not exist.`)
      const size = node.kind === 'file' ? node.bytes.length : 0
      const mode = node.kind === 'file' ? node.mode : 0o755
      return { type: 'stat', kind: node.kind, size, mode, ...(node.kind === 'symlink' && { target: node.target }) }
    },
    async killAll() {},
    async close() {
      dead = true
      frozen?.resolve()
      close()
    },
  }
  for (const [path, content] of Object.entries(files)) sandbox.put(path, content)
  return sandbox
}

function commandResult(command: Command, options: ExecOptions, done: ScriptedEnd): CommandResult {
  const { code = 0, stdout = '', stderr = '', end = { type: 'exited', code } } = done
  const network = command.network ?? false
  const outputLimit = command.outputLimit ?? 64 * 1024
  const out = Buffer.from(stdout as string)
  const err = Buffer.from(stderr)
  if (out.length > 0) options.onOutput?.('stdout', out.subarray(0, outputLimit))
  if (err.length > 0) options.onOutput?.('stderr', err.subarray(0, outputLimit))
  return {
    end: options.signal?.aborted ? { type: 'cancelled' } : end,
    stdout: bounded(out, outputLimit),
    stderr: bounded(err, outputLimit),
    durationMs: 12,
    evidence: { kind: 'memory', requested: { network }, effective: { network }, active: true },
    ...(done.limitsHit && { limitsHit: done.limitsHit }),
  }
}

function bounded(bytes: Uint8Array, limit: number): Output {
  const none = new Uint8Array()
  if (bytes.length <= limit) return { head: bytes, tail: none, omitted: 0 }
  const half = Math.floor(limit / 2)
  return { head: bytes.subarray(0, half), tail: bytes.subarray(-half), omitted: bytes.length - 2 * half }
}

function fault(code: FileFault['code'], message: string): FileFault {
  return { type: 'fault', code, message }
}
