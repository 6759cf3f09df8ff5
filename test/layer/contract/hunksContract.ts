import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type ContractBench, numbered } from '../bench.ts'

/** Parts of a change, kept and discarded one by one. */
export function hunksContract({ start }: ContractBench): void {
  describe('hunks', () => {
    const twoHunks = async (text: string) => {
      const started = await start({ 'a.txt': text, 'other.txt': 'other\n' })
      await started.shell.run(`sed -i -e '2s/line/LINE/' -e '9s/line/LINE/' a.txt; sed -i s/other/OTHER/ other.txt`)
      return started
    }

    test('keeping one leaves the others with their names, and nothing else moves', async () => {
      const { bench, layer } = await twoHunks(numbered(10))
      const before = await bench.snapshot()
      const [first, second] = await layer.hunks('a.txt')
      expect([first, second].map((hunk) => [hunk!.baseStart, hunk!.baseEnd])).toEqual([
        [1, 2],
        [8, 9],
      ])
      expect(await layer.keep([{ path: 'a.txt', hunks: [first!.id] }])).toEqual([
        { type: 'kept', path: 'a.txt', merged: false },
      ])
      expect(await bench.text('a.txt')).toBe(numbered(10).replace('line 2', 'LINE 2'))
      const after = await bench.snapshot()
      expect({ ...after, 'a.txt': '' }).toEqual({ ...before, 'a.txt': '' })
      expect(await layer.hunks('a.txt')).toEqual([second])
      expect(await layer.keep([{ path: 'a.txt', hunks: [first!.id] }])).toEqual([{ type: 'stale', path: 'a.txt' }])
    })

    test('a discarded one is gone from what the agent sees', async () => {
      const { bench, layer, shell } = await twoHunks(numbered(10))
      const [first, second] = await layer.hunks('a.txt')
      expect(await layer.discard([{ path: 'a.txt', hunks: [second!.id] }], shell.files)).toEqual([
        { type: 'discarded', path: 'a.txt' },
      ])
      expect(await shell.run('cat a.txt')).toBe(numbered(10).replace('line 2', 'LINE 2'))
      expect(await layer.hunks('a.txt')).toEqual([first])
      expect(await bench.text('a.txt')).toBe(numbered(10))
    })

    test('the second of two equal hunks is never taken for the first', async () => {
      const { bench, layer, shell } = await start({ 'a.txt': `x\n${numbered(5)}x\n` })
      await shell.run('sed -i s/x/y/ a.txt')
      const [first] = await layer.hunks('a.txt')
      const once = [{ path: 'a.txt', hunks: [first!.id] }]
      expect((await layer.keep(once))[0]!.type).toBe('kept')
      expect((await layer.keep(once))[0]!.type).toBe('stale')
      expect(await bench.text('a.txt')).toBe(`y\n${numbered(5)}x\n`)
    })

    test.each([
      ['CRLF', 'one\r\ntwo\r\nthree\r\nfour\r\n', `sed -i 's/two/TWO/' a.txt`, 'one\r\nTWO\r\nthree\r\nfour\r\n'],
      ['no newline at the end', 'one\ntwo', `printf 'one\\nTWO' > a.txt`, 'one\nTWO'],
      ['a newline that goes', 'one\ntwo\n', `printf 'one\\ntwo' > a.txt`, 'one\ntwo'],
      ['a byte order mark', '\uFEFFone\ntwo\n', `sed -i 's/two/TWO/' a.txt`, '\uFEFFone\nTWO\n'],
      ['line ends that change', 'one\r\ntwo\r\n', `printf 'one\\r\\ntwo\\n' > a.txt`, 'one\r\ntwo\n'],
      ['a file that becomes empty', 'one\n', `: > a.txt`, ''],
    ])('%s: kept byte for byte', async (_, before, edit, after) => {
      const { bench, layer, shell } = await start({ 'a.txt': before })
      await shell.run(edit)
      const hunks = await layer.hunks('a.txt')
      expect(hunks).toHaveLength(1)
      await layer.keep([{ path: 'a.txt', hunks: [hunks[0]!.id] }])
      expect((await readFile(join(bench.folder, 'a.txt'))).equals(Buffer.from(after))).toBe(true)
      expect(await layer.changes()).toEqual([])
    })

    test('one that is there beside one that is not is stale as well, and nothing of it is written', async () => {
      const { bench, layer, shell } = await twoHunks(numbered(10))
      const edited = await shell.run('cat a.txt')
      const [first] = await layer.hunks('a.txt')
      const hunks = [first!.id, 'nothing']
      expect(await layer.keep([{ path: 'a.txt', hunks }])).toEqual([{ type: 'stale', path: 'a.txt' }])
      expect(await layer.discard([{ path: 'a.txt', hunks }], shell.files)).toEqual([{ type: 'stale', path: 'a.txt' }])
      expect(await bench.text('a.txt')).toBe(numbered(10))
      expect(await shell.run('cat a.txt')).toBe(edited)
    })

    test('keeping one of a renamed file brings the file under its new name, and leaves the others', async () => {
      const { bench, layer, shell } = await start({ 'a.txt': numbered(20) })
      await shell.run(`mv a.txt b.txt; sed -i -e '2s/line/LINE/' -e '19s/line/LINE/' b.txt`)
      const [first, second] = await layer.hunks('b.txt')
      expect(await layer.keep([{ path: 'b.txt', hunks: [first!.id] }])).toEqual([
        { type: 'kept', path: 'b.txt', merged: false },
      ])
      expect(Object.keys(await bench.snapshot())).toEqual(['b.txt'])
      expect(await bench.text('b.txt')).toBe(numbered(20).replace('line 2\n', 'LINE 2\n'))
      expect(await layer.changes()).toMatchObject([{ path: 'b.txt', status: 'modified', additions: 1, deletions: 1 }])
      expect((await layer.hunks('b.txt')).map(({ id }) => id)).toEqual([second!.id])
      expect(await layer.discard([{ path: 'b.txt' }], shell.files)).toMatchObject([{ type: 'discarded' }])
      expect(await shell.run('cat b.txt')).toBe(await bench.text('b.txt'))
    })

    test('an id that was never there, and one whose hunk the agent changed, are stale', async () => {
      const { bench, layer, shell } = await twoHunks(numbered(10))
      const [first] = await layer.hunks('a.txt')
      await shell.run(`sed -i '2s/LINE/Line/' a.txt`)
      for (const hunks of [['nothing'], [first!.id], []]) {
        expect(await layer.keep([{ path: 'a.txt', hunks }])).toEqual([{ type: 'stale', path: 'a.txt' }])
        expect(await layer.discard([{ path: 'a.txt', hunks }], shell.files)).toEqual([{ type: 'stale', path: 'a.txt' }])
      }
      expect(await layer.keep([{ path: 'none.txt' }])).toEqual([{ type: 'stale', path: 'none.txt' }])
      expect(await bench.text('a.txt')).toBe(numbered(10))
    })

    test('a file that came or went is one hunk', async () => {
      const { bench, layer, shell } = await start({ 'old.txt': 'old\n' })
      await shell.run('printf "1\\n2\\n" > new.txt; rm old.txt')
      for (const path of ['new.txt', 'old.txt']) {
        const hunks = await layer.hunks(path)
        expect(hunks).toHaveLength(1)
        expect(await layer.keep([{ path, hunks: [hunks[0]!.id] }])).toMatchObject([{ type: 'kept' }])
      }
      expect(Object.keys(await bench.snapshot())).toEqual(['new.txt'])
      expect(await layer.changes()).toEqual([])
    })
  })
}
