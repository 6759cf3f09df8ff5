import { chmodSync, symlinkSync } from 'node:fs'
import { lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { linkTrouble } from '../../daemon/layer/linkTarget.ts'
import { Bench } from './bench.ts'
import { overlay } from './overlay.ts'

describe.skipIf(overlay.unavailable !== undefined)('a layer made by somebody hostile', () => {
  let bench: Bench
  afterEach(async () => await bench?.dispose())

  /** A folder beside the workspace that nothing may reach. */
  const start = async (files: Record<string, string>) => {
    bench = await Bench.make(overlay, files)
    const outside = join(bench.root, 'outside')
    await mkdir(outside)
    await writeFile(join(outside, 'secret'), 'SECRET\n')
    return { bench, outside, ...(await bench.open()) }
  }

  test('links that lead out are shown as links, and are not kept', async () => {
    const { outside, layer, shell } = await start({ 'a.txt': 'a\n', 'd/x': 'x\n' })
    await shell.run(
      `rm a.txt; ln -s ${outside}/secret a.txt; rm -r d; ln -s ${outside} d; ln -s ../.. up; ln -s d/../.. sly`,
    )
    const changes = await layer.changes()
    expect(changes.map(({ path, kind }) => `${path} ${kind}`)).toEqual([
      'a.txt symlink',
      'd symlink',
      'd/x text',
      'sly symlink',
      'up symlink',
    ])
    expect(await layer.read('a.txt', 'layer')).toEqual({ type: 'symlink', target: `${outside}/secret` })
    expect(await layer.read('d/secret', 'layer')).toEqual({ type: 'absent' })
    const links = ['a.txt', 'd', 'sly', 'up'].map((path) => ({ path }))
    expect((await layer.keep(links)).map(({ type }) => type)).toEqual(['refused', 'refused', 'refused', 'refused'])
    expect(await readdir(outside)).toEqual(['secret'])
    expect((await lstat(join(bench.folder, 'a.txt'))).isFile()).toBe(true)
  })

  test('a new file under a link of the user’s is refused until the link itself is given up', async () => {
    const { outside, layer, shell } = await start({ 'a.txt': 'a\n' })
    symlinkSync(outside, join(bench.folder, 'shared'))
    await shell.run('rm shared; mkdir shared; echo planted > shared/secret')
    expect(await layer.keep([{ path: 'shared/secret' }])).toMatchObject([{ type: 'refused' }])
    expect(await readFile(join(outside, 'secret'), 'utf8')).toBe('SECRET\n')
    await layer.keep('all')
    expect(await readFile(join(outside, 'secret'), 'utf8')).toBe('SECRET\n')
    expect(await bench.text('shared/secret')).toBe('planted\n')
  })

  test('pipes, devices, sparse giants, locked folders and names that are no text do no harm', async () => {
    const { layer, shell } = await start({ 'a.txt': 'a\n' })
    await shell.run(`
      rm a.txt; mkfifo a.txt; mkfifo pipe; truncate -s 100G huge; printf 'x' > "$(printf 'bad\\377name')"
      mkdir -p deep; (cd deep; for i in $(seq 260); do mkdir d && cd d; done; echo x > f); echo ok > fine
      perl -MSocket -e 'socket(my $s, AF_UNIX, SOCK_STREAM, 0); bind($s, pack_sockaddr_un("sock"))'`)
    const changes = await layer.changes()
    expect(changes.map(({ path }) => path)).toEqual(['fine', 'huge'])
    expect(layer.skipped.map(({ path }) => path.replace(/(\/d)+$/, '/…')).sort()).toEqual([
      '',
      'a.txt',
      'deep/…',
      'pipe',
      'sock',
    ])
    const results = await layer.keep('all')
    expect(results.map(({ path, type }) => `${path} ${type}`)).toEqual(['fine kept', 'huge refused'])
    expect(await bench.text('a.txt')).toBe('a\n')
    expect(await layer.read('pipe', 'layer')).toEqual({ type: 'absent' })
  })

  test('paths of a client lead nowhere but into the workspace', async () => {
    const { layer, shell } = await start({ 'a.txt': 'a\n' })
    await shell.run('mkdir .git; echo x > .git/config')
    for (const path of [
      '../outside/secret',
      '/etc/passwd',
      'a/../../outside/secret',
      '',
      '.',
      'a\0b',
      '.git/config',
      '.GIT/config',
    ]) {
      for (const side of ['base', 'layer', 'user'] as const)
        expect(await layer.read(path, side)).toEqual({ type: 'absent' })
      expect(await layer.keep([{ path }])).toEqual([{ type: 'stale', path }])
      await layer.rememberBase(path, Buffer.from('x'), 0o644)
    }
    expect(await layer.changes()).toEqual([])
  })

  test('what the agent swaps under our hands never leads out', async () => {
    const { outside, layer, shell } = await start({ 'd/f': 'inside\n' })
    await shell.run(`(while [ ! -e stop ]; do
      rm -rf d; mkdir d; echo made > d/secret; rm -rf d; ln -s ${outside} d; done) > /dev/null 2>&1 &`)
    for (let round = 0; round < 60; round++) {
      await layer.changes()
      expect(JSON.stringify(await layer.read('d/secret', 'layer'))).not.toContain('SECRET')
      await layer.hunks('d/secret')
      const kept = await layer.keep([{ path: 'd/secret' }])
      expect(['kept', 'stale', 'refused', 'conflict']).toContain(kept[0]!.type)
      await layer.discard([{ path: 'd/secret' }], { ...shell.files, remove: async () => ({ type: 'removed' }) })
    }
    await shell.run('touch stop; wait')
    expect(await readdir(outside)).toEqual(['secret'])
    expect(await readFile(join(outside, 'secret'), 'utf8')).toBe('SECRET\n')
    expect((await readdir(bench.folder, { recursive: true })).filter((name) => name.includes('.paddock-'))).toEqual([])
  })

  test('trouble of the disk is told, and what was made for the file is taken away again', async () => {
    const { layer, shell } = await start({ 'ro/a.txt': 'a\n' })
    await shell.run('mkdir -p n/m; echo x > n/m/f; ln -s /etc n/m/l')
    await layer.changes()
    await mkdir(join(bench.folder, 'n', 'm', 'f'), { recursive: true })
    expect(await layer.keep([{ path: 'n/m/f' }])).toMatchObject([{ type: 'refused', path: 'n/m/f' }])
    expect(await layer.keep([{ path: 'n/m/l' }])).toMatchObject([{ type: 'refused', path: 'n/m/l' }])
    chmodSync(join(bench.folder, 'n/m'), 0o755)
    expect(await readdir(join(bench.folder, 'n/m'))).toEqual(['f'])
  })

  test('links may be made only where they stay inside', async () => {
    bench = await Bench.make(overlay, { 'd/x': 'x' })
    await symlink('/etc', join(bench.folder, 'etc'))
    const allowed = (path: string, target: string) => linkTrouble(bench.folder, path, target) === undefined
    expect(['x', '../x', './x', '../d/none', `${bench.folder}/d`].filter((target) => !allowed('d/l', target))).toEqual(
      [],
    )
    const refused = ['../../x', '/etc', '../etc/passwd', '../d/../..', '../.git/hooks', `${bench.folder}-other`]
    expect(refused.filter((target) => allowed('d/l', target))).toEqual([])
  })
})
