import { lstat, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A file of a skill. */
export interface SkillFile {
  /** Within the skill's folder, with slashes. */
  readonly path: string
  readonly bytes: Uint8Array
  readonly executable: boolean
}

const mostFiles = 1000
const mostBytes = 10_000_000
const leftOut = new Set(['.git', 'node_modules', '__pycache__', '.venv', '.DS_Store'])

/**
 * All files of a skill's folder, by path; `tooMuch` for more than a thousand of them or 10 MB. Links are left out: they may lead to what is
 * no part of the skill.
 */
export async function skillFilesIn(folder: string): Promise<readonly SkillFile[] | 'tooMuch'> {
  const files: SkillFile[] = []
  let bytes = 0
  const waiting = ['']
  for (let inside = waiting.pop(); inside !== undefined; inside = waiting.pop()) {
    const items = await readdir(join(folder, inside), { withFileTypes: true })
    for (const item of items) {
      if (leftOut.has(item.name)) continue
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
