import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { serverCommand } from '../bubblewrap/launch.ts'
import { removeTree } from '../folderTree.ts'
import type { GvisorPlan } from './launch.ts'

/** What gVisor writes lies in the plan's `memory`, under this name. */
export const imageName = 'image'

const placeName = 'memory'
const aboutName = 'about.json'

/**
 * That there is a whole image, and what it can go on in. It lies where gVisor's processes cannot write: what they leave is
 * hostile, and without this it is nothing.
 */
interface About {
  /** The layer's. */
  readonly upper: string
  readonly fingerprint: string
}

/** Makes and names the folder for one layer. Those of layers that are gone go. */
export async function memoryFolder(store: string, upper: string): Promise<string> {
  const place = join(store, placeName)
  const folder = join(place, createHash('sha256').update(upper).digest('hex').slice(0, 16), 'written')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const name of await readdir(place)) {
    const about = await readAbout(join(place, name, 'written'))
    if (about && !existsSync(about.upper)) await removeTree(join(place, name))
  }
  return folder
}

/** Nothing that is saved in a store goes on. */
export async function forgetMemories(store: string): Promise<void> {
  await removeTree(join(store, placeName))
}

/** Calls `save` to write the image, which takes the place of what was saved before. */
export async function saveMemory(plan: GvisorPlan, save: () => Promise<void>): Promise<void> {
  const folder = plan.memory
  if (folder === undefined) throw new Error('there is no place for it')
  await forgetMemory(folder)
  await mkdir(join(folder, imageName), { mode: 0o700 })
  await save()
  const about: About = { upper: plan.layer.upper, fingerprint: fingerprint(plan) }
  const aside = `${aboutFile(folder)}.new`
  await writeFile(aside, JSON.stringify(about), { mode: 0o600, flush: true })
  await rename(aside, aboutFile(folder))
}

export type Taken =
  | { readonly type: 'none' }
  | { readonly type: 'taken' }
  /** It cannot go on, and is gone. */
  | { readonly type: 'lost'; readonly why: string }

/**
 * Takes what was saved: it goes on once at most, since files change from then on. Where it is taken, the caller starts from
 * the image and then forgets it.
 */
export async function takeMemory(plan: GvisorPlan): Promise<Taken> {
  const folder = plan.memory
  const about = folder === undefined ? undefined : await readAbout(folder)
  if (folder === undefined || !about) return { type: 'none' }
  await rm(aboutFile(folder))
  if (about.fingerprint === fingerprint(plan)) return { type: 'taken' }
  await forgetMemory(folder)
  return { type: 'lost', why: 'Paddock, gVisor, the limits or the folders are others than when it was suspended' }
}

export async function forgetMemory(folder: string): Promise<void> {
  await rm(aboutFile(folder), { force: true })
  await removeTree(join(folder, imageName))
}

/** Of all that must be the same for it to go on. */
function fingerprint(plan: GvisorPlan): string {
  const { mechanism, root, home, view, layer, storedHome } = plan
  const { runsc, released, platform } = mechanism
  const parts = [runsc, released, platform, root, home, storedHome, layer, view.scratch, serverCommand(plan)]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

async function readAbout(folder: string): Promise<About | undefined> {
  try {
    return JSON.parse(await readFile(aboutFile(folder), 'utf8')) as About
  } catch {
    return undefined
  }
}

function aboutFile(folder: string): string {
  return join(dirname(folder), aboutName)
}
