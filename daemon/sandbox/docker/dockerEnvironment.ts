import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sandboxUnavailable } from '#protocol/errors.ts'
import type { Environment } from '../environment.ts'
import { copyTree, removeTree, treeBytes } from '../folderTree.ts'
import { diagnoseEngine } from './engine.ts'
import { recoverSystem, type Systems, systemFolder } from './system.ts'

const keptName = 'kept'

/** The packages of a workspace: what it changed in its image's system, which lies in `store`. */
export function dockerEnvironment(kind: string, systems: () => Promise<Systems>): Environment {
  const told = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      const { why, fix } = diagnoseEngine(error)
      throw sandboxUnavailable(kind, why, fix)
    }
  }
  return {
    usage: (store) => treeBytes(systemFolder(store)),
    snapshot: (store, to) =>
      told(async () => {
        await recoverSystem(store)
        const kept = await (await systems()).keep(store)
        // Nothing was ever opened: there is nothing to come back to but that.
        if (kept === undefined) return
        await writeFile(join(to, keptName), kept)
        await copyTree(systemFolder(store), systemFolder(to))
      }),
    restore: (store, from) =>
      told(async () => {
        await recoverSystem(store)
        await (await systems()).forget(store)
        const [now, next, last] = [systemFolder(store), `${systemFolder(store)}.new`, `${systemFolder(store)}.old`]
        await removeTree(next)
        await mkdir(store, { recursive: true, mode: 0o700 })
        if (await readFile(join(from, keptName)).catch(() => undefined)) await copyTree(systemFolder(from), next)
        else await mkdir(next)
        await rename(now, last).catch(ignoreMissing)
        await rename(next, now)
        await removeTree(last)
      }),
    forget: (from) =>
      told(async () => {
        const kept = await readFile(join(from, keptName), 'utf8').catch(() => undefined)
        if (kept) await (await systems()).release(kept)
        await rm(join(from, keptName), { force: true })
      }),
    dispose: (store) =>
      told(async () => {
        await (await systems()).forget(store)
        for (const suffix of ['', '.new', '.old']) await removeTree(`${systemFolder(store)}${suffix}`)
      }),
  }
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
}
