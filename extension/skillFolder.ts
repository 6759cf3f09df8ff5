import { lstat, readdir, readFile } from 'node:fs/promises'
import { isAbsolute, join, relative } from 'node:path'

/** A file of a skill. */
export interface SkillFile {
  /** Within the skill's folder, with slashes. */
  readonly path: string
  readonly bytes: Uint8Array
  readonly executable: boolean
}

const mostFiles = 1000
const mostBytes = 10_000_000
const leftOut = new Set(['node_modules', '__pycache__'])

/**
 * All files of a skill's folder, by path; `tooMuch` for more than a thousand of them or 10 MB. Links are left out, since they may lead to
 * what is no part of the skill, and so is what is hidden: repositories, keys in `.env`.
 */
export async function skillFilesIn(folder: string): Promise<readonly SkillFile[] | 'tooMuch'> {
  const files: SkillFile[] = []
  let bytes = 0
  const waiting = ['']
  for (let inside = waiting.pop(); inside !== undefined; inside = waiting.pop()) {
    const items = await readdir(join(folder, inside), { withFileTypes: true })
    for (const item of items) {
      if (leftOut.has(item.name) || item.name.startsWith('.')) continue
      const path = inside === '' ? item.name : `${inside}/${item.name}`
      if (item.isDirectory()) waiting.push(path)
      if (!item.isFile()) continue
      const { size, mode } = await lstat(join(folder, path))
      bytes += size
      if (files.length === mostFiles || bytes > mostBytes) return 'tooMuch'
      files.push({ path, bytes: await readFile(join(folder, path)), executable: (mode & 0o111) !== 0 })
    }
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/**
 * Where in the sandbox's home a skill's folder belongs: the same place as in the user's, where it lies there. Null for a folder that is not
 * one among skills: what lies beside a SKILL.md somewhere else, such as in the home directory itself, may be anything of the user's.
 */
export function placeInSandbox(folder: string, home: string): string | null {
  const path = folder.replaceAll('\\', '/')
  const toHome = relative(folder, home)
  const holdsHome = !toHome.startsWith('..') && !isAbsolute(toHome)
  if (holdsHome || !/\/skills?\/(?:[^/]+\/)*[^/]+$/.test(path)) return null
  const fromHome = relative(home, folder).replaceAll('\\', '/')
  const isElsewhere = fromHome.startsWith('..') || isAbsolute(fromHome)
  return isElsewhere ? `.paddock-skills/${path.slice(path.lastIndexOf('/') + 1)}` : fromHome
}
