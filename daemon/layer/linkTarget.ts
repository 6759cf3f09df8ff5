import { realpathSync } from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'
import { isErrno } from './folder.ts'
import { isGitName } from './layerPath.ts'

/**
 * Why a link may not be made at `path` in the user's folder; undefined where it may. It must stay inside: `..` only at
 * its beginning (after a name, `..` may be another folder than it looks), and nothing on its way leads out by a link.
 */
export function linkTrouble(folder: string, path: string, target: string): string | undefined {
  const parts = target.split('/').filter((part) => part !== '' && part !== '.')
  const firstName = parts.findIndex((part) => part !== '..')
  if (firstName !== -1 && parts.indexOf('..', firstName) !== -1) return 'it goes back up after a name'
  const aim = resolve(dirname(join(folder, path)), target)
  if (!isInside(folder, aim)) return 'it points outside the workspace'
  if (aim.slice(folder.length).split(sep).some(isGitName)) return 'it points into Git’s own data'
  if (!isInside(realpathSync(folder), realOf(aim))) return 'it leads outside the workspace by another link'
  return undefined
}

function isInside(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? folder : `${folder}${sep}`)
}

/** The real path of the nearest thing on the way that exists. */
function realOf(path: string): string {
  try {
    return realpathSync(path)
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES') || dirname(path) === path) throw error
    return realOf(dirname(path))
  }
}
