import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { DockerHost, type DockerOptions } from '../../daemon/sandbox/docker/dockerHost.ts'
import { dockerProvider } from '../../daemon/sandbox/docker/dockerProvider.ts'
import { buildImage, findImage, imageName } from '../../daemon/sandbox/docker/image.ts'
import type { Sandbox } from '../../daemon/sandbox/sandbox.ts'
import { dockerEngine, testOwner, warmUp, whyNoDocker } from '../support/dockerEngine.ts'
import { RecordingNetwork } from '../support/recordingNetwork.ts'
import { type SandboxFolders, sandboxFolders } from '../support/sandboxFolders.ts'
import { sandboxContract } from './sandboxContract.ts'

const why = await whyNoDocker()
const docker = why === undefined ? await dockerEngine() : undefined
afterAll(() => docker?.stop(), 60_000)

if (docker) {
  const { recipe, socketPath } = docker
  // Takes minutes the first time, which is no test's.
  await warmUp(docker)
  sandboxContract('docker', (hide) => dockerProvider(new DockerHost({ hide, socketPath, recipe, owner: testOwner })), {
    ownSystem: true,
  })
}

describe.skipIf(!docker)(`docker${why ? ` (${why})` : ''}`, () => {
  let folders: SandboxFolders
  const opened: Sandbox[] = []

  beforeAll(() => {
    folders = sandboxFolders()
    vi.stubEnv('HOME', folders.userHome)
    writeFileSync(join(folders.workspace, 'readme.txt'), 'base\n')
  })
  afterEach(async () => {
    for (const sandbox of opened.splice(0)) await sandbox.close()
  })
  afterAll(async () => {
    await provider().environment.dispose(folders.layer().store)
    vi.unstubAllEnvs()
    folders.remove()
    expect(await ours()).toEqual([])
  })

  const provider = (options: Partial<DockerOptions> = {}) => {
    const { recipe, socketPath } = docker!
    return dockerProvider(new DockerHost({ hide: [folders.data], socketPath, recipe, owner: testOwner, ...options }))
  }

  async function open(options: Parameters<typeof params>[0] = {}): Promise<Sandbox> {
    const sandbox = await provider().open(params(options))
    opened.push(sandbox)
    return sandbox
  }

  const params = (options: object = {}) => ({ ...folders.layer(), ...options })

  async function run(sandbox: Sandbox, line: string): Promise<string> {
    const { end, stdout, stderr } = await sandbox.exec({ line })
    const said = `${Buffer.from(stdout.head)}`
    expect({ end, said, stderr: `${Buffer.from(stderr.head)}` }).toMatchObject({ end: { type: 'exited', code: 0 } })
    return said
  }

  /** Containers of ours, and volumes of layers. */
  async function ours(): Promise<string[]> {
    const filters = { label: [`paddock=${testOwner}`, 'paddock.process'] }
    const containers = await docker!.engine.listContainers({ all: true, filters })
    const { Volumes } = await docker!.engine.listVolumes({ filters })
    return [...containers.map(({ Id }) => Id), ...(Volumes ?? []).map(({ Name }) => Name)]
  }

  test('nothing of the machine is inside but layer, home and identity; nothing of it can be changed', async () => {
    const identity = join(folders.data, 'identity')
    mkdirSync(identity)
    writeFileSync(join(identity, 'workspace.json'), '{}')
    const sandbox = await open({ identity })
    expect(await run(sandbox, 'cat /.paddock/workspace.json')).toBe('{}')
    const refused = async (line: string) => {
      const { end } = await sandbox.exec({ line })
      expect([line, end]).toEqual([line, { type: 'exited', code: expect.not.stringMatching(/^0$/) }])
      expect(end).not.toEqual({ type: 'exited', code: 0 })
    }
    await refused('touch /.paddock/x')
    await refused('touch /x')
    await refused('ls /var/run/docker.sock')
    await refused('mount -t tmpfs none /mnt')
    await refused('unshare -m true')
    await refused('echo 1 > /proc/sys/kernel/panic')
    await refused('mknod /tmp/disk b 8 0')
    await refused('bash -c "echo > /dev/tcp/10.0.0.1/80"')
    await refused('perl -MSocket -e "socket my \\$s, 40, SOCK_STREAM, 0 or die"')
    expect(await run(sandbox, 'grep -E "^(NoNewPrivs|Seccomp):" /proc/self/status')).toBe(
      'NoNewPrivs:\t1\nSeccomp:\t2\n',
    )
    expect(await run(sandbox, 'ls /sys/class/net')).toBe('lo\n')
  })

  test('a package that one session installs is there for the next, and for one that is open meanwhile', async () => {
    const [one, two] = [await open(), await open()]
    await run(
      one,
      `mkdir -p /tmp/p/DEBIAN /tmp/p/usr/bin /tmp/p/etc && cd /tmp/p &&
       printf 'Package: paddock-hello\\nVersion: 1.0\\nArchitecture: all\\nMaintainer: x <x@example.com>\\nDescription: x\\n' > DEBIAN/control &&
       printf '#!/bin/sh\\necho hello from a package\\n' > usr/bin/paddock-hello && chmod +x usr/bin/paddock-hello &&
       echo setting > etc/paddock-hello.conf && dpkg-deb --build . /tmp/hello.deb && apt-get install -y /tmp/hello.deb`,
    )
    expect(await run(two, 'paddock-hello; cat /etc/paddock-hello.conf')).toBe('hello from a package\nsetting\n')
    await one.close()
    await two.close()
    const three = await open()
    expect(await run(three, 'paddock-hello; dpkg -s paddock-hello | grep ^Status')).toBe(
      'hello from a package\nStatus: install ok installed\n',
    )
    // Another workspace has none of it.
    const other = await open({ store: join(folders.data, 'other') })
    expect((await other.exec({ line: 'paddock-hello' })).end).toEqual({ type: 'exited', code: 127 })
    await other.close()
    await three.close()
    await provider().environment.dispose(join(folders.data, 'other'))
  })

  test('packages are in a snapshot, come back with it, and are gone with a reset', async () => {
    const { store } = folders.layer()
    const { environment } = provider()
    const snapshot = join(folders.data, 'snapshot')
    mkdirSync(snapshot)
    const first = await open()
    await run(first, 'echo kept > /opt/kept; rm /usr/bin/jq; mkdir -p /var/lib/kept')
    await first.close()
    await environment.snapshot(store, snapshot)
    expect(await environment.usage(store)).toBeGreaterThan(0)

    await environment.dispose(store)
    const empty = await open()
    expect(await run(empty, 'ls /opt; jq --version | wc -l')).toBe('1\n')
    await run(empty, 'echo other > /opt/other')
    await empty.close()

    await environment.restore(store, snapshot)
    const back = await open()
    expect(await run(back, 'ls /opt /var/lib/kept; [ ! -e /usr/bin/jq ]')).toBe('/opt:\nkept\n\n/var/lib/kept:\n')
    await back.close()
    await environment.forget(snapshot)
    await environment.forget(snapshot)
  })

  test('limits of the whole container hold, and the result says which was hit', async () => {
    const sandbox = await open({ limits: { memoryMiB: 128, processes: 50, cpus: 1, openFiles: 100 } })
    expect(sandbox.limits).toEqual({ memoryMiB: 'whole', processes: 'whole', cpus: 'whole', openFiles: 'perProcess' })
    const large = await sandbox.exec({ line: ['python3', '-c', 'bytearray(10**9)'] })
    expect([large.end, large.limitsHit]).toEqual([{ type: 'signalled', signal: 'SIGKILL' }, ['memoryMiB']])
    const many = await sandbox.exec({
      line: 'for i in $(seq 100); do sleep 100 & done 2>/dev/null; wait',
      timeoutMs: 3000,
    })
    expect(many.limitsHit).toEqual(['processes'])
    expect((await sandbox.exec({ line: 'true' })).limitsHit).toBeUndefined()
  })

  test('frozen it stands still, thawed it goes on, and it can be closed while frozen', async () => {
    const sandbox = await open()
    await run(sandbox, '(while :; do echo x >> /tmp/ticks; sleep 0.01; done) > /dev/null 2>&1 &')
    await sandbox.freeze!()
    const frozen = sandbox.exec({ line: 'echo on' })
    await sandbox.thaw!()
    expect(`${Buffer.from((await frozen).stdout.head)}`).toBe('on\n')
    await sandbox.freeze!()
    await sandbox.close()
  })

  test('what wants out comes to the network port: by proxy, by name, and nothing else', async () => {
    const network = new RecordingNetwork()
    const sandbox = await provider().open({ ...params(), network })
    opened.push(sandbox)
    expect(await run(sandbox, 'curl -sS http://plain.test/path')).toBe('reached')
    expect(network.connections[0]).toMatchObject({
      outgoing: { type: 'proxy' },
      heads: [expect.stringMatching(/^GET http:/)],
    })
    network.forget()
    expect(await run(sandbox, 'curl -sS --noproxy "*" http://captured.test/path')).toBe('reached')
    expect(network.connections[0]).toMatchObject({ outgoing: { type: 'captured', host: 'captured.test', port: 80 } })
    expect((await sandbox.exec({ line: 'curl -sS --noproxy "*" http://10.0.0.1/' })).end).toEqual({
      type: 'exited',
      code: 7,
    })
  })

  test('odd characters in the workspace’s path', async () => {
    const lower = join(folders.userHome, 'a, b:c\\d "é" $x')
    mkdirSync(lower)
    writeFileSync(join(lower, 'file'), 'there')
    const sandbox = await provider().open({ ...folders.layer(lower) })
    expect(await run(sandbox, 'cat file; echo new > new')).toBe('there')
    await sandbox.close()
    expect(readdirSync(lower)).toEqual(['file'])
  })

  test('a link that an agent left in the home leads no mount elsewhere, and is moved aside', async () => {
    const home = join(folders.data, 'linked')
    mkdirSync(home)
    symlinkSync('/etc', join(home, 'projects'))
    const sandbox = await open({ home })
    expect(await run(sandbox, 'cat readme.txt')).toBe('base\n')
    expect(existsSync('/etc/demo')).toBe(false)
    expect(readdirSync(home)).toEqual(['projects', expect.stringMatching(/^projects\.aside-/)])
  })

  test('an image without perl is refused, with what to do', async () => {
    const { engine } = docker!
    const name = 'paddock-test-without-perl:1'
    const recipe = { dockerfile: `FROM ${docker!.recipe.buildArgs['BASE']}\nRUN rm /usr/bin/perl*\n`, buildArgs: {} }
    await buildImage(engine, testOwner, recipe, () => {})
    await engine.getImage(imageName(testOwner, recipe)).tag({ repo: 'paddock-test-without-perl', tag: '1' })
    const opening = provider().open({ ...params({ store: join(folders.data, 'without') }), image: name })
    await expect(opening).rejects.toMatchObject({
      data: { type: 'sandboxUnavailable', why: expect.stringContaining('perl'), fix: expect.stringContaining('perl') },
    })
    await engine.getImage(name).remove()
  })

  test('an image that is nowhere is refused, with what to do', async () => {
    const opening = provider().open({ ...params(), image: 'localhost:1/paddock-no-such:1' })
    await expect(opening).rejects.toMatchObject({
      data: { type: 'sandboxUnavailable', fix: expect.stringContaining('docker pull') },
    })
  })

  test('an image is built anew when its recipe changes; packages keep the one they were installed over', async () => {
    const owner = 'tests-recipe'
    const { engine } = docker!
    const made = (word: string) => ({
      dockerfile: `FROM ${docker!.recipe.buildArgs['BASE']}\nRUN echo ${word} > /etc/word\n`,
      buildArgs: {},
    })
    const word = async (recipe: ReturnType<typeof made>, store: string, then = 'true') => {
      const lines: string[] = []
      const kind = provider({ owner, recipe, onProgress: (line) => lines.push(line) })
      const sandbox = await kind.open(params({ store: join(folders.data, store) }))
      const said = await run(sandbox, `cat /etc/word; ${then}`)
      await sandbox.close()
      return [said.trim(), lines.length > 0]
    }
    expect(await word(made('one'), 'plain')).toEqual(['one', true])
    expect(await word(made('one'), 'changed', 'touch /opt/installed')).toEqual(['one', false])
    expect(await word(made('two'), 'plain')).toEqual(['two', true])
    expect(await word(made('two'), 'changed')).toEqual(['one', false])
    expect(await findImage(engine, imageName(owner, made('one')))).toBeTypeOf('string')
    const kind = provider({ owner, recipe: made('two') })
    await kind.environment.dispose(join(folders.data, 'changed'))
    expect(await word(made('two'), 'changed')).toEqual(['two', false])
    await vi.waitFor(async () => expect(await findImage(engine, imageName(owner, made('one')))).toBeUndefined(), 10_000)
    for (const store of ['plain', 'changed']) await kind.environment.dispose(join(folders.data, store))
    await engine.getImage(imageName(owner, made('two'))).remove()
    const { Volumes } = await engine.listVolumes({ filters: { label: [`paddock=${owner}`] } })
    for (const { Name } of Volumes ?? []) await engine.getVolume(Name).remove()
  })
})
