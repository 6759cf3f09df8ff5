import { placementOf } from '../clients/clients.ts'
import type { SkillDocument } from '../document/document.ts'
import { nameIn, type Path } from '../document/location.ts'
import type { FileView } from '../workspace.ts'
import { onceInFolder } from './once.ts'
import type { RuleContext } from './rule.ts'
import { installedWith } from './skillFolder.ts'

/** What `skills-lock.json` of the project notes of a skill when it is installed; undefined where it notes nothing. */
export function lockedHash(
  { path, folderPath }: SkillDocument,
  { files, home }: Pick<RuleContext, 'files' | 'home'>,
): { hash: string; path: Path } | undefined {
  const placement = path === undefined ? undefined : placementOf(path, home)
  if (!placement || folderPath === undefined) return undefined
  const hash = lockIn(placement.base, files).hashes?.[nameIn(folderPath)]?.computedHash
  return typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash) ? { hash, path: lockOf(placement.base) } : undefined
}

type Hashes = Record<string, { computedHash?: unknown } | undefined>

/** Read once for all skills of a project: it grows with them. */
const lockIn = onceInFolder((base, files): { readonly hashes: Hashes | undefined } => {
  const text = files.text(lockOf(base))
  return { hashes: text === undefined || text === 'missing' ? undefined : hashesIn(text) }
})

function lockOf(base: Path): Path {
  return `${base}/skills-lock.json`
}

function hashesIn(text: string): Hashes | undefined {
  try {
    const lock: { skills?: Hashes } | null = JSON.parse(text)
    return lock?.skills
  } catch {
    return undefined
  }
}

/** Longer texts are not at hand as a whole. */
const longestKnown = 200_000

/**
 * The hash that the `skills` command line computes of a skill's folder: of each file its path and content, in the order of the paths.
 * Undefined where not all of it is known as it is, such as files that are no text.
 */
export function skillHash(document: SkillDocument, files: FileView): string | undefined {
  const parts: { path: string; text: string }[] = []
  for (const { relative: path, path: whole, type } of installedWith(document, files)) {
    if (type === 'folder') {
      if (files.list(whole) === undefined) return undefined
      continue
    }
    const text = whole === document.path ? document.text : files.text(whole)
    if (text === undefined || text === 'missing' || text.length > longestKnown || text.includes('\uFFFD'))
      return undefined
    parts.push({ path, text })
  }
  if (!parts.some(({ path }) => path === nameIn(document.path ?? ''))) return undefined
  // Loaded for the few skills that a lock names: it takes longer than all rules.
  const hash = process.getBuiltinModule('node:crypto').createHash('sha256')
  for (const { path, text } of parts.sort((a, b) => a.path.localeCompare(b.path))) hash.update(path).update(text)
  return hash.digest('hex')
}
