import { posix } from 'node:path'
import { hidesSomething } from '#protocol/visible.ts'

/** An absolute path that is written as it is resolved, and shows as it is written. */
export function isPlainPath(path: string): boolean {
  if (path === '/') return true
  if (!posix.isAbsolute(path) || posix.normalize(path) !== path || path.endsWith('/')) return false
  return !hidesSomething(path) && !/[\n\t\p{Cs}]/u.test(path)
}
