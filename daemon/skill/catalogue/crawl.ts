import { clients } from '../clients/clients.ts'
import { kindAt } from '../document/kinds.ts'
import { isInside, nameIn, type Path } from '../document/location.ts'
import type { SkillWorkspace } from '../workspace.ts'

/** Where to look for skills. */
export interface Root {
  readonly path: Path
  /** A `home` is looked at only where clients keep their things; of a `folder` everything is. */
  readonly type: 'folder' | 'home'
}

export interface Crawled {
  /** What the catalogue remembers. */
  readonly files: readonly Path[]
  /** What skills run. */
  readonly scripts: readonly Path[]
  /** Those of both to which links lead: what they are called elsewhere may be among them as well. */
  readonly linked: ReadonlySet<Path>
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
const clientFolders = new Set([
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

interface Folder {
  readonly path: Path
  readonly depth: number
  /** Links on the way here. */
  readonly links: number
  /** What is passed over in this very folder. */
  readonly skips: ReadonlySet<string>
}

/**
 * Every file under the roots that the service reads, in the order of their paths. A file that links lead to is there by each path; loops
 * are left. Breadth first, and others get their turn.
 */
export async function crawl(workspace: SkillWorkspace, roots: readonly Root[], signal: AbortSignal): Promise<Crawled> {
  const files = new Set<Path>()
  const scripts = new Set<Path>()
  const linkedFiles = new Set<Path>()
  const seen = new Set<Path>()
  let complete = true
  let waiting = roots.flatMap(beginnings)
  while (waiting.length > 0) {
    if (signal.aborted || seen.size > mostFolders) {
      complete = false
      break
    }
    const found = await Promise.all(waiting.slice(0, atOnce).map(look))
    waiting = waiting.slice(atOnce).concat(...found)
  }
  return { files: [...files].sort(), scripts: [...scripts].sort(), linked: linkedFiles, complete }

  async function look(folder: Folder): Promise<Folder[]> {
    if (seen.has(folder.path)) return []
    seen.add(folder.path)
    const items = await workspace.list(folder.path)
    if (items === 'missing') return []
    const inside = await Promise.all(
      items.map(async ({ name, type, linked }): Promise<Folder[]> => {
        const path = `${folder.path === '/' ? '' : folder.path}/${name}`
        if (type === 'file') take(path, linked || folder.links > 0)
        if (type !== 'folder' || !isWorthALook(folder, name)) return []
        if (folder.depth >= deepest || (linked && folder.links >= mostLinks)) {
          complete = false
          return []
        }
        const real = linked ? await workspace.real(path) : path
        if (linked && (real === 'missing' || isInside(real, path))) return []
        return [{ path, depth: folder.depth + 1, links: folder.links + (linked ? 1 : 0), skips: skipped }]
      }),
    )
    return inside.flat()
  }

  function take(path: Path, byLink: boolean): void {
    const kind = kindAt(path)
    if (kind === undefined) return
    const found = kind === 'script' ? scripts : files
    found.add(path)
    if (byLink) linkedFiles.add(path)
  }
}

const atOnce = 16

function beginnings({ path, type }: Root): Folder[] {
  if (type === 'folder') return [{ path, depth: 0, links: 0, skips: skipped }]
  return homeFolders.map((name) => ({ path: `${path}/${name}`, depth: 1, links: 0, skips: homeSkipped }))
}

function isWorthALook({ path, skips }: Folder, name: string): boolean {
  if (neverSkills.has(name)) return false
  if (name.startsWith('.')) return clientFolders.has(name)
  // What lies in a folder of skills is a skill, whatever it is called.
  return !skips.has(name) || nameIn(path) === 'skills'
}
