import { readdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive } from '../../daemon/sandbox/processName.ts'

/** Removes the control groups of daemons that a test killed and that no later one cleaned up after. */
export function removeLeftGroups(dataFolder: string): void {
  for (const note of namesIn(dataFolder).filter((name) => name.startsWith('cgroups.'))) {
    const owner = note.slice('cgroups.'.length)
    if (isAlive(owner)) continue
    const homes = JSON.parse(readFileSync(join(dataFolder, note), 'utf8') || '[]') as { folder: string }[]
    for (const { folder } of homes) {
      for (const name of namesIn(folder).filter((name) => name.includes(`-${owner}-`))) removeEmpty(join(folder, name))
    }
  }
}

/** Processes in it were killed and take a moment to be gone. */
function removeEmpty(folder: string): void {
  for (let tries = 0; tries < 100; tries++) {
    try {
      rmdirSync(folder)
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
