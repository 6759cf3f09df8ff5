import { clients } from '../clients/clients.ts'
import { type DocumentKind, kindAt } from '../document/kinds.ts'
import { isInside, nameIn, type Path } from '../document/location.ts'
import { type Answer, all, type FolderItem, type Missing, type SkillWorkspace } from '../workspace.ts'
import { Turns } from './turns.ts'

/** Where to look for skills. */
export interface Root {
  readonly path: Path
  /** Of a `folder` everything is looked at; of a `home`, and of what lies `around` a folder, only where clients keep their things. */
  readonly type: 'folder' | 'home' | 'around'
}

export interface FoundFile {
  readonly path: Path
  readonly kind: DocumentKind
  /** Links lead to it: what it is called elsewhere may be found as well. */
  readonly linked: boolean
}

export interface Crawled {
  readonly files: readonly FoundFile[]
  /** False where the bound was reached or the search was broken off: there may be more. */
  readonly complete: boolean
}

const mostFolders = 60_000
const deepest = 24
/** Links in folders that were reached by links are followed no further than this: they can multiply. */
const mostLinks = 2

const neverSkills = new Set(['node_modules', '__pycache__', '.git'])
const skipped = new Set(['bower_components', 'venv', 'site-packages', 'target', 'vendor', 'dist', 'out', 'coverage'])

/** Folders whose name begins with a dot are skipped, but for those that clients read. */
export const clientFolders: ReadonlySet<string> = new Set([
  ...Object.values(clients).flatMap(({ folders }) => folders.map(({ path }) => path.split('/')[0]!)),
  ...['.claude-plugin', '.codex-plugin', '.cursor-plugin', '.windsurf', '.clinerules', '.amazonq'],
])

/** What a home directory is looked through for, and what in there is a client's memory of its work. */
export const homeFolders = [
  '.claude',
  '.codex',
  '.copilot',
  '.agents',
  '.gemini',
  '.cursor',
  '.config/opencode',
  '.pi',
  '.roo',
  '.openclaw',
]
const homeSkipped = new Set(
  'projects sessions history logs log cache tmp todos shell-snapshots file-history debug statsig backups extensions'.split(
    ' ',
  ),
)

/** What lies beside a folder and belongs to its project or plugin. */
const aroundFolders = [...clientFolders, 'skills', 'agents', 'commands']

interface Folder {
  readonly path: Path
  readonly depth: number
  /** Links on the way here. */
  readonly links: number
  /** The last step of the way is a link. */
  readonly linked: boolean
  /** What is passed over in this very folder. */
  readonly skips: ReadonlySet<string>
}

/**
 * Every file under the roots that the service reads, in the order of their paths. A file that links lead to is there by each path; loops
 * are left. Breadth first, and others get their turn where the disk is waited for.
 */
export async function crawl(workspace: SkillWorkspace, roots: readonly Root[], signal: AbortSignal): Promise<Crawled> {
  const files: FoundFile[] = []
  const seen = new Set<Path>()
  let complete = true
  const turns = new Turns()
  const folders = roots.flatMap(beginnings)
  // No folder above them is listed, and a link on the way may lead far.
  await all(folders.map(({ path }) => workspace.real(path)))
  for (let next = 0; next < folders.length; ) {
    if (signal.aborted || seen.size > mostFolders) {
      complete = false
      break
    }
    const looking: Folder[] = []
    for (; next < folders.length && looking.length < atOnce; next++) {
      const folder = folders[next]!
      if (!seen.has(folder.path)) looking.push(folder)
      seen.add(folder.path)
    }
    const lists = await all(looking.map(itemsOf))
    await turns.next()
    for (const [at, folder] of looking.entries()) {
      const items = lists[at]!
      if (items !== 'missing') for (const item of items) take(folder, item)
    }
  }
  return { files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), complete }

  function itemsOf({ path, linked }: Folder): Answer<readonly FolderItem[] | Missing> {
    return linked ? behindLink(path) : workspace.list(path)
  }

  async function behindLink(path: Path): Promise<readonly FolderItem[] | Missing> {
    const real = await workspace.real(path)
    return real === 'missing' || isInside(real, path) ? 'missing' : await workspace.list(path)
  }

  function take(folder: Folder, { name, type, linked }: FolderItem): void {
    const path = `${folder.path === '/' ? '' : folder.path}/${name}`
    if (type === 'file') {
      const kind = kindAt(path)
      if (kind !== undefined) files.push({ path, kind, linked: linked || folder.links > 0 })
    }
    if (type !== 'folder' || !isWorthALook(folder, name)) return
    if (folder.depth >= deepest || (linked && folder.links >= mostLinks)) complete = false
    else folders.push({ path, depth: folder.depth + 1, links: folder.links + (linked ? 1 : 0), linked, skips: skipped })
  }
}

const atOnce = 16

function beginnings({ path, type }: Root): Folder[] {
  const start = { links: 0, linked: false }
  if (type === 'folder') return [{ path, depth: 0, ...start, skips: skipped }]
  if (type === 'around')
    return aroundFolders.map((name) => ({ path: `${path}/${name}`, depth: 1, ...start, skips: skipped }))
  return homeFolders.map((name) => ({ path: `${path}/${name}`, depth: 1, ...start, skips: homeSkipped }))
}

function isWorthALook({ path, skips }: Folder, name: string): boolean {
  if (neverSkills.has(name)) return false
  if (name.startsWith('.')) return clientFolders.has(name)
  // What lies in a folder of skills is a skill, whatever it is called.
  return !skips.has(name) || nameIn(path) === 'skills'
}
