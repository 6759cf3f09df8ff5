import { constants } from 'node:os'
import type { FileFault, FileKind, FileRead, FileStat, FolderList } from '../sandbox.ts'
import type { ExecServer, Fault } from './execServer.ts'
import { chunkBytes, type Field, FieldReader, readableName } from './wire.ts'

/** A file that is read or written in one go may be this large. */
const maxFileBytes = 64 << 20
const defaultListLimit = 10_000
const maxListLimit = 100_000
const entryBytes = 16 + 255
const keepMode = 0xffffffff

const { errno } = constants
const codes: Readonly<Record<number, FileFault['code']>> = {
  [errno.ENOENT]: 'notFound',
  [errno.EISDIR]: 'notAFile',
  [errno.EINVAL]: 'notAFile',
  [errno.ENXIO]: 'notAFile',
  [errno.ENOTDIR]: 'notAFolder',
  [errno.EACCES]: 'denied',
  [errno.EPERM]: 'denied',
  [errno.EBUSY]: 'denied',
  [errno.EROFS]: 'readOnly',
  [errno.EFBIG]: 'tooLarge',
  [errno.ENOSPC]: 'noSpace',
  [errno.EDQUOT]: 'noSpace',
}
const words: Partial<Record<FileFault['code'], string>> = {
  notFound: 'There is nothing at',
  notAFile: 'Not a regular file:',
  readOnly: 'Only the workspace, the home folder and /tmp can be written, not',
  noSpace: 'No space is left to write',
}

/** The file half of a Sandbox, by requests to an exec server: links resolve in there, where they can lead nowhere. */
export class FileCalls {
  readonly #server: ExecServer

  constructor(server: ExecServer) {
    this.#server = server
  }

