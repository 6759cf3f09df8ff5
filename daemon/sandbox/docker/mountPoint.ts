import { closeSync, constants, lstatSync, mkdirSync, openSync, renameSync } from 'node:fs'

const O_PATH = 0x200000
const folderOnly = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW

/**
 * Makes the folders of a relative path below `folder`, which agents write to, also at this moment: what is there and no
 * folder, as a link is, is moved aside. Each step is taken from the open folder before it, so no link leads elsewhere.
 * False where that does not help, as when somebody puts a link back meanwhile.
 */
export function makeMountPoint(folder: string, path: string): boolean {
  let open = openSync(folder, folderOnly)
  try {
    for (const name of path.split('/')) {
      const at = `/proc/self/fd/${open}/${name}`
      const found = lstatSync(at, { throwIfNoEntry: false })
      if (found && !found.isDirectory()) attempt(() => renameSync(at, `${at}.aside-${Date.now()}`))
      attempt(() => mkdirSync(at, { mode: 0o755 }))
      const next = attempt(() => openSync(at, folderOnly))
      if (next === undefined) return false
      closeSync(open)
      open = next
    }
    return true
  } finally {
    closeSync(open)
  }
}

/** Whether it worked shows in what comes of it. */
function attempt<T>(call: () => T): T | undefined {
  try {
    return call()
  } catch {
    return undefined
  }
}
