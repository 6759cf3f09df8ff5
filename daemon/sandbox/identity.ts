import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What a program inside may know of where it is. Nothing of it is secret. */
export interface Identity {
  readonly folder: string
  readonly kind: string
  readonly createdAt: number
  /** Of Paddock. */
  readonly version: string
}

const readme = `This computer is a sandbox of Paddock. It belongs to one workspace: your home directory and what you install
in it stay; your changes to the workspace are proposals that a person keeps or discards.

workspace.json says which workspace this is. Nothing in this folder can be changed from here.
`

/** Writes the folder that appears inside, read-only, at `/.paddock`. */
export async function writeIdentity(place: string, identity: Identity): Promise<void> {
  await mkdir(place, { recursive: true, mode: 0o755 })
  await writeFile(join(place, 'workspace.json'), `${JSON.stringify(identity, null, 2)}\n`)
  await writeFile(join(place, 'README'), readme)
}
