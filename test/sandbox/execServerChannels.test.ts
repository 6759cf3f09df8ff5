import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { bubblewrapProvider } from '../../daemon/sandbox/bubblewrap/bubblewrapProvider.ts'
import type { ExecServer } from '../../daemon/sandbox/execServer/execServer.ts'
import { channelWindow, type Field } from '../../daemon/sandbox/execServer/wire.ts'
import type { Sandbox } from '../../daemon/sandbox/sandbox.ts'
import { type SandboxFolders, sandboxFolders } from '../support/sandboxFolders.ts'
import { started } from './sandboxContract/started.ts'

let folders: SandboxFolders

beforeAll(() => {
  folders = sandboxFolders()
  vi.stubEnv('HOME', folders.userHome)
})
afterAll(() => {
  vi.unstubAllEnvs()
  folders.remove()
})

const bytes = (size: number): Field => ({ rest: new Uint8Array(size) })

test.each<[string, (server: ExecServer) => void]>([
  [
    'sends more than there is room for',
    (server) => {
      server.say('c', 1, [bytes(channelWindow)])
      server.say('c', 1, [bytes(1)])
    },
  ],
  [
    'sends on after its end',
    (server) => {
      server.say('z', 1, [])
      server.say('c', 1, [bytes(1)])
    },
  ],
  ['gives more room than there is', (server) => server.say('g', 1, [{ u32: 1 }])],
  ['speaks of a channel that is not there', (server) => server.say('c', 77, [bytes(1)])],
  ['says a letter that means nothing', (server) => server.say('?', 1, [])],
])('the exec server ends the sandbox of a daemon that %s', async (_, misbehave) => {
  const sandbox = await bubblewrapProvider({ hide: [folders.data] }).open(folders.layer())
  const process = await started(sandbox, { line: 'sleep 1000' })
  const { server } = sandbox as Sandbox & { server: ExecServer }
  misbehave(server)
  await expect(process.ended).rejects.toThrow(/ended with code 0/)
  await sandbox.closed
})
