import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { SandboxKind } from '#protocol/sandbox.ts'
import { KnownSecrets } from '../../daemon/sandbox/redaction.ts'
import type { SandboxProvider } from '../../daemon/sandbox/sandbox.ts'
import { WorkspaceSandboxes, type WorkspaceSandboxesParams } from '../../daemon/sandbox/workspaceSandboxes.ts'

/** A data folder and workspaces on a real disk, and the sandboxes of a daemon over them. */
export interface Workspaces {
  readonly top: string
  readonly dataFolder: string
  /** A new, empty workspace. */
  folder(name: string): string
  /** As a daemon that was just started has them. */
  sandboxes(params?: Partial<WorkspaceSandboxesParams>): WorkspaceSandboxes
  remove(): Promise<void>
}

export function workspaces(kinds: ReadonlyMap<SandboxKind, SandboxProvider>): Workspaces {
  const top = realpathSync(mkdtempSync('/var/tmp/paddock-workspaces-'))
  const dataFolder = join(top, 'data')
  mkdirSync(dataFolder)
  const all: WorkspaceSandboxes[] = []
  return {
    top,
    dataFolder,
    folder(name) {
      const folder = join(top, name)
      mkdirSync(folder)
      return folder
    },
    sandboxes(params = {}) {
      const [kind = 'bubblewrap'] = kinds.keys()
      const made = new WorkspaceSandboxes({
        kinds,
        dataFolder,
        defaults: {
          kind: kind === 'none' ? 'bubblewrap' : kind,
          limits: {},
          network: { undecided: 'ask', rules: [] },
          secrets: [],
          allowNone: false,
        },
        version: 'test',
        retention: { unusedDays: 90, diskMiB: 1024 },
        resolveSecret: async () => ({ type: 'missing', why: 'there are none.', fix: 'Do without.' }),
        bindSecrets: async () => ({ variables: {}, files: new Map() }),
        busySessions: () => [],
        layerBytes: async () => 0,
        report: (line) => {
          throw new Error(line)
        },
        policyRules: [],
        ruleFault: () => undefined,
        provideSecrets: () => {},
        known: new KnownSecrets(),
        ...params,
      })
      all.push(made)
      return made
    },
    async remove() {
      for (const sandboxes of all) await sandboxes.stop()
      rmSync(top, { recursive: true, force: true })
    },
  }
}
