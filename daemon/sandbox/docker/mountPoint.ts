import { lstat, mkdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Makes the folders of a relative path below `folder`; false where something else than a folder is in the way, as a link is. */
export async function makeMountPoint(folder: string, path: string): Promise<boolean> {
  let at = folder
  for (const name of path.split('/')) {
    at = join(at, name)
    await mkdir(at, { mode: 0o755 }).catch(() => {})
    if (!(await lstat(at).catch(() => undefined))?.isDirectory()) return false
  }
  return true
}
