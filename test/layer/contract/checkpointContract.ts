import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type AgentShell, brief, type ContractBench, numbered } from '../bench.ts'

/** Everything that the agent sees: contents, modes, targets, folders. */
const tree = `find . -mindepth 1 \\( -type d -o -type l \\) -printf '%P %y %m %l\\n' -o -type f -printf '%P %y %m ' -exec md5sum {} \\; | sort`
const seen = (shell: AgentShell) => shell.run(tree)

/** What remembering a layer, and going back to what is remembered, does. */
export function checkpointContract({ start, make, isCopy, ownPipes }: ContractBench): void {
  describe('checkpoints', () => {
    test('the first is always stored, and then each that has something to remember', async () => {
      const { layer, shell } = await start({ 'a.txt': 'a\n' })
      expect(await layer.checkpoint('start')).toBe(true)
      expect(await layer.checkpoint('same')).toBe(false)
      await shell.run('echo A > a.txt')
      expect(await layer.checkpoint('one')).toBe(true)
      expect(await layer.checkpoint('same')).toBe(false)
      await shell.run('echo a > a.txt')
      expect(await layer.checkpoint('two')).toBe(true)
      await shell.run('mkdir empty')
      expect(await layer.checkpoint('three')).toBe(true)
      await shell.run('chmod 700 empty')
      expect(await layer.checkpoint('four')).toBe(true)
      expect(layer.checkpoints()).toEqual(['start', 'one', 'two', 'three', 'four'])
      expect(await layer.rewind('never', shell.files)).toMatchObject({ type: 'failed' })
    })

    test('to and fro: contents, modes, links, folders, git’s data, what came and what went', async () => {
      const { bench, layer, shell } = await start({
        'a.txt': numbered(10),
        'gone.txt': 'gone\n',
        'd/x': 'x\n',
        'd/sub/y': 'y\n',
        'e/z': 'z\n',
        'f/1': '1\n',
        'f/2': '2\n',
        file: 'file\n',
        '.git/HEAD': 'ref: refs/heads/main\n',
        '.git/index': 'one\n',
        'hollow/inner/': '',
      })
      const user = await bench.snapshot()
      const steps = [
        `:`,
        `sed -i 's/line 3/LINE/' a.txt; rm gone.txt; mkdir -p new/deep/empty; echo n > new/deep/n; ln -s a.txt link`,
        `rm -r d; echo now a file > d; rm file; mkdir file; echo in > file/in; chmod 600 a.txt; rmdir hollow/inner`,
        `echo two > .git/index; echo c > .git/COMMIT; mkdir -p .git/objects; echo o > .git/objects/o; chmod 444 .git/objects/o`,
        `rm -r f; mkdir f; echo 3 > f/3; echo 1 > f/1; rm -r new; ln -sfn e link; chmod 700 e; rm -r hollow`,
        `rm -r f e .git; rm link; echo x > link; printf '\\0\\1' > gone.txt; rm d; mkdir d; echo y2 > d/y2; chmod 500 d`,
        `chmod 700 d; rm -rf ./* ; mkdir -p d/sub; echo again > d/sub/y`,
      ]
      const states: string[] = []
      const changes: string[][] = []
      for (const [at, step] of steps.entries()) {
        await shell.run(step)
        expect(await layer.checkpoint(`${at}`)).toBe(true)
        states.push(await seen(shell))
        changes.push(brief(await layer.changes()))
      }
      for (const at of [0, 6, 3, 5, 1, 4, 2, 2, 6, 1, 5, 0]) {
        expect(await layer.rewind(`${at}`, shell.files)).toMatchObject({ type: 'rewound' })
        expect(await seen(shell), `checkpoint ${at}`).toBe(states[at])
        expect(brief(await layer.changes()), `checkpoint ${at}`).toEqual(changes[at])
      }
      expect(await layer.rewind('0', shell.files)).toEqual({ type: 'rewound', files: 0, paths: [] })
      expect(await bench.snapshot()).toEqual(user)
      await shell.close()
      await layer.prune()
      const again = await bench.mount(layer)
      expect(await seen(again)).toBe(states[0])
    })

    test('says how many files look different, and which', async () => {
      const { layer, shell } = await start({ 'a.txt': 'a\n', 'b.txt': 'b\n' })
      await layer.checkpoint('start')
      await shell.run('echo A > a.txt; for i in $(seq 60); do echo $i > n$i; done; mkdir empty')
      const result = await layer.rewind('start', shell.files)
      expect(result).toMatchObject({ type: 'rewound', files: 61 })
      expect(result.type === 'rewound' && result.paths).toHaveLength(50)
    })

    test('after a keep, what was before is a change against what was kept', async () => {
      const { bench, layer, shell } = await start({ 'a.txt': numbered(10), 'old.txt': 'old\n' })
      await layer.checkpoint('start')
      await shell.run(`sed -i '2s/line/LINE/' a.txt; echo n > new.txt; rm old.txt`)
      await layer.checkpoint('one')
      await layer.keep('all')
      const kept = await bench.snapshot()
      expect(await layer.rewind('start', shell.files)).toMatchObject({ type: 'rewound', files: 3 })
      expect(brief(await layer.changes())).toEqual(['M a.txt +1 -1', 'D new.txt +0 -1', 'A old.txt +1 -0'])
      expect(await shell.run('cat a.txt old.txt; ls')).toBe(`${numbered(10)}old\na.txt\nold.txt\n`)
      expect(await bench.snapshot()).toEqual(kept)
      await layer.rewind('one', shell.files)
      expect(await layer.changes()).toEqual([])
      await layer.rewind('start', shell.files)
      await bench.save('a.txt', numbered(10).replace('line 2', 'LINE 2').replace('line 8', 'mine'))
      expect((await layer.keep('all')).map(({ type }) => type)).toEqual(['kept', 'kept', 'kept'])
      expect(await bench.text('a.txt')).toBe(numbered(10).replace('line 8', 'mine'))
      expect(Object.keys(await bench.snapshot()).sort()).toEqual(['a.txt', 'old.txt'])
    })

    test('what the user made meanwhile is neither hidden, nor claimed to be deleted', async () => {
      const { bench, layer, shell } = await start({ 'a.txt': 'a\n', 'd/x': 'x\n', 'e/y': 'y\n' })
      await shell.run('rm -r d; rm -r e; echo e > e; echo A > a.txt; mkdir lib; echo l > lib/l')
      await layer.checkpoint('one')
      await layer.keep('all')
      await shell.run('rm -r lib; rm e; echo B > a.txt')
      await shell.close()
      await layer.prune()
      await bench.write('d/mine', 'mine\n')
      await bench.write('lib/mine', 'mine\n')
      await bench.write('other', 'mine\n')
      await bench.save('a.txt', 'mine\n')
      const next = await bench.mount(layer)
      const user = await bench.snapshot()
      expect(await layer.rewind('one', next.files)).toMatchObject({ type: 'rewound' })
      expect(await next.run('cat a.txt d/mine lib/mine lib/l e other')).toBe('mine\nmine\nmine\nl\ne\nmine\n')
      expect(await layer.changes()).toEqual([])
      expect(await bench.snapshot()).toEqual(user)
    })

    test('a change that was discarded and is rewound to is merged with what the user did since', async () => {
      const { bench, layer, shell } = await start({ 'a.txt': numbered(10) })
      await shell.run(`sed -i '2s/line/LINE/' a.txt`)
      await layer.checkpoint('one')
      await layer.discard('all', shell.files)
      await shell.close()
      await layer.prune()
      await bench.save('a.txt', numbered(10).replace('line 8', 'mine'))
      const next = await bench.mount(layer)
      await layer.rewind('one', next.files)
      expect(await layer.changes()).toMatchObject([{ path: 'a.txt', additions: 1, deletions: 1, baseMoved: true }])
      expect(await layer.keep('all')).toEqual([{ type: 'kept', path: 'a.txt', merged: true }])
      expect(await bench.text('a.txt')).toBe(numbered(10).replace('line 2', 'LINE 2').replace('line 8', 'mine'))
    })

    test('they are there after a crash, and gone with the layer', async () => {
      const { bench, layer, shell } = await start({ 'a.txt': 'a\n' })
      await layer.checkpoint('start')
      await shell.run('echo A > a.txt; echo n > n')
      await layer.checkpoint('one')
      await layer.keep([{ path: 'a.txt' }])
      await shell.close()
      const again = await bench.reopen()
      expect(again.checkpoints()).toEqual(['start', 'one'])
      const next = await bench.mount(again)
      expect(await again.checkpoint('same')).toBe(false)
      expect(await again.rewind('start', next.files)).toMatchObject({ type: 'rewound', files: 2 })
      expect(await next.run('cat *')).toBe('a\n')
      expect(brief(await again.changes())).toEqual(['M a.txt +1 -1'])
      await next.close()
      await again.dispose()
      expect(await readdir(bench.root)).toEqual(['project'])
    })

    test('one that stops on its way says where, and goes on when it is done again', async () => {
      const { layer, shell } = await start({ 'a.txt': 'a\n', 'b.txt': 'b\n', 'c.txt': 'c\n' })
      await layer.checkpoint('start')
      await shell.run('echo A > a.txt; echo B > b.txt; rm c.txt; echo n > n')
      let calls = 0
      const stopping = {
        ...shell.files,
        async writeFile(...args: Parameters<typeof shell.files.writeFile>) {
          calls += 1
          return calls === 2 ? { type: 'fault', message: 'No space is left.' } : await shell.files.writeFile(...args)
        },
      }
      const failed = await layer.rewind('start', stopping)
      expect(failed).toMatchObject({ type: 'failed', why: 'No space is left.' })
      expect(await layer.changes()).toHaveLength(1)
      const dead = () => Promise.reject(new Error('The sandbox is gone.'))
      expect(await layer.rewind('start', { ...shell.files, writeFile: dead })).toMatchObject({ type: 'failed' })
      expect(await layer.rewind('start', shell.files)).toMatchObject({ type: 'rewound' })
      expect(await layer.changes()).toEqual([])
      expect(await shell.run('cat *')).toBe('a\nb\nc\n')
    })

    test('pipes and what is too large are not held, and are told; rewinding leaves them', async () => {
      const { layer, shell } = await start({ 'a.txt': 'a\n' })
      await layer.checkpoint('start')
      await shell.run('mkfifo pipe; truncate -s 100G huge; echo A > a.txt')
      await layer.checkpoint('one')
      expect(layer.skipped.map(({ path }) => path)).toContain('huge')
      await shell.run('echo B > a.txt; echo more >> huge')
      expect(await layer.rewind('one', shell.files)).toMatchObject({ type: 'rewound', paths: ['a.txt'] })
      expect(await shell.run('test -p pipe; cat a.txt; ls')).toBe('A\na.txt\nhuge\npipe\n')
      await layer.rewind('start', shell.files)
      expect(await shell.run('ls')).toBe(ownPipes ? 'a.txt\npipe\n' : 'a.txt\n')
    })

    test('links are never followed, whatever is put in their way', async () => {
      const { bench, layer, shell } = await start({ 'a.txt': 'a\n', 'd/x': 'x\n' })
      const outside = join(bench.root, 'outside')
      await mkdir(outside)
      await layer.checkpoint('start')
      await shell.run(`rm -r d; ln -s ${outside} d; rm a.txt; ln -s ${outside}/made a.txt`)
      await layer.checkpoint('links')
      await layer.rewind('start', shell.files)
      expect(await shell.run('cat a.txt d/x')).toBe('a\nx\n')
      await layer.rewind('links', shell.files)
      expect(await shell.run('readlink a.txt d')).toBe(`${outside}/made\n${outside}\n`)
      expect(await readdir(outside)).toEqual([])
    })

    test('size counts files, bases and checkpoints, and what links lead to does not count', async () => {
      const bench = await make({ 'a.bin': new Uint8Array(300_000).fill(7), 'big/b': new Uint8Array(9_000_000) })
      const { layer, shell } = await bench.open()
      const empty = await layer.size()
      await shell.run('ln -s big/b link; ln -s / root; truncate -s 100G hole')
      const links = await layer.size()
      expect(links - empty).toBeLessThan(100_000)
      await shell.run('echo x >> a.bin')
      await layer.changes()
      const changed = await layer.size()
      // The base, and where the layer had none of its own, the agent's.
      expect(changed - links).toBeGreaterThan(isCopy ? 300_000 : 600_000)
      expect(changed - links).toBeLessThan(1_000_000)
      await layer.checkpoint('one')
      expect((await layer.size()) - changed).toBeGreaterThan(300_000)
    })

    test('a file that is written all the while is taken as it was at some moment', async () => {
      const { layer, shell } = await start({ 'a.txt': 'a\n' })
      await shell.run('(i=0; while [ ! -e stop ]; do i=$((i+1)); echo "$i" >> log; done; touch done) &')
      await shell.run('while [ ! -e log ]; do sleep 0.01; done')
      for (let at = 0; at < 5; at++) await layer.checkpoint(`${at}`)
      await shell.run('touch stop; while [ ! -e done ]; do sleep 0.01; done')
      const log = await shell.run('cat log')
      const names = layer.checkpoints()
      expect(names.length).toBeGreaterThan(0)
      for (const name of names) {
        expect(await layer.rewind(name, shell.files)).toMatchObject({ type: 'rewound' })
        expect(log.startsWith(await shell.run('cat log 2>/dev/null || :'))).toBe(true)
      }
    })

    test('while the folder is gone nothing is remembered and nothing is rewound', async () => {
      const { bench, layer, shell } = await start({ 'a.txt': 'a\n' })
      await layer.checkpoint('start')
      await shell.run('echo A > a.txt')
      await rename(bench.folder, join(bench.root, 'away'))
      const data = { type: 'folderNotUsable', folder: bench.folder }
      await expect(layer.checkpoint('one')).rejects.toMatchObject({ data })
      await expect(layer.rewind('start', shell.files)).rejects.toMatchObject({ data })
      expect(layer.checkpoints()).toEqual(['start'])
      await rename(join(bench.root, 'away'), bench.folder)
      expect(await layer.checkpoint('one')).toBe(true)
    })

    test('a file that the user removed meanwhile is a conflict when it is kept, not a surprise', async () => {
      const { bench, layer, shell } = await start({ 'a.txt': 'a\n' })
      await shell.run('echo A > a.txt')
      await layer.checkpoint('one')
      await shell.run('echo B > a.txt')
      await rm(join(bench.folder, 'a.txt'))
      await layer.rewind('one', shell.files)
      expect(await shell.run('cat a.txt')).toBe('A\n')
      expect(await layer.keep('all')).toMatchObject([{ type: 'conflict', path: 'a.txt' }])
    })
  })
}
