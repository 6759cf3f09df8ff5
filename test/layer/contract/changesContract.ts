import { describe, expect, test } from 'vitest'
import { brief, type ContractBench, numbered } from '../bench.ts'

/** What a layer answers when it is asked what differs. */
export function changesContract({ start }: ContractBench): void {
  describe('changes', () => {
    test('lists what was added, modified, deleted and renamed, and the folder does not move', async () => {
      const { bench, layer, shell } = await start({
        'keep.txt': 'a\nb\nc\n',
        'gone.txt': 'only here\n',
        'src/old name.js': numbered(20),
        'empty.txt': '',
      })
      const before = await bench.snapshot()
      expect(await layer.changes()).toEqual([])
      await shell.run(`
      sed -i 's/b/B/' keep.txt; rm gone.txt; mkdir -p new/deep; echo 1 > new/deep/file; : > nothing
      mv 'src/old name.js' src/new.js; sed -i '3s/.*/changed/' src/new.js; rm empty.txt; mkdir .git; echo x > .git/config`)
      const changes = await layer.changes()
      expect(brief(changes)).toEqual([
        'D empty.txt +0 -0',
        'D gone.txt +0 -1',
        'M keep.txt +1 -1',
        'A new/deep/file +1 -0',
        'A nothing +0 -0',
        'R src/old name.js -> src/new.js +1 -1',
      ])
      expect(changes.every(({ kind, baseMoved }) => kind === 'text' && !baseMoved)).toBe(true)
      expect(await bench.snapshot()).toEqual(before)
    })

    test('what is written as it was is no change, and the revision moves with the list alone', async () => {
      const { layer, shell } = await start({ 'a.txt': 'a\n' })
      const { revision } = layer
      await shell.run('echo a > a.txt')
      expect(await layer.changes()).toEqual([])
      expect(layer.revision).toBe(revision)
      await shell.run('echo b > a.txt')
      await layer.changes()
      const second = layer.revision
      expect(second).toBeGreaterThan(revision)
      await layer.changes()
      expect(layer.revision).toBe(second)
      await shell.run('echo c > a.txt')
      await layer.changes()
      expect(layer.revision).toBeGreaterThan(second)
    })

    test('a folder that was removed and made anew has lost what it held', async () => {
      const { layer, shell } = await start({ 'd/a': 'a\n', 'd/sub/b': 'b\n', 'd/c': 'c\n', 'e/x': 'x\n' })
      await shell.run('rm -rf d && mkdir d && echo new > d/n && echo C > d/c && mkdir d/sub && rm -rf e')
      expect(brief(await layer.changes())).toEqual([
        'D d/a +0 -1',
        'M d/c +1 -1',
        'A d/n +1 -0',
        'D d/sub/b +0 -1',
        'D e/x +0 -1',
      ])
    })

    test('a folder that became a file, a file that became a folder', async () => {
      const { bench, layer, shell } = await start({ 'd/a': 'a\n', 'd/b/c': 'c\n', f: 'was a file\n' })
      await shell.run('rm -rf d && echo d > d && rm f && mkdir f && echo in > f/inner')
      expect(brief(await layer.changes())).toEqual([
        'A d +1 -0',
        'D d/a +0 -1',
        'D d/b/c +0 -1',
        'D f +0 -1',
        'A f/inner +1 -0',
      ])
      expect((await layer.keep('all')).map(({ type }) => type)).toEqual(['kept', 'kept', 'kept', 'kept', 'kept'])
      expect(await bench.text('d')).toBe('d\n')
      expect(await bench.text('f/inner')).toBe('in\n')
      expect(await layer.changes()).toEqual([])
    })

    test('binary, mode and links', async () => {
      const { layer, shell } = await start({
        'image.png': new Uint8Array([1, 0, 2]),
        'run.sh': 'echo\n',
        'plain.txt': 'x\n',
      })
      await shell.run(
        `printf '\\1\\0\\3' > image.png; chmod 755 run.sh; ln -s run.sh link; rm plain.txt; ln -s /etc/passwd plain.txt`,
      )
      const changes = await layer.changes()
      expect(changes.map(({ path, status, kind }) => `${path} ${status} ${kind}`)).toEqual([
        'image.png modified binary',
        'link added symlink',
        'plain.txt modified symlink',
        'run.sh modified text',
      ])
      expect(changes[3]!.mode).toEqual({ base: 0o644, layer: 0o755 })
      expect(await layer.read('link', 'layer')).toEqual({ type: 'symlink', target: 'run.sh' })
      expect(await layer.read('image.png', 'layer')).toMatchObject({ type: 'binary', size: 3 })
      expect(await layer.read('plain.txt', 'base')).toEqual({ type: 'text', text: 'x\n' })
    })
  })
}
