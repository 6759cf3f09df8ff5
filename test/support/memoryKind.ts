import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment } from '../../daemon/sandbox/environment.ts'
import type { OpenParams, SandboxProvider } from '../../daemon/sandbox/sandbox.ts'
import { type MemorySandbox, memorySandbox } from './memorySandbox.ts'

/** A kind of sandbox in memory, whose environment is a text in its store. Its home is a real folder that nothing inside sees. */
export interface MemoryKind extends SandboxProvider {
  readonly environment: Environment
  /** What was opened, with what, in order. */
  readonly opened: { params: OpenParams; sandbox: MemorySandbox }[]
  /** What the next opens wait for. */
  hold: Promise<void>
  /** The next restore of the environment fails. */
  failRestore: boolean
}

export function memoryKind(kind = 'docker'): MemoryKind {
  const text = (folder: string) => join(folder, 'packages')
  const provider: MemoryKind = {
    kind,
    layers: ['overlay'],
    opened: [],
    hold: Promise.resolve(),
    failRestore: false,
    probe: async () => ({ type: 'ready', kind }),
    async open(params) {
      await provider.hold
      mkdirSync(params.store, { recursive: true })
      const sandbox = memorySandbox({ root: params.layer.lower })
      provider.opened.push({ params, sandbox })
      return sandbox
    },
    environment: {
      usage: async (store) => (existsSync(text(store)) ? readFileSync(text(store)).length : 0),
      snapshot: async (store, to) => {
        if (existsSync(text(store))) cpSync(text(store), text(to))
      },
      restore: async (store, from) => {
        if (provider.failRestore) throw new Error('the engine is away')
        mkdirSync(store, { recursive: true })
        writeFileSync(text(store), existsSync(text(from)) ? readFileSync(text(from)) : '')
      },
      forget: async () => {},
      dispose: async (store) => rmSync(text(store), { force: true }),
    },
  }
  return provider
}
