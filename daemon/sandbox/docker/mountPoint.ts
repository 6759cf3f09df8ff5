import { lstat, mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Makes the folders of a relative path below `folder`, which agents write to: what is there and no folder, as a link is,
 * is moved aside. False where that does not help, as when somebody puts it back meanwhile.
 */
export async function makeMountPoint(folder: string, path: string): Promise<boolean> {
  let at = folder
  for (const name of path.split('/')) {
    at = join(at, name)
    if (await isNoFolder(at)) await rename(at, `${at}.aside-${Date.now()}`).catch(() => {})
    await mkdir(at, { mode: 0o755 }).catch(() => {})
    if (!(await lstat(at).catch(() => undefined))?.isDirectory()) return false
  }
  return true
}

async function isNoFolder(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined)
  return found !== undefined && !found.isDirectory()
}
