import { readFileSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SandboxRunner } from '#protocol/sandbox.ts'

/** What runs the sandboxes of the workspace of this store (or made this snapshot); nothing where that is open. */
export function readRunner(store: string): SandboxRunner | undefined {
  try {
    return SandboxRunner.parse(readFileSync(record(store), 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** It is so for good when this settles. */
export async function writeRunner(store: string, runner: SandboxRunner): Promise<void> {
  if (readRunner(store) === runner) return
  await mkdir(store, { recursive: true, mode: 0o700 })
  const aside = `${record(store)}.new`
  await writeFile(aside, runner, { mode: 0o600, flush: true })
  await rename(aside, record(store))
}

export async function forgetRunner(store: string): Promise<void> {
  await rm(record(store), { force: true })
}

/** Where each of them keeps what is its own. */
export function runnerFolder(store: string, runner: SandboxRunner): string {
  return join(store, runner)
}

function record(store: string): string {
  return join(store, 'runner')
}
