import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { DockerHost } from '../../daemon/sandbox/docker/dockerHost.ts'
import { gvisorProvider } from '../../daemon/sandbox/gvisor/gvisorProvider.ts'
import type { Sandbox } from '../../daemon/sandbox/sandbox.ts'
import { testOwner } from '../support/dockerEngine.ts'
import { gvisorRunners, hostFor } from '../support/gvisorRunners.ts'
import { type SandboxFolders, sandboxFolders } from '../support/sandboxFolders.ts'

const { docker, missing, stop } = await gvisorRunners()

describe.skipIf(!docker)(`what runs gVisor${docker ? '' : ` (${missing.join('; ')})`}`, () => {
  let folders: SandboxFolders

  beforeAll(() => {
    folders = sandboxFolders()
    vi.stubEnv('HOME', folders.userHome)
  })
  afterAll(async () => {
    for (const store of ['docker', 'runsc', 'both']) await here().environment.dispose(join(folders.data, store))
    vi.unstubAllEnvs()
    folders.remove()
    const filters = { label: [`paddock=${testOwner}`, 'paddock.process'] }
    expect(await docker!.engine.listContainers({ all: true, filters })).toEqual([])
    await stop()
  })

  /** Where Docker knows the runtime. */
  const here = () => gvisorProvider(hostFor(docker!, [folders.data]))
  const withoutDocker = () =>
    gvisorProvider(
      new DockerHost({ hide: [folders.data], socketPath: join(folders.top, 'none.sock'), owner: testOwner }),
    )
  const params = (store: string) => ({ ...folders.layer(), store: join(folders.data, store) })

  async function say(sandbox: Sandbox, line: string): Promise<string> {
    const { stdout, end } = await sandbox.exec({ line })
    expect(end).toEqual({ type: 'exited', code: 0 })
    await sandbox.close()
    return Buffer.from(stdout.head).toString()
  }

  test('Docker where it knows the runtime, and the workspace stays with it and its packages', async () => {
    const gvisor = here()
    const at = params('docker')
    expect(await gvisor.probe(at.store)).toEqual({ type: 'ready', kind: 'gvisor', runner: 'docker' })
    expect(gvisor.runners.of(at.store)).toBeUndefined()
    const sandbox = await gvisor.open(at)
    expect(sandbox).toMatchObject({ kind: 'gvisor', runner: 'docker' })
    expect((await sandbox.exec({ line: 'true' })).evidence).toMatchObject({ kind: 'gvisor', runner: 'docker' })
    await say(sandbox, 'echo installed > /opt/package')
    expect(gvisor.runners.of(at.store)).toBe('docker')
    expect(await say(await here().open(params('docker')), 'cat /opt/package')).toBe('installed\n')
    const refused = { data: { type: 'sandboxUnavailable', kind: 'gvisor', why: expect.stringContaining('Docker') } }
    await expect(withoutDocker().open(params('docker'))).rejects.toMatchObject(refused)
    expect(await withoutDocker().probe(at.store)).toMatchObject({ type: 'unavailable', kind: 'gvisor' })
  })

  test('runsc itself where there is no Docker, and the workspace stays with it though one comes', async () => {
    const at = params('runsc')
    expect(await withoutDocker().probe(at.store)).toEqual({ type: 'ready', kind: 'gvisor', runner: 'runsc' })
    expect(await withoutDocker().runners.settle(at.store)).toBe('runsc')
    const sandbox = await here().open(at)
    expect((await sandbox.exec({ line: 'true' })).evidence).toMatchObject({ kind: 'gvisor', runner: 'runsc' })
    await sandbox.close()
    expect(await here().probe(at.store)).toMatchObject({ runner: 'runsc' })
    const refused = { data: { type: 'sandboxUnavailable', why: expect.stringContaining('which has none') } }
    await expect(here().open({ ...params('runsc'), image: 'debian' })).rejects.toMatchObject(refused)
  })

  test('a snapshot brings back what runs it with its packages, and a reset leaves both open', async () => {
    const gvisor = here()
    const [at, store] = [params('both'), join(folders.data, 'both')]
    const snapshot = join(folders.data, 'snapshot')
    mkdirSync(snapshot)
    await say(await gvisor.open(at), 'echo kept > /opt/package')
    await gvisor.environment.snapshot(store, snapshot)
    await gvisor.environment.dispose(store)
    expect(gvisor.runners.of(store)).toBeUndefined()
    expect(await say(await withoutDocker().open(params('both')), 'ls /opt/package 2>/dev/null || echo none')).toBe(
      'none\n',
    )
    expect(gvisor.runners.of(store)).toBe('runsc')
    await gvisor.environment.restore(store, snapshot)
    expect(gvisor.runners.of(store)).toBe('docker')
    expect(existsSync(join(store, 'runsc'))).toBe(false)
    expect(await gvisor.environment.usage(store)).toBeGreaterThan(0)
    expect(await say(await gvisor.open(params('both')), 'cat /opt/package')).toBe('kept\n')
    await gvisor.environment.forget(snapshot)
  })
})
