import { readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { brief, type ContractBench, numbered } from '../bench.ts'

/** Layers beside each other, after a crash, after pruning, and at their end. */
export function timeContract({ start }: ContractBench): void {
  describe('through time', () => {
    test('two layers over one folder do not see each other, and both can be kept', async () => {
      const { bench, layer, shell } = await start({ 'a.txt': numbered(10) })
      const other = await bench.open('b')
      await shell.run(`sed -i '2s/line/LINE/' a.txt`)
      await other.shell.run(`sed -i '9s/line/LINE/' a.txt; echo b > b.txt`)
      expect(brief(await layer.changes())).toEqual(['M a.txt +1 -1'])
      expect(brief(await other.layer.changes())).toEqual(['M a.txt +1 -1', 'A b.txt +1 -0'])
      await layer.keep('all')
      expect(await other.layer.keep('all')).toMatchObject([{ type: 'kept', merged: true }, { type: 'kept' }])
      expect(await bench.text('a.txt')).toBe(numbered(10).replace('line 2', 'LINE 2').replace('line 9', 'LINE 9'))
    })

    test('opened again after a crash it is in the same state', async () => {
      const { bench, layer, shell } = await start({ 'a.txt': numbered(10), 'b.txt': 'b\n', 'old.js': numbered(7) })
      await shell.run(`sed -i -e '2s/line/LINE/' -e '8s/line/LINE/' a.txt; rm b.txt; mv old.js new.js; echo n > n`)
      const before = await layer.changes()
      const [first, second] = await layer.hunks('a.txt')
      await layer.keep([{ path: 'a.txt', hunks: [first!.id] }])
      await bench.save('a.txt', numbered(10).replace('line 2', 'LINE 2').replace('line 5', 'mine'))
      const again = await bench.reopen()
      const [change, ...rest] = await again.changes()
      expect(change).toMatchObject({ path: 'a.txt', additions: 1, deletions: 1, baseMoved: true })
      expect(rest).toEqual(before.slice(1))
      expect(await again.hunks('a.txt')).toEqual([second])
      expect((await again.keep('all')).map(({ type }) => type)).toEqual(['kept', 'kept', 'kept', 'kept'])
      expect(await bench.text('a.txt')).toBe(
        numbered(10).replace('line 2', 'LINE 2').replace('line 5', 'mine').replace('line 8', 'LINE 8'),
      )
    })

    test('a change that was not seen before a crash is judged by the mount it was made under', async () => {
      const { bench, layer, shell } = await start({ 'a.txt': 'a\n' })
      await layer.changes()
      await shell.run('echo agent >> a.txt')
      await shell.close()
      await bench.pastMount()
      await bench.save('a.txt', 'mine\n')
      const again = await bench.reopen()
      await bench.mount(again)
      expect(await again.keep('all')).toMatchObject([{ type: 'conflict', path: 'a.txt' }])
      expect(await bench.text('a.txt')).toBe('mine\n')
    })

    test('after pruning, the user’s newer files show again where the layer has no change', async () => {
      const { bench, layer, shell } = await start({ 'a.txt': 'a\n', 'b.txt': 'b\n', 'd/x': 'x\n', 'd/y': 'y\n' })
      await shell.run(
        `echo A > a.txt; echo B > b.txt; rm -r d; mkdir d; echo y > d/y; mkdir lib; echo l > lib/l; echo k > lib/k`,
      )
      await layer.keep(['a.txt', 'd/x', 'lib/l', 'lib/k'].map((path) => ({ path })))
      await shell.run('rm lib/k')
      await bench.pastMount()
      await bench.save('a.txt', 'mine\n')
      await bench.write('lib/mine', 'mine\n')
      await bench.write('d/new', 'mine\n')
      expect(brief(await layer.changes())).toEqual(['M b.txt +1 -1', 'D lib/k +0 -1'])
      await shell.close()
      await layer.prune()
      const next = await bench.mount(layer)
      expect(await next.run('cat a.txt b.txt d/y d/new lib/mine lib/l; ls lib')).toBe(
        'mine\nB\ny\nmine\nmine\nl\nl\nmine\n',
      )
      expect(brief(await layer.changes())).toEqual(['M b.txt +1 -1', 'D lib/k +0 -1'])
      expect((await layer.keep('all')).map(({ type }) => type)).toEqual(['kept', 'kept'])
      expect(Object.keys(await bench.snapshot()).sort()).toEqual(
        ['a.txt', 'b.txt', 'd', 'd/new', 'd/y', 'lib', 'lib/l', 'lib/mine'].sort(),
      )
    })

    test('an empty folder of the agent’s and a file that the user made of its name do not stop pruning', async () => {
      const { bench, layer, shell } = await start({ 'a.txt': 'a\n' })
      await shell.run('mkdir n m; echo x > n/x; echo y > m/y')
      await layer.changes()
      await shell.run('rm n/x')
      await bench.write('n', 'mine\n')
      await bench.write('m', 'mine too\n')
      await shell.close()
      await layer.prune()
      const next = await bench.mount(layer)
      expect(await next.run('cat n m/y')).toBe('mine\ny\n')
      expect(brief(await layer.changes())).toEqual(['A m/y +1 -0'])
      expect(await layer.keep('all')).toMatchObject([{ type: 'refused', path: 'm/y' }])
      expect(await bench.text('m')).toBe('mine too\n')
    })

    test.each(['nothing', 'a file'])(
      'a folder that is gone, with %s in its place, does not stop opening and disposing',
      async (instead) => {
        const { bench, layer, shell } = await start({ 'a.txt': 'a\n' })
        await shell.run('echo A > a.txt')
        const changes = await layer.changes()
        await shell.close()
        const away = join(bench.root, 'away')
        await rename(bench.folder, away)
        if (instead === 'a file') await writeFile(bench.folder, '')

        const reopened = await bench.reopen()
        expect(reopened.revision).toBeGreaterThan(0)
        expect(reopened.skipped).toEqual([])
        const needy = {
          changes: () => reopened.changes(),
          hunks: () => reopened.hunks('a.txt'),
          read: () => reopened.read('a.txt', 'layer'),
          keep: () => reopened.keep('all'),
          discard: () => reopened.discard('all', shell.files),
          rememberBase: () => reopened.rememberBase('b.txt', null, 0o644),
          prune: () => reopened.prune(),
        }
        const data = { type: 'folderNotUsable', folder: bench.folder, why: 'It is no longer there.' }
        for (const [name, call] of Object.entries(needy)) await expect(call(), name).rejects.toMatchObject({ data })

        await rm(bench.folder, { force: true })
        await rename(away, bench.folder)
        expect(await reopened.changes()).toEqual(changes)
        await rename(bench.folder, away)
        await reopened.dispose()
        expect((await readdir(bench.root)).filter((name) => name !== 'away')).toEqual([])
      },
    )

    test('disposing leaves nothing of it and does not touch the folder', async () => {
      const { bench, layer, shell } = await start({ 'a.txt': 'a\n' })
      await shell.run('echo A > a.txt; mkdir locked; echo x > locked/x; chmod 0 locked; ln -s / root')
      await layer.changes()
      const before = await bench.snapshot()
      await shell.close()
      await layer.dispose()
      expect(await readdir(bench.root)).toEqual(['project'])
      expect(await bench.snapshot()).toEqual(before)
    })
  })
}
