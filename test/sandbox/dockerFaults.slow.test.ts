import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { DockerHost } from '../../daemon/sandbox/docker/dockerHost.ts'
import { dockerProvider } from '../../daemon/sandbox/docker/dockerProvider.ts'
import { SandboxGone } from '../../daemon/sandbox/sandbox.ts'
import { dockerBase } from '../../scripts/setup/dockerBase.mjs'
import { type DockerEngine, dockerEngine, whyNoFreshDocker } from '../support/dockerEngine.ts'
import type { Said } from '../support/dockerProcess.ts'
import { type SandboxFolders, sandboxFolders } from '../support/sandboxFolders.ts'
import { whyNoGvisor } from '../support/whyNoGvisor.ts'

const why = await whyNoFreshDocker()
const owner = 'tests-faults'

const whyNotGvisor = await whyNoGvisor()
const kinds = whyNotGvisor === undefined ? ['docker', 'gvisor'] : ['docker']

describe.skipIf(why !== undefined)(`docker that ends, refuses or is not there${why ? ` (${why})` : ''}`, () => {
  let docker: DockerEngine
  let folders: SandboxFolders
  let program: string

  beforeAll(async () => {
    docker = await dockerEngine({ fresh: true })
    folders = sandboxFolders()
    vi.stubEnv('HOME', folders.userHome)
    writeFileSync(join(folders.workspace, 'readme.txt'), 'base\n')
    program = join(folders.top, 'dockerProcess.mjs')
    const leftOut = join(import.meta.dirname, '../../scripts/build/leftOut.cjs')
    await build({
      entryPoints: [join(import.meta.dirname, '../support/dockerProcess.ts')],
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'esm',
      loader: { '.pl': 'text', '': 'text' },
      alias: Object.fromEntries(['ssh2', '@grpc/grpc-js', '@grpc/proto-loader'].map((name) => [name, leftOut])),
      banner: { js: "import { createRequire } from 'node:module';const require=createRequire(import.meta.url);" },
    })
  })
  afterAll(async () => {
    await docker.stop()
    vi.unstubAllEnvs()
    folders.remove()
  })

  const provider = () => dockerProvider(new DockerHost({ hide: [folders.data], socketPath: docker.socketPath, owner }))
  const open = (options: object = {}) => provider().open({ ...folders.layer(), image: dockerBase.name, ...options })

  async function ours(): Promise<string[]> {
    const filters = { label: [`paddock=${owner}`, 'paddock.process'] }
    const containers = await docker.engine.listContainers({ all: true, filters })
    const { Volumes } = await docker.engine.listVolumes({ filters })
    return [...containers.map(({ Id }) => Id), ...(Volumes ?? []).map(({ Name }) => Name)]
  }

  /** Starts dockerProcess.ts, perhaps as another user, and waits for what it says. */
  async function start(lines: readonly string[], { uid = 0, of = folders, kind = 'docker' } = {}) {
    const { layer, home, store } = of.layer()
    if (uid !== 0) execFileSync('chown', ['-R', `${uid}:${uid}`, of.top])
    const places = [docker.socketPath, of.data, layer.lower, layer.upper, layer.work, home, store]
    const child = spawn(process.execPath, [program, ...places, owner, dockerBase.name, ...lines], {
      ...{ uid, gid: uid, stdio: ['pipe', 'pipe', 'inherit'] },
      env: { PATH: process.env['PATH'], HOME: of.userHome, KIND: kind },
    })
    const ended = new Promise((resolve) => child.on('exit', resolve))
    for await (const line of createInterface({ input: child.stdout! })) {
      return { child, ended, said: JSON.parse(line) as Said, layer }
    }
    throw new Error('it ended without a word')
  }

  function environmentOf(pid: string): string {
    try {
      return /^\d+$/.test(pid) ? readFileSync(`/proc/${pid}/environ`, 'latin1') : ''
    } catch {
      return ''
    }
  }

  test('a daemon that is killed leaves no container, and what is left of it goes when the next one begins', async () => {
    const { child, ended, said } = await start(['setsid -f sleep 1000; echo up'])
    expect(said).toEqual(['{"type":"exited","code":0} up\n'])
    expect((await ours()).length).toBe(2)
    child.kill('SIGKILL')
    await ended
    await vi.waitFor(async () => expect((await docker.engine.listContainers({ all: true })).length).toBe(0), 30_000)
    const next = await open()
    expect((await ours()).length).toBe(2)
    await next.close()
    expect(await ours()).toEqual([])
  })

  test('a container that is not answered for any more is removed, and those of others are not', async () => {
    const labels = (mark: string, of = owner) => ({ paddock: of, 'paddock.process': mark })
    const made = async (Labels: Record<string, string>) => {
      const container = await docker.engine.createContainer({ Image: dockerBase.name, Cmd: ['sleep', '1000'], Labels })
      await container.start()
      return container
    }
    const gone = await made(labels('999999:1'))
    const others = [await made(labels('999999:1', 'somebody')), await made({ unrelated: 'yes' })]
    const sandbox = await open()
    await expect(gone.inspect()).rejects.toMatchObject({ statusCode: 404 })
    for (const other of others) {
      expect((await other.inspect()).State.Running).toBe(true)
      await other.remove({ force: true })
    }
    await sandbox.close()
  })

  test.each(kinds)(
    '%s: files of a user who is not root are that user’s, no process is root, and apt installs',
    async (kind) => {
      const of = sandboxFolders()
      try {
        chmodSync(docker.socketPath, 0o666)
        chmodSync(join(docker.socketPath, '..'), 0o755)
        chmodSync(program, 0o644)
        chmodSync(folders.top, 0o755)
        const uid = 12_345
        const { child, ended, said, layer } = await start(
          [
            'id -u; id -un; touch made; echo x > /tmp/x && touch /run/x && grep CapEff /proc/self/status',
            `mkdir -p /tmp/p/DEBIAN /tmp/p/opt/tool && cd /tmp/p && touch opt/tool/there &&
           printf '#!/bin/sh\\nset -e\\necho configured > /etc/tool.conf\\n' > DEBIAN/postinst && chmod 755 DEBIAN/postinst &&
           printf 'Package: tool\\nVersion: 1\\nArchitecture: all\\nMaintainer: x <x@example.com>\\nDescription: x\\n' > DEBIAN/control &&
           dpkg-deb --build . /tmp/tool.deb > /dev/null 2>&1 && apt-get install -qq -y /tmp/tool.deb > /tmp/log 2>&1 || cat /tmp/log
           dpkg -s tool | grep ^Status; ls -ln /opt/tool/there | cut -d' ' -f3; cat /etc/tool.conf`,
          ],
          { uid, of, kind },
        )
        expect(said).toEqual([
          `{"type":"exited","code":0} ${uid}\nuser\nCapEff:\t0000000000000000\n`,
          `{"type":"exited","code":0} Status: install ok installed\n${uid}\nconfigured\n`,
        ])
        expect(statSync(join(layer.upper, 'made')).uid).toBe(uid)
        child.stdin!.end()
        await vi.waitFor(async () => expect(await ours()).toEqual([]), 30_000)
        // Goes after the container and its volumes.
        await vi.waitFor(() => expect(readdirSync(layer.work)).toEqual([]), 30_000)
        child.kill()
        await ended
      } finally {
        of.remove()
      }
    },
  )

  test('a user who may not talk to Docker is told the one fix', async () => {
    const of = sandboxFolders()
    chmodSync(docker.socketPath, 0o600)
    const { child, ended, said } = await start([], { uid: 12_345, of })
    expect(said).toEqual([expect.stringContaining('usermod -aG docker')])
    child.kill()
    await ended
    of.remove()
  })

  test('where no Docker answers, probing and opening say so with the fix', async () => {
    const none = dockerProvider(
      new DockerHost({ hide: [folders.data], socketPath: join(folders.top, 'none.sock'), owner }),
    )
    const status = await none.probe()
    expect(status).toMatchObject({ type: 'unavailable', kind: 'docker', fix: expect.stringContaining('docker') })
    await expect(none.open(folders.layer())).rejects.toMatchObject({ data: { type: 'sandboxUnavailable' } })
  })

  test('without its image probing does not build it', async () => {
    expect(await provider().probe()).toMatchObject({ type: 'unavailable', why: expect.stringContaining('not built') })
  })

  test('a snapshot that a restore was broken off from is whole or not there', async () => {
    const kind = provider()
    const { store, ...params } = folders.layer()
    const snapshot = join(folders.data, 'broken')
    mkdirSync(snapshot)
    const sandbox = await kind.open({ ...params, store, image: dockerBase.name })
    await sandbox.exec({ line: 'echo first > /opt/word' })
    await sandbox.close()
    await kind.environment.snapshot(store, snapshot)
    // As killed between the two renames.
    execFileSync('mv', [join(store, 'system'), join(store, 'system.old')])
    const again = await kind.open({ ...folders.layer(), store, image: dockerBase.name })
    expect(`${Buffer.from((await again.exec({ line: 'cat /opt/word' })).stdout.head)}`).toBe('first\n')
    await again.close()
    await kind.environment.forget(snapshot)
    await kind.environment.dispose(store)
  })

  test('a system whose copy somebody removed is copied again, with what was installed over it', async () => {
    const kind = provider()
    const { store, ...params } = folders.layer()
    const first = await kind.open({ ...params, store, image: dockerBase.name })
    await first.exec({ line: 'echo kept > /opt/word' })
    await first.close()
    const { Volumes } = await docker.engine.listVolumes({ filters: { label: [`paddock=${owner}`] } })
    for (const { Name } of Volumes) await docker.engine.getVolume(Name).remove()
    const next = await kind.open({ ...folders.layer(), store, image: dockerBase.name })
    expect(`${Buffer.from((await next.exec({ line: 'cat /opt/word' })).stdout.head)}`).toBe('kept\n')
    await next.close()
    await kind.environment.dispose(store)
  })

  test('when the engine is killed the sandbox is gone at once, nothing runs on, and another opens when it is back', async () => {
    const { layer, ...rest } = folders.layer()
    const kind = provider()
    const sandbox = await kind.open({ layer, ...rest, image: dockerBase.name })
    const mark = `paddock-${process.pid}`
    const marked = async () => readdirSync('/proc').filter((pid) => environmentOf(pid).includes(`MARK=${mark}`)).length
    let running: ReturnType<typeof sandbox.exec>
    await sandbox.writeFile(join(sandbox.root, 'made'), Buffer.from('before\n'))
    const started = new Promise<void>((resolve) => {
      running = sandbox.exec(
        { line: `echo ${mark}; exec sleep 1000`, env: { MARK: mark } },
        { onOutput: () => resolve() },
      )
    })
    await started
    expect(await marked()).toBe(1)
    const refused = expect(running!).rejects.toThrow(SandboxGone)
    docker.process!.kill('SIGKILL')
    await refused
    expect(await kind.probe()).toMatchObject({ type: 'unavailable', why: expect.stringContaining('Docker') })
    await sandbox.closed
    await expect(kind.open({ layer, ...rest, image: dockerBase.name })).rejects.toMatchObject({
      data: { type: 'sandboxUnavailable', why: expect.stringContaining('Docker') },
    })
    expect(readFileSync(join(layer.upper, 'made'), 'utf8')).toBe('before\n')
    expect(await marked()).toBe(0)

    docker = await docker.restart()
    const next = await kind.open({ layer, ...rest, image: dockerBase.name })
    const { stdout } = await next.exec({ line: 'cat made' })
    expect(`${Buffer.from(stdout.head)}`).toBe('before\n')
    expect((await docker.engine.listContainers({ all: true })).length).toBe(1)
    await next.close()
    expect(await ours()).toEqual([])
  })
})
