import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { copyLayerProvider } from '../../daemon/layer/copyLayer.ts'
import { CopyManifest } from '../../daemon/layer/copyManifest.ts'
import type { Layer } from '../../daemon/layer/layer.ts'
import { Bench, brief } from './bench.ts'
import { copy } from './copy.ts'
import { layerContract } from './layerContract.ts'

layerContract('a layer that is a copy', copy)

describe('a copy', () => {
  let bench: Bench
  let layer: Layer
  let root: string
  const at = (path: string) => join(root, path)
  const read = (path: string) => readFileSync(at(path), 'utf8')
  const user = (path: string) => join(bench.folder, path)

  async function begin(files: Record<string, string>): Promise<void> {
    bench = await Bench.make(copy, files)
    await reopen()
  }
  async function reopen(): Promise<void> {
    layer = await copyLayerProvider().open({ folder: bench.folder, store: join(bench.root, 'store') })
    if (layer.mount.type !== 'copy') throw new Error('no copy')
    root = layer.mount.copy
  }
  beforeEach(() => begin({ 'a.txt': 'a\n', 'd/b.txt': 'b\n', '.git/HEAD': 'ref\n', '.git/index': 'one\n' }))
  afterEach(() => bench.dispose())

  test('has everything the user has, with modes and times, and nothing counts as changed', async () => {
    chmodSync(user('a.txt'), 0o755)
    chmodSync(user('d/b.txt'), 0o400)
    await utimes(user('a.txt'), 1_000_000_000, 1_000_000_000)
    symlinkSync('a.txt', user('link'))
    mkdirSync(user('empty/inner'), { recursive: true })
    await layer.prune()
    const listed = (folder: string) =>
      execFileSync('find', ['.', '-mindepth', '1', '-printf', '%y %P %l %s\\n'], { cwd: folder, encoding: 'utf8' })
        .split('\n')
        .filter((line) => !line.startsWith('d'))
        .sort()
    expect(listed(root)).toEqual(listed(bench.folder))
    const facts = (folder: string) =>
      execFileSync('stat', ['-c', '%a %Y', join(folder, 'a.txt'), join(folder, 'd/b.txt')]).toString()
    expect(facts(root)).toBe(facts(bench.folder))
    expect(existsSync(at('empty/inner'))).toBe(true)
    expect(await layer.changes()).toEqual([])
  })

  test('is made when it is first needed, not when the layer is opened', async () => {
    expect(readdirSync(root)).toEqual([])
    expect(await layer.changes()).toEqual([])
    await layer.prune()
    expect(read('a.txt')).toBe('a\n')
  })

  test('is brought up to date where the agent changed nothing, git’s data too, and stays where it did', async () => {
    await layer.prune()
    writeFileSync(at('a.txt'), 'agent\n')
    writeFileSync(at('.git/index'), 'agent\n')
    writeFileSync(at('.git/new'), 'object\n')
    await bench.save('a.txt', 'user\n')
    await bench.save('d/b.txt', 'newer\n')
    await bench.write('d/c.txt', 'new\n')
    await bench.save('.git/HEAD', 'other\n')
    await bench.save('.git/index', 'two\n')
    await layer.prune()
    expect([read('a.txt'), read('d/b.txt'), read('d/c.txt')]).toEqual(['agent\n', 'newer\n', 'new\n'])
    expect([read('.git/HEAD'), read('.git/index'), read('.git/new')]).toEqual(['other\n', 'agent\n', 'object\n'])
    expect(brief(await layer.changes())).toEqual(['M a.txt +1 -1'])
    execFileSync('rm', ['-r', user('d')])
    await layer.prune()
    expect(existsSync(at('d'))).toBe(false)
    expect(brief(await layer.changes())).toEqual(['M a.txt +1 -1'])
  })

  test('what the user changed between the copying and the agent’s first change is a conflict, never overwritten', async () => {
    await layer.prune()
    await bench.save('a.txt', 'user\n')
    writeFileSync(at('a.txt'), 'agent\n')
    expect(await layer.keep('all')).toMatchObject([{ type: 'conflict', path: 'a.txt' }])
    expect(await bench.text('a.txt')).toBe('user\n')
  })

  test('pipes and what may not be read are left out, and said to be', async () => {
    execFileSync('mkfifo', [user('pipe')])
    await layer.prune()
    await layer.changes()
    expect(readdirSync(root).sort()).toEqual(['.git', 'a.txt', 'd'])
    expect(layer.skipped).toEqual([{ path: 'pipe', why: expect.stringContaining('pipe') }])
  })

  test('a copy that was begun and never finished begins anew', async () => {
    mkdirSync(at('d'))
    writeFileSync(at('d/b.txt'), 'ha')
    writeFileSync(at('torn'), 'x')
    await reopen()
    expect(readdirSync(root)).toEqual([])
    await layer.prune()
    expect(await layer.changes()).toEqual([])
    expect(read('d/b.txt')).toBe('b\n')
  })

  test('what a killed daemon was about to copy is not taken for the agent’s', async () => {
    await layer.prune()
    writeFileSync(at('a.txt'), 'agent\n')
    const manifest = new CopyManifest(join(bench.root, 'store', 'manifest'))
    for (const path of ['d/b.txt', 'new']) manifest.begin(path)
    await bench.save('d/b.txt', 'newer\n')
    writeFileSync(at('d/b.txt'), 'newer\n')
    writeFileSync(at('new'), 'half')
    await bench.write('new', 'halfway\n')
    await reopen()
    expect(brief(await layer.changes())).toEqual(['M a.txt +1 -1'])
    await layer.prune()
    expect([read('d/b.txt'), read('new')]).toEqual(['newer\n', 'halfway\n'])
    expect(brief(await layer.changes())).toEqual(['M a.txt +1 -1'])
  })

  test('what of the agent’s is no change that can be kept stays, too', async () => {
    await layer.prune()
    execFileSync('mkfifo', [at('pipe')])
    const deep = `${Array.from({ length: 230 }, () => 'x').join('/')}`
    execFileSync('mkdir', ['-p', at(deep)])
    writeFileSync(at(`${deep}/note`), 'agent\n')
    writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x66, 0xff])]), 'agent\n')
    await layer.prune()
    expect(read(`${deep}/note`)).toBe('agent\n')
    expect(
      readdirSync(root, 'buffer')
        .map((name) => name.toString('latin1'))
        .sort(),
    ).toEqual(['.git', 'a.txt', 'd', 'f\xff', 'pipe', 'x'].sort())
  })

  test('no link of the user’s or the agent’s leads the copying elsewhere', async () => {
    mkdirSync(join(bench.root, 'outside'))
    writeFileSync(join(bench.root, 'outside', 'key'), 'key\n')
    symlinkSync(join(bench.root, 'outside'), user('out'))
    await layer.prune()
    expect(execFileSync('readlink', [at('out')]).toString()).toBe(`${bench.root}/outside\n`)
    // Where the user has a folder by now, the agent put a link.
    execFileSync('rm', ['-r', at('d')])
    symlinkSync(join(bench.root, 'outside'), at('d'))
    await bench.save('d/b.txt', 'newer\n')
    await bench.write('d/key', 'mine\n')
    await layer.prune()
    expect(readdirSync(join(bench.root, 'outside'))).toEqual(['key'])
    expect(readFileSync(join(bench.root, 'outside', 'key'), 'utf8')).toBe('key\n')
  })

  test('a folder that holds the copy itself is refused', async () => {
    const store = join(bench.folder, 'data', 'layer')
    const inside = await copyLayerProvider().open({ folder: bench.folder, store })
    await expect(inside.prune()).rejects.toMatchObject({ data: { type: 'folderNotUsable' } })
    expect(realpathSync(store)).toBe(store)
  })
})
