import { lstat, realpath } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { FileFault, Sandbox } from '../sandbox.ts'

type FileCalls = Pick<Sandbox, 'readFile' | 'writeFile' | 'remove' | 'makeSymlink' | 'setMode' | 'list' | 'stat'>

/**
 * File calls of a sandbox that nothing fences in: where a path in the workspace leads out of it by a link, they refuse, since
 * policy allowed the path for what it says. A program that swaps a link between the look and the call gets past this; each
 * program in such a session was allowed by a person. Other paths are as they are.
 */
export function fencedFiles(inner: FileCalls, root: string): FileCalls {
  const inside = async <T>(path: string, follows: boolean, call: () => Promise<T>): Promise<T | FileFault> => {
    if (isWithin(root, path) && (await leadsOut(root, path, follows))) {
      const message = `${path} leads out of the workspace by a link, and there is no sandbox around this session.`
      return { type: 'fault', code: 'denied', message }
    }
    return call()
  }
  return {
    readFile: (path, options) => inside(path, true, () => inner.readFile(path, options)),
    writeFile: (path, bytes, options) => inside(path, true, () => inner.writeFile(path, bytes, options)),
    remove: (path) => inside(path, false, () => inner.remove(path)),
    makeSymlink: (path, target) => inside(path, false, () => inner.makeSymlink(path, target)),
    setMode: (path, mode) => inside(path, true, () => inner.setMode(path, mode)),
    list: (path, options) => inside(path, true, () => inner.list(path, options)),
    stat: (path) => inside(path, false, () => inner.stat(path)),
  }
}

/** `root` is a real path. What cannot be told counts as leading out. */
async function leadsOut(root: string, path: string, follows: boolean): Promise<boolean> {
  for (let at = follows ? path : dirname(path); at !== root && at !== '/'; at = dirname(at)) {
    try {
      return !isWithin(root, await realpath(at))
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      if (code !== 'ENOENT' && code !== 'ENOTDIR') return true
      // A link to nothing: whoever writes there makes something elsewhere.
      const isLink = await lstat(at).then(
        (stat) => stat.isSymbolicLink(),
        () => false,
      )
      if (isLink) return true
    }
  }
  return false
}

function isWithin(root: string, path: string): boolean {
  return path === root || path.startsWith(`${root}/`)
}
