import { randomBytes } from 'node:crypto'
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import * as z from 'zod'
import { SandboxSettings, Snapshot } from '#protocol/sandbox.ts'

const version = 1
const maxBytes = 4 << 20

/** What is remembered of a workspace's sandbox, as it lies in `sandbox.json`. */
const WorkspaceRecord = z.object({
  version: z.literal(version),
  folder: z.string(),
  state: z.enum(['absent', 'ready', 'suspended', 'quarantined']),
  /** Where it is quarantined. */
  why: z.string().optional(),
  /** Where it is suspended, and something ran in it. */
  memory: z.enum(['saved', 'held']).optional(),
  createdAt: z.number().optional(),
  usedAt: z.number().optional(),
  /** The home has what a new one begins with. */
  seeded: z.boolean(),
  /** What the user set; everything else is as by default. */
  settings: SandboxSettings.partial(),
  /** `id` names the folder that it lies in. */
  snapshots: z.array(Snapshot.extend({ id: z.string().regex(/^[0-9a-f]{16}$/) })),
  /** A snapshot that is being put in place, by name: where this is still here, that was broken off. */
  restoring: z.string().optional(),
})
export type WorkspaceRecord = z.infer<typeof WorkspaceRecord>

/** `undefined` where there is none. What cannot be read is told with the one fix, and never taken for none. */
export type RecordRead = WorkspaceRecord | Unreadable
export interface Unreadable {
  readonly type: 'unreadable'
  readonly why: string
  readonly fix: string
}

export function newRecord(folder: string): WorkspaceRecord {
  return { version, folder, state: 'absent', seeded: false, settings: {}, snapshots: [] }
}

export function readRecord(file: string): RecordRead | undefined {
  let text: string
  try {
    text = boundedText(file)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    const fix = `Make ${file} readable, then resume the sandbox.`
    return { type: 'unreadable', why: `What is known of this sandbox cannot be read: ${message}.`, fix }
  }
  try {
    const json: unknown = JSON.parse(text)
    const written = (json as { version?: unknown } | null)?.version
    if (typeof written === 'number' && written > version) {
      return { type: 'unreadable', why: `${file} was written by a newer Paddock.`, fix: 'Update Paddock.' }
    }
    return WorkspaceRecord.parse(json)
  } catch (error) {
    const where = error instanceof z.ZodError ? error.issues[0]?.path.join('.') : 'it is no JSON'
    const fix = `Mend or remove ${file}, then resume the sandbox. Its home and packages are untouched.`
    return { type: 'unreadable', why: `${file} is damaged (${where || 'it is no object'}).`, fix }
  }
}

/** Whole or not at all, and on the disk itself when it returns. */
export async function writeRecord(file: string, record: WorkspaceRecord): Promise<void> {
  const aside = `${file}.${randomBytes(6).toString('hex')}`
  try {
    const handle = await open(aside, 'wx', 0o600)
    try {
      await handle.writeFile(JSON.stringify(record, null, 2))
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(aside, file)
  } catch (error) {
    await rm(aside, { force: true })
    throw error
  }
}

function boundedText(file: string): string {
  const fd = openSync(file, 'r')
  try {
    const { size } = fstatSync(fd)
    if (size > maxBytes) throw new Error(`it has ${size} bytes`)
    return readFileSync(fd, 'utf8')
  } finally {
    closeSync(fd)
  }
}
