import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { SandboxRunner } from '#protocol/sandbox.ts'
import type { Sandbox, SandboxProvider } from '../../daemon/sandbox/sandbox.ts'
import { type SandboxFolders, sandboxFolders } from '../support/sandboxFolders.ts'
import { commandContract } from './sandboxContract/commands.ts'
import { type ContractContext, text } from './sandboxContract/context.ts'
import { endContract } from './sandboxContract/ends.ts'
import { fileContract } from './sandboxContract/files.ts'
import { limitContract } from './sandboxContract/limits.ts'
import { networkContract } from './sandboxContract/network.ts'
import { portContract } from './sandboxContract/ports.ts'
import { processContract } from './sandboxContract/processes.ts'
import { terminalContract } from './sandboxContract/terminals.ts'

/**
 * What every kind of sandbox does, shown on real files and processes. `makeProvider` is handed the data folder to hide.
 * HOME is the test's own while the provider works.
 */
export function sandboxContract(
  kind: string,
  makeProvider: (hide: readonly string[]) => SandboxProvider,
  {
    ownSystem = false,
    terminalsLack,
    runner,
  }: Partial<Pick<ContractContext, 'ownSystem' | 'terminalsLack'>> & { runner?: SandboxRunner } = {},
): void {
  describe(`the sandbox contract, ${runner ? `${kind} by ${runner}` : kind}`, () => {
    let folders: SandboxFolders
    let provider: SandboxProvider
    let sandbox: Sandbox

    beforeAll(async () => {
      folders = sandboxFolders()
      vi.stubEnv('HOME', folders.userHome)
      writeFileSync(join(folders.workspace, 'readme.txt'), 'base\n')
      provider = makeProvider([folders.data])
      sandbox = await provider.open(folders.layer())
    })
    afterAll(async () => {
      await sandbox.close()
      vi.unstubAllEnvs()
      folders.remove()
    })

    const the: ContractContext = {
      kind,
      by: runner ? { kind, runner } : { kind },
      ownSystem,
      ...(terminalsLack === undefined ? {} : { terminalsLack }),
      get folders() {
        return folders
      },
      get provider() {
        return provider
      },
      get sandbox() {
        return sandbox
      },
      at: (name) => join(folders.workspace, name),

      async check(line, options, expected) {
        const { signal, onOutput, hold, ...command } = options
        const result = await sandbox.exec(
          { line, ...command },
          { ...(signal ? { signal } : {}), ...(onOutput ? { onOutput } : {}), ...(hold ? { hold } : {}) },
        )
        const { stdout, stderr, end } = result
        const shown = { end, stdout: text(stdout.head), stderr: text(stderr.head), omitted: stdout.omitted }
        expect(shown).toMatchObject(expected)
        return result
      },

      async processes() {
        const line = 'for p in /proc/[0-9]*; do tr "\\0" " " < $p/cmdline; echo; done'
        return text((await sandbox.exec({ line })).stdout.head)
      },
    }

    test('probing says that it is ready', async () => {
      expect(await provider.probe()).toEqual({ type: 'ready', kind })
      expect(await provider.probe()).toEqual({ type: 'ready', kind })
    })

    for (const contract of [
      commandContract,
      processContract,
      terminalContract,
      portContract,
      networkContract,
      limitContract,
      fileContract,
      endContract,
    ]) {
      contract(the)
    }
  })
}
