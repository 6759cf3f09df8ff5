import { chmod, lstat, readFile, readlink, rm, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Bench, brief, type ContractBench, numbered } from '../bench.ts'

/** What keeping does to the user’s folder, and what stops it. */
export function keepContract({ start, make, bringIn }: ContractBench): void {
  describe('keep', () => {
    test('all: contents, modes, renames, deletions and links, and no temporary file stays', async () => {
      const bench = await make({
        'a.txt': 'a\n',
        'b/c.txt': 'c\n',
        'b/d.bin': new Uint8Array([0, 1]),
        'name.js': numbered(8),
        untouched: 'u\n',
      })
      await chmod(join(bench.folder, 'a.txt'), 0o640)
      const { layer, shell } = await bench.open()
      await shell.run(`
      echo A > a.txt; rm b/c.txt; printf '\\0\\2' > b/d.bin; chmod 700 b/d.bin; mv name.js renamed.js
      mkdir -p n/m; echo n > n/m/new; chmod 755 n/m/new; ln -s m/new n/link`)
      const results = await layer.keep('all')
      expect(results.every(({ type }) => type === 'kept')).toBe(true)
      expect(Object.keys(await bench.snapshot()).sort()).toEqual(
        ['a.txt', 'b', 'b/d.bin', 'n', 'n/link', 'n/m', 'n/m/new', 'renamed.js', 'untouched'].sort(),
      )
      expect(await bench.text('renamed.js')).toBe(numbered(8))
      expect([...(await readFile(join(bench.folder, 'b/d.bin')))]).toEqual([0, 2])
      const { folder } = bench
      const modeOf = async (path: string) => (await lstat(join(folder, path))).mode & 0o777
      expect(await modeOf('a.txt')).toBe(0o640)
      expect(await modeOf('b/d.bin')).toBe(0o700)
      expect(await modeOf('n/m/new')).toBe(0o755)
      expect(await readlink(join(bench.folder, 'n/link'))).toBe('m/new')
      expect(await layer.changes()).toEqual([])
    })

    test('one that fails does not stop the others', async () => {
      const { bench, layer, shell } = await start({ 'a.txt': 'a\n', 'z.txt': 'z\n' })
      await shell.run('echo A > a.txt; echo m > m.txt; echo Z > z.txt')
      await layer.changes()
      await bench.save('a.txt', 'mine\n')
      await bench.save('m.txt', 'mine\n')
      expect((await layer.keep('all')).map(({ type, path }) => `${path} ${type}`)).toEqual([
        'a.txt conflict',
        'm.txt conflict',
        'z.txt kept',
      ])
      expect(await bench.text('a.txt')).toBe('mine\n')
      expect(await bench.text('m.txt')).toBe('mine\n')
    })

    test.each([
      ['in place', (bench: Bench, text: string) => bench.write('a.txt', text)],
      ['by a rename', (bench: Bench, text: string) => bench.save('a.txt', text)],
    ])('merges with what the user saved %s meanwhile', async (_, save) => {
      const { bench, layer, shell } = await start({ 'a.txt': numbered(10) })
      await shell.run(`sed -i '2s/line/LINE/' a.txt`)
      await layer.changes()
      await save(bench, numbered(10).replace('line 9', 'my line 9'))
      expect((await layer.changes())[0]!.baseMoved).toBe(true)
      expect(await layer.keep('all')).toEqual([{ type: 'kept', path: 'a.txt', merged: true }])
      expect(await bench.text('a.txt')).toBe(numbered(10).replace('line 2', 'LINE 2').replace('line 9', 'my line 9'))
      expect(await layer.changes()).toEqual([])
    })

    test('asks where both changed the same lines, and overwrites only what was seen', async () => {
      const { bench, layer, shell } = await start({ 'a.txt': numbered(3) })
      await shell.run(`sed -i '2s/.*/agent/' a.txt`)
      await layer.changes()
      await bench.save('a.txt', 'line 1\nuser\nline 3\n')
      const [result] = await layer.keep('all')
      expect(result).toMatchObject({ type: 'conflict', path: 'a.txt' })
      const { user } = result as { user: string }
      await bench.save('a.txt', 'line 1\nuser again\nline 3\n')
      expect(await layer.keep('all', { overwrite: { path: 'a.txt', user } })).toMatchObject([{ type: 'conflict' }])
      expect(await bench.text('a.txt')).toBe('line 1\nuser again\nline 3\n')
      await bench.save('a.txt', 'line 1\nuser\nline 3\n')
      expect(await layer.keep('all', { overwrite: { path: 'a.txt', user } })).toMatchObject([{ type: 'kept' }])
      expect(await bench.text('a.txt')).toBe('line 1\nagent\nline 3\n')
    })

    test('a file that makes something run later is kept with consent to just that content, and the rest without', async () => {
      const { bench, layer, shell } = await start({ 'a.txt': 'a\n', 'b.hook': 'old\n' })
      const runsLater = (path: string) => (path.endsWith('.hook') ? 'runs at every commit' : undefined)
      await shell.run('echo A > a.txt; echo evil > b.hook; echo new > c.hook')
      const asked = await layer.keep('all', { runsLater })
      expect(asked).toMatchObject([
        { type: 'kept', path: 'a.txt' },
        { type: 'runsLater', path: 'b.hook', what: 'runs at every commit' },
        { type: 'runsLater', path: 'c.hook' },
      ])
      expect(await bench.text('b.hook')).toBe('old\n')
      const consents = asked.flatMap((result) => (result.type === 'runsLater' ? [result] : []))
      await shell.run('echo worse > b.hook; chmod +x c.hook')
      expect(await layer.keep('all', { runsLater, consents })).toMatchObject([
        { type: 'runsLater', path: 'b.hook' },
        { type: 'runsLater', path: 'c.hook' },
      ])
      await shell.run('echo evil > b.hook; chmod -x c.hook')
      expect(await layer.keep('all', { runsLater, consents })).toMatchObject([{ type: 'kept' }, { type: 'kept' }])
      expect(await bench.text('b.hook')).toBe('evil\n')
    })

    test('a mode that both set, each to another, is asked about; one that only one of them set holds', async () => {
      const { bench, layer, shell } = await start({ 'a.sh': 'a\n', 'b.sh': 'b\n', 'c.sh': 'c\n' })
      await shell.run('chmod 700 a.sh b.sh; echo more >> a.sh; echo more >> c.sh')
      await layer.changes()
      await chmod(join(bench.folder, 'a.sh'), 0o600)
      await chmod(join(bench.folder, 'c.sh'), 0o600)
      const results = await layer.keep('all')
      expect(results.map(({ type, path }) => `${path} ${type}`)).toEqual(['a.sh conflict', 'b.sh kept', 'c.sh kept'])
      const modes = ['a.sh', 'b.sh', 'c.sh'].map(async (path) => (await lstat(join(bench.folder, path))).mode & 0o777)
      expect(await Promise.all(modes)).toEqual([0o600, 0o700, 0o600])
      expect(await bench.text('a.sh')).toBe('a\n')
      const [conflict] = results
      if (conflict?.type !== 'conflict') throw new Error('no conflict')
      const overwrite = { path: 'a.sh', user: conflict.user }
      expect(await layer.keep('all', { overwrite })).toMatchObject([{ type: 'kept' }])
      expect((await lstat(join(bench.folder, 'a.sh'))).mode & 0o777).toBe(0o700)
    })

    test('a file that was only touched has not moved', async () => {
      const { bench, layer, shell } = await start({ 'a.txt': 'a\n', 'b.txt': 'b\n' })
      await shell.run('echo A > a.txt; rm b.txt')
      await layer.changes()
      for (const path of ['a.txt', 'b.txt']) await utimes(join(bench.folder, path), 1, 1)
      expect((await layer.changes()).map(({ baseMoved }) => baseMoved)).toEqual([false, false])
      expect((await layer.keep('all')).map(({ type }) => type)).toEqual(['kept', 'kept'])
    })

    test('deleting and renaming stop where the user changed the file', async () => {
      const { bench, layer, shell } = await start({
        'gone.txt': 'gone\n',
        'from.txt': numbered(9),
        bin: new Uint8Array([0]),
      })
      await shell.run(`rm gone.txt; mv from.txt to.txt; printf '\\0\\1' > bin`)
      await layer.changes()
      await bench.save('gone.txt', 'still wanted\n')
      await bench.save('from.txt', numbered(9).replace('line 5', 'mine'))
      await bench.write('bin', new Uint8Array([0, 9]))
      expect((await layer.keep('all')).map(({ type, path }) => `${path} ${type}`)).toEqual([
        'bin conflict',
        'gone.txt conflict',
        'to.txt kept',
      ])
      expect(await bench.text('to.txt')).toBe(numbered(9).replace('line 5', 'mine'))
      expect(Object.keys(await bench.snapshot()).sort()).toEqual(['bin', 'gone.txt', 'to.txt'])
    })

    test('a base that nobody can know is asked about, never guessed', async () => {
      const { bench, layer, shell } = await start({ 'a.txt': numbered(9), 'b.txt': 'b\n' })
      await bench.pastMount()
      await bench.save('a.txt', numbered(9).replace('line 1', 'mine'))
      await shell.run(`cat a.txt > /dev/null; printf 'agent\\n' >> a.txt`)
      const [change] = await layer.changes()
      expect(change!.baseMoved).toBe(true)
      expect(await layer.keep('all')).toMatchObject([{ type: 'conflict', path: 'a.txt' }])
      await layer.discard('all', shell.files)
      expect(await layer.changes()).toEqual([])
      expect(await shell.run('cat a.txt')).toBe(numbered(9).replace('line 1', 'mine'))
    })

    test('what a tool saw before it wrote is the base, however new the user’s file is', async () => {
      const { bench, layer, shell } = await start({ 'a.txt': numbered(9) })
      await bench.pastMount()
      const seen = numbered(9).replace('line 1', 'mine')
      await bench.write('a.txt', seen)
      await bringIn(layer)
      await layer.rememberBase('a.txt', Buffer.from(seen), 0o644)
      await layer.rememberBase('new.txt', null, 0)
      await shell.run(`sed -i '9s/line/LINE/' a.txt; echo new > new.txt`)
      await layer.rememberBase('a.txt', Buffer.from('what the agent made of it'), 0o644)
      expect(brief(await layer.changes())).toEqual(['M a.txt +1 -1', 'A new.txt +1 -0'])
      expect(await layer.read('a.txt', 'base')).toEqual({ type: 'text', text: seen })
      await bench.save('a.txt', seen.replace('line 5', 'mine too'))
      expect((await layer.keep('all')).map(({ type }) => type)).toEqual(['kept', 'kept'])
      expect(await bench.text('a.txt')).toBe(seen.replace('line 9', 'LINE 9').replace('line 5', 'mine too'))
    })

    test('where both came to the same there is nothing left to keep', async () => {
      const { bench, layer, shell } = await start({ 'a.txt': 'a\n', 'b.txt': 'b\n' })
      await shell.run('echo A > a.txt; echo new > n.txt; rm b.txt')
      await layer.changes()
      await bench.save('a.txt', 'A\n')
      await bench.save('n.txt', 'new\n')
      await rm(join(bench.folder, 'b.txt'))
      expect(await layer.changes()).toEqual([])
    })
  })
}
