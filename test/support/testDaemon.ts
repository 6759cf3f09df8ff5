import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '#client/connect.ts'
import type { DaemonClient } from '#client/daemonClient.ts'
import { removeLeftGroups } from './leftGroups.ts'

const entry = new URL('../../dist/daemon/main.mjs', import.meta.url).pathname
const build: string = JSON.parse(readFileSync(new URL('../../dist/build.json', import.meta.url), 'utf8')).build

/** A daemon of one's own: the shipped bundle, a fresh data folder, a fresh workspace. Dispose it in any case. */
export interface TestDaemon {
  readonly dataFolder: string
  /** An empty folder to use as a workspace. */
  readonly folder: string
  /** Connects; starts the daemon where none runs. */
  connect(name?: string): Promise<DaemonClient>
  /** kill -9; settles when the process is gone. */
  kill(): Promise<void>
  /** Ends daemon and connections and removes every folder. Fails where a process of it is left. */
  dispose(): Promise<void>
}

/** `execPath`: what runs the bundle instead of this Node; it must become the daemon's own process. */
export function testDaemon({ execPath = process.execPath } = {}): TestDaemon {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'paddock-test-')))
  const dataFolder = join(root, 'data')
  const folder = join(root, 'work')
  mkdirSync(folder)
  const clients = new Set<DaemonClient>()
  const launch = { execPath, entry }
  const pids = new Set<number>()
  return {
    dataFolder,
    folder,
    async connect(name = 'test') {
      const client = await connect({ client: { name, version: build }, build, launch, dataFolder })
      clients.add(client)
      pids.add(client.pid)
      void client.closed.then(() => clients.delete(client))
      return client
    },
    async kill() {
      const gone = [...clients].map((client) => client.closed)
      for (const pid of pids) signal(pid, 'SIGKILL')
      await Promise.all(gone)
      for (const pid of pids) await ended(pid)
      pids.clear()
    },
    async dispose() {
      for (const client of clients) client.close()
      for (const pid of pids) signal(pid, 'SIGTERM')
      try {
        for (const pid of pids) await ended(pid)
      } finally {
        removeLeftGroups(dataFolder)
        rmSync(root, { recursive: true, force: true })
      }
    },
  }
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}

/** A process that is nobody's child here can only be asked for; it is gone within ten seconds or that is the failure. */
async function ended(pid: number): Promise<void> {
  for (const until = Date.now() + 10_000; signal(pid, 0); ) {
    if (Date.now() > until) throw new Error(`process ${pid} did not end`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