  async readFile(path: string, options: { offset?: number; maxBytes?: number } = {}): Promise<FileRead | FileFault> {
    const unusable = whyUnusable(path)
    if (unusable) return unusable
    // One byte more than may be: it tells a whole file from one that is too large.
    const limit = options.maxBytes === undefined ? maxFileBytes + 1 : Math.min(options.maxBytes, maxFileBytes)
    const chunks: Buffer[] = []
    const facts = await this.#server.request(
      'r',
      [{ u64: options.offset ?? 0 }, { u64: limit }, { rest: path }],
      (fields) => ({ type: 'facts' as const, size: fields.u64(), mode: fields.u32() & 0o777 }),
      { dataLimit: limit, onData: (_, bytes) => chunks.push(bytes) },
    )
    if (facts.type === 'fault') return fault(path, facts)
    const bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
    if (bytes.byteLength > maxFileBytes) {
      const message = `${path} is larger than ${maxFileBytes >> 20} MiB; read it in parts.`
      return { type: 'fault', code: 'tooLarge', message }
    }
    // Files of the kernel's say that they are empty.
    return { type: 'read', bytes, size: Math.max(facts.size, bytes.byteLength), mode: facts.mode }
  }

  async writeFile(
    path: string,
    bytes: Uint8Array,
    { mode = keepMode }: { mode?: number } = {},
  ): Promise<{ type: 'written' } | FileFault> {
    const unusable = whyUnusable(path)
    if (unusable) return unusable
    if (bytes.byteLength > maxFileBytes) {
      return { type: 'fault', code: 'tooLarge', message: `${path}: more than ${maxFileBytes >> 20} MiB.` }
    }
    const isLast = (end: number) => ({ u8: end >= bytes.byteLength ? 1 : 0 })
    let request = 0
    const answered = this.#server.request(
      'w',
      [{ u32: mode }, isLast(chunkBytes), { text: path }, { rest: bytes.subarray(0, chunkBytes) }],
      () => ({ type: 'written' as const }),
      {
        onSent: (id) => {
          request = id
        },
      },
    )
    // Awaited below; until then a lost server must not count as an error that nobody handles.
    answered.catch(() => {})
    for (let at = chunkBytes; at < bytes.byteLength; at += chunkBytes) {
      const end = at + chunkBytes
      await this.#server.add('d', request, [isLast(end), { rest: bytes.subarray(at, end) }])
    }
    const answer = await answered
    return answer.type === 'fault' ? fault(path, answer) : answer
  }

  remove(path: string): Promise<{ type: 'removed' } | FileFault> {
    return this.#change('removed', path, 'u', [{ rest: path }])
  }

  async makeSymlink(path: string, target: string): Promise<{ type: 'written' } | FileFault> {
    const cannot = target === '' || target.includes('\0')
    if (cannot) return { type: 'fault', code: 'other', message: `${path}: no link can lead to this target.` }
    return this.#change('written', path, 'l', [{ text: path }, { rest: target }])
  }

  setMode(path: string, mode: number): Promise<{ type: 'written' } | FileFault> {
    return this.#change('written', path, 'm', [{ u32: mode & 0o777 }, { rest: path }])
  }

  /** Names that are not UTF-8 are shown with their bytes as `\xE9` and as neither file nor folder: they cannot be asked for. */
  async list(path: string, options: { limit?: number } = {}): Promise<FolderList | FileFault> {
    const unusable = whyUnusable(path)
    if (unusable) return unusable
    const limit = Math.max(0, Math.min(options.limit ?? defaultListLimit, maxListLimit))
    const entries: FolderList['entries'][number][] = []
    const answer = await this.#server.request(
      'L',
      [{ u32: limit }, { rest: path }],
      (fields) => ({ type: 'list' as const, entries, truncated: fields.u8() === 1 }),
      { dataLimit: limit * entryBytes, onData: (_, bytes) => entries.push(...readEntries(bytes)) },
    )
    return answer.type === 'fault' ? fault(path, answer) : answer
  }

  async stat(path: string): Promise<FileStat | FileFault> {
    const unusable = whyUnusable(path)
    if (unusable) return unusable
    const answer = await this.#server.request('S', [{ rest: path }], readStat)
    return answer.type === 'fault' ? fault(path, answer) : answer
  }

  async #change<T extends string>(
    type: T,
    path: string,
    letter: string,
    fields: readonly Field[],
  ): Promise<{ type: T } | FileFault> {
    const unusable = whyUnusable(path)
    if (unusable) return unusable
    const answer = await this.#server.request(letter, fields, () => undefined)
    return answer ? fault(path, answer) : { type }
  }
}

function* readEntries(bytes: Buffer): Generator<FolderList['entries'][number]> {
  for (const fields = new FieldReader(bytes); !fields.done; ) {
    const kind = kindOf(fields.u32())
    const size = fields.u64()
    const { name, exact } = readableName(fields.bytes())
    yield { name, kind: exact ? kind : 'other', size }
  }
}

function readStat(fields: FieldReader): FileStat {
  const mode = fields.u32()
  const kind = kindOf(mode)
  const facts = { type: 'stat', kind, size: fields.u64(), mode: mode & 0o777 } as const
  return kind === 'symlink' ? { ...facts, target: readableName(fields.rest()).name } : facts
}

function whyUnusable(path: string): FileFault | undefined {
  if (path.startsWith('/') && !path.includes('\0') && path.isWellFormed()) return undefined
  return { type: 'fault', code: 'notFound', message: `${JSON.stringify(path)} is no absolute path.` }
}

function fault(path: string, { errno, words: reason }: Fault): FileFault {
  const code = codes[errno] ?? 'other'
  return { type: 'fault', code, message: words[code] ? `${words[code]} ${path}.` : `${path}: ${reason}` }
}

const kinds: ReadonlyMap<number, FileKind> = new Map([
  [0o100000, 'file'],
  [0o040000, 'folder'],
  [0o120000, 'symlink'],
])

function kindOf(mode: number): FileKind {
  return kinds.get(mode & 0o170000) ?? 'other'
}
