import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '#client/connect.ts'
import type { DaemonClient } from '#client/daemonClient.ts'
import { type Script, type ScriptedProvider, startScriptedProvider } from '../../daemon/agent/models/scripted.ts'
import { childrenOf } from '../../test/support/childrenOf.ts'
import { repository } from '../setup/places.mjs'
import { memoryOf } from './processMemory.ts'

const build: string = JSON.parse(readFileSync(join(repository, 'dist/build.json'), 'utf8')).build
const launch = { execPath: process.execPath, entry: join(repository, 'dist/daemon/main.mjs') }

/** A fresh daemon on a fresh workspace, from the built bundle; nothing of the user's is touched. */
export interface Ground {
  readonly folder: string
  readonly dataFolder: string
  connect(): Promise<DaemonClient>
  script(client: DaemonClient, script: Script): Promise<ScriptedProvider>
  /** Runs one task in a session to its end. */
  run(client: DaemonClient, session: string, prompt: string): Promise<void>
  leave(): Promise<void>
}

export function ground(): Ground {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'paddock-bench-')))
  const folder = join(root, 'work')
  const dataFolder = join(root, 'data')
  mkdirSync(folder)
  writeFileSync(join(folder, 'a.txt'), 'one\n')
  const providers: ScriptedProvider[] = []
  const open = () => connect({ client: { name: 'bench', version: build }, build, launch, dataFolder })
  return {
    folder,
    dataFolder,
    connect: open,
    async script(client, script) {
      const provider = await startScriptedProvider(script)
      providers.push(provider)
      const { baseUrl, apiKey, model } = provider
      await client.request('model/configure', { baseUrl, apiKey, model })
      return provider
    },
    async run(client, session, prompt) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const off = client.on('session/events', (payload) => {
        if (payload.session !== session) return
        for (const { event } of payload.events) {
          if (event.type === 'taskCompleted') resolve()
          if (event.type === 'taskFailed') reject(new Error(event.failure.message))
        }
      })
      await client.request('session/subscribe', { session })
      await client.request('task/submit', { session, prompt })
      await promise
      off()
    },
    async leave() {
      const client = await connect({ client: { name: 'bench', version: build }, build, dataFolder }).catch(
        () => undefined,
      )
      await client?.request('daemon/shutdown', { whenIdle: false })
      await client?.closed
      for (const provider of providers) await provider.close()
      rmSync(root, { recursive: true, force: true })
    },
  }
}

/** Of a process and all that descend from it, in MB. */
export function memoryOfTree(pid: number): number {
  return [pid, ...descendants(pid)].reduce((sum, each) => sum + (memoryIfThere(each) ?? 0), 0)
}

function descendants(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendants(child)])
}

function memoryIfThere(pid: number): number | undefined {
  try {
    return memoryOf(pid)
  } catch {
    return undefined
  }
}
