import { execFile } from 'node:child_process'
import { lstat } from 'node:fs/promises'

/**
 * Whole folders of what agents wrote, handled by the system's own programs: a million files do not hold up the daemon,
 * and none of these follows a link. Paths are absolute and the daemon's own.
 */

/** Copies a folder to a name that is free; blocks are shared where the file system can. Rejects with the first reason. */
export async function copyTree(from: string, to: string): Promise<void> {
  if (!(await lstat(from)).isDirectory()) throw new Error(`${from} is not a folder.`)
  await run('cp', process.platform === 'darwin' ? ['-cRp', from, to] : ['-a', '--reflink=auto', '-T', '--', from, to])
}

/** Removes whatever has this name, also what its owner may not enter. Succeeds where there is nothing. */
export async function removeTree(path: string): Promise<void> {
  const isThere = await lstat(path).then(
    () => true,
    () => false,
  )
  if (!isThere) return
  try {
    await run('rm', ['-rf', '--', path])
  } catch {
    await run('chmod', ['-R', 'u+rwx', path])
    await run('rm', ['-rf', '--', path])
  }
}

/** What these folders take on disk together, in bytes; 0 for one that is not there. */
export async function treeBytes(...paths: readonly string[]): Promise<number> {
  if (paths.length === 0) return 0
  const said = await run('du', ['-skxc', ...paths], [0, 1]).catch(() => '')
  const total = said.trimEnd().split('\n').at(-1) ?? ''
  return (Number.parseInt(total, 10) || 0) * 1024
}

function run(program: string, args: readonly string[], fine: readonly number[] = [0]): Promise<string> {
  const env = { PATH: process.env['PATH'], LC_ALL: 'C' }
  // What goes on without the daemon would get in the way of the next one.
  const tied = process.platform === 'linux' ? ['setpriv', '--pdeathsig', 'KILL', '--'] : []
  const [file = program, ...rest] = [...tied, program, ...args]
  return new Promise((resolve, reject) => {
    execFile(file, rest, { env, maxBuffer: 1 << 20 }, (error, stdout, stderr) => {
      const code = error ? error.code : 0
      if (typeof code === 'number' && fine.includes(code)) return resolve(stdout)
      reject(new Error(stderr.split('\n')[0]?.slice(0, 500) || error?.message || `${program} failed`))
    })
  })
}
