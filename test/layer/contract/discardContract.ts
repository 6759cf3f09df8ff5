import { rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { brief, type ContractBench, numbered } from '../bench.ts'

/** What discarding does to what the agent sees. */
export function discardContract({ start, make }: ContractBench): void {
  describe('discard', () => {
    test('all: everything is as the user has it, for the agent too', async () => {
      const bench = await make({
        'a.txt': 'a\n',
        'gone/b.txt': 'b\n',
        'old.js': numbered(8),
        'run.sh': 'x\n',
        f: 'file\n',
        'd/a': 'a\n',
      })
      await symlink('a.txt', join(bench.folder, 'link'))
      const { layer, shell } = await bench.open()
      const before = await bench.snapshot()
      const tree = `find . ! -type d -exec stat -c '%n %a' {} + | sort; cat a.txt gone/b.txt old.js f d/a; readlink link`
      const seen = await shell.run(tree)
      await shell.run(`echo A > a.txt; rm -r gone; mv old.js new.js; chmod 755 run.sh; echo n > n; rm link; echo l > link
      rm f; mkdir f; echo i > f/i; rm -r d; echo d > d`)
      const results = await layer.discard('all', shell.files)
      expect(results.filter(({ type }) => type !== 'discarded')).toEqual([])
      expect(await layer.changes()).toEqual([])
      expect(await shell.run(tree)).toBe(seen)
      expect(await bench.snapshot()).toEqual(before)
    })

    test('gives the agent what the user has made of the file meanwhile', async () => {
      const { bench, layer, shell } = await start({ 'a.txt': 'a\n', 'b.txt': 'b\n', 'c.txt': 'c\n' })
      await shell.run('echo A > a.txt; rm b.txt; echo C > c.txt; echo n > n.txt')
      await layer.changes()
      await bench.save('a.txt', 'mine\n')
      await bench.save('b.txt', 'mine too\n')
      await bench.save('n.txt', 'my n\n')
      await rm(join(bench.folder, 'c.txt'))
      await layer.discard('all', shell.files)
      expect(await shell.run('cat a.txt b.txt n.txt; ls')).toBe('mine\nmine too\nmy n\na.txt\nb.txt\nn.txt\n')
      expect(await layer.changes()).toEqual([])
      await shell.run('echo more >> a.txt')
      expect(brief(await layer.changes())).toEqual(['M a.txt +1 -0'])
    })
  })
}
