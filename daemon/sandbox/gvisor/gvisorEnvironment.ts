import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import type { SandboxRunner } from '#protocol/sandbox.ts'
import type { Environment } from '../environment.ts'
import { removeTree, treeBytes } from '../folderTree.ts'
import { forgetRunner, readRunner, runnerFolder, writeRunner } from './runner.ts'
import { forgetMemories } from './savedMemory.ts'

/** What each runner keeps beside the home, where it keeps anything, and which of them it is: that comes back with it. */
export function gvisorEnvironment(of: Readonly<Partial<Record<SandboxRunner, Environment>>>): Environment {
  const runners: readonly SandboxRunner[] = ['docker', 'runsc']
  const disposeOf = async (store: string, runner: SandboxRunner) => {
    const folder = runnerFolder(store, runner)
    if (!existsSync(folder)) return
    await of[runner]?.dispose(folder)
    await removeTree(folder)
  }
  return {
    usage: (store) =>
      treeBytes(...runners.map((runner) => runnerFolder(store, runner)).filter((folder) => existsSync(folder))),
    async snapshot(store, to) {
      const runner = readRunner(store)
      // Nothing was ever opened: there is nothing to come back to but that.
      if (!runner) return
      const folder = runnerFolder(to, runner)
      await mkdir(folder, { mode: 0o700 })
      await of[runner]?.snapshot(runnerFolder(store, runner), folder)
      await writeRunner(to, runner)
    },
    async restore(store, from) {
      await forgetMemories(runnerFolder(store, 'runsc'))
      const runner = readRunner(from)
      if (runner) {
        const folder = runnerFolder(store, runner)
        await mkdir(folder, { recursive: true, mode: 0o700 })
        await of[runner]?.restore(folder, runnerFolder(from, runner))
        await writeRunner(store, runner)
      } else await forgetRunner(store)
      // What another one kept belongs to nothing any more.
      for (const other of runners) if (other !== runner) await disposeOf(store, other)
    },
    async forget(from) {
      for (const runner of runners) {
        const folder = runnerFolder(from, runner)
        if (existsSync(folder)) await of[runner]?.forget(folder)
      }
    },
    forgetMemory: (store) => forgetMemories(runnerFolder(store, 'runsc')),
    async dispose(store) {
      for (const runner of runners) await disposeOf(store, runner)
      await forgetRunner(store)
    },
  }
}
