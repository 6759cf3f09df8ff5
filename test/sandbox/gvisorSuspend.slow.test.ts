import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { SandboxKind } from '#protocol/sandbox.ts'
import { DockerHost } from '../../daemon/sandbox/docker/dockerHost.ts'
import { gvisorProvider } from '../../daemon/sandbox/gvisor/gvisorProvider.ts'
import type { Sandbox, SandboxProvider } from '../../daemon/sandbox/sandbox.ts'
import type { WorkspaceSandbox } from '../../daemon/sandbox/workspaceSandbox.ts'
import { whyNoGvisor } from '../support/whyNoGvisor.ts'
import { type Workspaces, workspaces } from '../support/workspaces.ts'

const why = await whyNoGvisor()
const secret = 'a-secret-that-is-in-no-file-0123456789'
const counting = '(n=0; while :; do n=$((n + 1)); echo $n >count; sleep 0.02; done) >/dev/null 2>&1 &'

describe.skipIf(why !== undefined)(
  `a workspace that is suspended under gVisor${why ? ` (skipped: ${why})` : ''}`,
  () => {
    let places: Workspaces
    let kinds: Map<SandboxKind, SandboxProvider>
    let folder: string
    let workspace: WorkspaceSandbox
    let inside: Sandbox | undefined

    beforeEach(() => {
      kinds = new Map()
      places = workspaces(kinds)
      vi.stubEnv('HOME', join(places.top, 'user'))
      mkdirSync(join(places.top, 'user'))
      for (const name of ['upper', 'work']) mkdirSync(join(places.dataFolder, name))
      folder = places.folder('project')
      restart()
    })
    afterEach(async () => {
      await inside?.close()
      await workspace.dispose()
      vi.unstubAllEnvs()
      await places.remove()
    })

    /** As another daemon finds it, on a machine without Docker. */
    function restart(): void {
      const host = new DockerHost({ hide: [places.dataFolder], socketPath: join(places.top, 'none.sock') })
      kinds.set('gvisor', gvisorProvider(host))
      const resolveSecret = async () => ({ type: 'value', value: Buffer.from(secret) }) as const
      workspace = places.sandboxes({ resolveSecret }).of(folder)
    }

    async function open(): Promise<Sandbox> {
      const [upper, work] = ['upper', 'work'].map((name) => join(places.dataFolder, name)) as [string, string]
      inside = await workspace.open('s_1', { layer: { type: 'overlay', lower: folder, upper, work } })
      return inside
    }

    const info = () => workspace.info({ withDisk: false })
    const counted = () => Number(readFileSync(join(places.dataFolder, 'upper', 'count'), 'utf8'))
    /** Compressed by gVisor, so that nothing of what is in them can be looked for. */
    const images = () =>
      readdirSync(join(places.dataFolder, 'workspaces'), { recursive: true }).filter((path) =>
        String(path).endsWith('checkpoint.img'),
      )

    test('its programs go on after a restart of the daemon, and its state says that they will', async () => {
      await workspace.ensure()
      expect(await info()).toMatchObject({ state: 'ready', runner: 'runsc', open: [] })
      const first = await open()
      await first.exec({ line: counting })
      await first.exec({ line: 'echo words-in-memory >/tmp/words' })
      await vi.waitFor(() => expect(counted()).toBeGreaterThan(0), 10_000)
      await workspace.suspend()
      expect(await info()).toMatchObject({ state: 'suspended', memory: 'saved' })
      expect(images()).toHaveLength(1)
      await first.close()
      const before = counted()

      restart()
      expect(await info()).toMatchObject({ state: 'suspended', memory: 'saved', open: [] })
      const second = await open()
      const resumed = await info()
      expect(resumed).toMatchObject({ state: 'ready', open: [{ runner: 'runsc', resumed: { type: 'goesOn' } }] })
      expect(resumed.memory).toBeUndefined()
      await vi.waitFor(() => expect(counted()).toBeGreaterThan(before + 5), 10_000)
      const { stdout } = await second.exec({ line: 'cat /tmp/words' })
      expect(`${Buffer.from(stdout.head)}`).toBe('words-in-memory\n')
      expect(images()).toEqual([])
    })

    test('with a secret in it memory never lies on the disk, and is told to end with the daemon', async () => {
      await workspace.configure({ secrets: [{ name: 'token', from: 'env:TOKEN', use: { type: 'file' } }] })
      const first = await open()
      const { stdout } = await first.exec({ line: 'cat /run/secrets/token >/tmp/copy; wc -c </tmp/copy' })
      expect(`${Buffer.from(stdout.head)}`.trim()).toBe(`${secret.length}`)
      await workspace.suspend()
      expect(await info()).toMatchObject({ state: 'suspended', memory: 'held' })
      expect(images()).toEqual([])
      await workspace.resume()
      expect((await first.exec({ line: 'test -s /tmp/copy' })).end).toEqual({ type: 'exited', code: 0 })
      await workspace.suspend()
      await first.close()
      restart()
      expect((await info()).memory).toBeUndefined()
    })

    test.each([
      ['quarantine', () => workspace.quarantine('Stop.'), () => workspace.resume()],
      ['a reset', () => workspace.reset(), async () => {}],
      ['a restored snapshot', () => workspace.restore('then'), async () => {}],
    ])('%s ends what was saved for good', async (_, end, then) => {
      const first = await open()
      await workspace.snapshot('then')
      await first.exec({ line: counting })
      await vi.waitFor(() => expect(existsSync(join(places.dataFolder, 'upper', 'count'))).toBe(true), 10_000)
      await workspace.suspend()
      await first.close()
      restart()
      await end()
      await then()
      const second = await open()
      expect(second.resumed).toBeUndefined()
      const before = counted()
      await second.exec({ line: 'sleep 0.3' })
      expect(counted()).toBe(before)
    })
  },
)
