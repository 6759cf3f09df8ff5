import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { bubblewrapProvider } from '../../daemon/sandbox/bubblewrap/bubblewrapProvider.ts'
import type { SandboxProvider } from '../../daemon/sandbox/sandbox.ts'
import { type SandboxFolders, sandboxFolders } from '../../test/support/sandboxFolders.ts'

/** A user's home with a workspace, for as long as `use` takes; sandboxes that are opened meanwhile are that user's. */
export async function onWorkspace<T>(use: (folders: SandboxFolders) => Promise<T>): Promise<T> {
  const folders = sandboxFolders()
  const home = process.env['HOME']
  process.env['HOME'] = folders.userHome
  const interrupted = () => {
    folders.remove()
    process.exit(130)
  }
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, interrupted)
  for (const folder of [folders.data, dirname(folders.workspace)]) scatter(folder)
  try {
    return await use(folders)
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, interrupted)
    if (home === undefined) delete process.env['HOME']
    else process.env['HOME'] = home
    folders.remove()
  }
}

/**
 * ext4 makes files slowly near many that were deleted in the last minutes, which is what benchmarks and tests do and nobody
 * else. Folders that are made in this one lie far from each other.
 */
function scatter(folder: string): void {
  spawnSync('chattr', ['+T', folder], { stdio: 'ignore' })
}

/** Bubblewrap's sandboxes, or why there are none here. */
export async function bubblewrapHere(hide: string): Promise<SandboxProvider | string> {
  const kind = bubblewrapProvider({ hide: [hide] })
  const status = await kind.probe()
  return status.type === 'ready' ? kind : `${status.why} ${status.fix}`
}

/** Text files of a kB or so, a hundred to a folder, at `pathOf(0)` … */
export function fill(folder: string, files: number): void {
  for (let i = 0; i < files; i++) {
    if (i % 100 === 0) mkdirSync(join(folder, folderOf(i)), { recursive: true })
    writeFileSync(join(folder, pathOf(i)), `file ${i}\n${'a line of text that stays as it is\n'.repeat(30)}`)
  }
}

export function pathOf(file: number): string {
  return `${folderOf(file)}/f${file}.txt`
}

function folderOf(file: number): string {
  return `d${Math.floor(file / 100)}`
}
