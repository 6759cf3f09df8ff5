import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { Change } from '#protocol/change.ts'
import type { Layer, LayerFiles, LayerProvider } from '../../daemon/layer/layer.ts'

/** The agent's side of a layer: a shell whose working directory is the workspace as the layer shows it. */
export interface AgentShell {
  readonly mountedAt: number
  readonly files: LayerFiles
  /** Answers what it said; rejects where it failed. */
  run(line: string): Promise<string>
  close(): Promise<void>
}

export interface LayerKind {
  readonly provider: () => LayerProvider
  readonly openShell: (layer: Layer) => Promise<AgentShell>
  /** Why this kind cannot be tried here; undefined where it can. */
  readonly unavailable: string | undefined
}

/** A user's folder with a layer over it and an agent at work in that. */
export class Bench {
  readonly root: string
  readonly folder: string
  readonly #kind: LayerKind
  readonly #layers: { layer: Layer; shell: AgentShell | undefined; store: string }[] = []

  #mountedAt = 0

  private constructor(kind: LayerKind, root: string) {
    this.#kind = kind
    this.root = root
    this.folder = join(root, 'project')
  }

  /** `files`: content by path. */
  static async make(kind: LayerKind, files: Record<string, string | Uint8Array>): Promise<Bench> {
    const bench = new Bench(kind, await mkdtemp(join(tmpdir(), 'paddock-layer-')))
    await mkdir(bench.folder)
    for (const [path, content] of Object.entries(files)) await bench.write(path, content)
    return bench
  }

  /** Opens a layer, mounts it and tells it so. */
  async open(name = 'a'): Promise<{ layer: Layer; shell: AgentShell }> {
    const store = join(this.root, `layer-${name}`)
    const layer = await this.#kind.provider().open({ folder: this.folder, store })
    return { layer, shell: await this.mount(layer, store) }
  }

  async mount(layer: Layer, store = ''): Promise<AgentShell> {
    const shell = await this.#kind.openShell(layer)
    // So that what was written just before is older, whatever the file system's clock ticks in.
    this.#mountedAt = shell.mountedAt + 50
    layer.mounted(this.#mountedAt)
    this.#layers.push({ layer, shell, store })
    return shell
  }

  /** As the daemon would after it was killed: a new provider, nothing in memory. */
  async reopen(name = 'a'): Promise<Layer> {
    return await this.#kind.provider().open({ folder: this.folder, store: join(this.root, `layer-${name}`) })
  }

  async write(path: string, content: string | Uint8Array): Promise<void> {
    await mkdir(dirname(join(this.folder, path)), { recursive: true })
    await writeFile(join(this.folder, path), content)
  }

  /** As most editors save: the new content moves over the old file. */
  async save(path: string, content: string): Promise<void> {
    await writeFile(join(this.root, 'saved'), content)
    await rename(join(this.root, 'saved'), join(this.folder, path))
  }

  /** Returns when a file that is written now is newer than the last mount. */
  async pastMount(): Promise<void> {
    const probe = join(this.root, 'probe')
    do {
      await writeFile(probe, '')
    } while ((await lstat(probe)).ctimeMs <= this.#mountedAt)
  }

  async text(path: string): Promise<string> {
    return await readFile(join(this.folder, path), 'utf8')
  }

  /** Every file of the user's, with content, mode and times. */
  async snapshot(): Promise<Record<string, string>> {
    const found: Record<string, string> = {}
    for (const entry of await readdir(this.folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      const stat = await lstat(path, { bigint: true })
      const content = entry.isFile()
        ? (await readFile(path)).toString('latin1')
        : entry.isSymbolicLink()
          ? await readlink(path)
          : ''
      const times = entry.isDirectory() ? '' : `${stat.mtimeNs} ${stat.ctimeNs} ${stat.ino}`
      found[path.slice(this.folder.length + 1)] = `${stat.mode.toString(8)} ${times} ${content}`
    }
    return found
  }

  async dispose(): Promise<void> {
    for (const { shell } of this.#layers) await shell?.close()
    for (const { layer } of this.#layers) await layer.dispose()
    await rm(this.root, { recursive: true, force: true })
  }
}

/** Status letter, path and line counts of every change, for short expectations. */
function brief(changes: readonly Change[]): string[] {
  return changes.map(({ status, path, from, additions, deletions }) => {
    const where = from ? `${from} -> ${path}` : path
    return `${status[0]!.toUpperCase()} ${where} +${additions} -${deletions}`
  })
}

const numbered = (count: number) => Array.from({ length: count }, (_, at) => `line ${at + 1}\n`).join('')

/** What every kind of layer must do. */
export function layerContract(name: string, kind: LayerKind): void {
  const title = `${name}${kind.unavailable ? ` (${kind.unavailable})` : ''}`
  describe.skipIf(kind.unavailable !== undefined)(title, { timeout: 20_000 }, () => {
    let bench: Bench | undefined
    afterEach(async () => {
      await bench?.dispose()
      bench = undefined
    })
    const start = async (files: Record<string, string | Uint8Array>) => {
      bench = await Bench.make(kind, files)
      return { bench, ...(await bench.open()) }
    }

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

      test('an id that was never there, and one whose hunk the agent changed, are stale', async () => {
        const { bench, layer, shell } = await twoHunks(numbered(10))
        const [first] = await layer.hunks('a.txt')
        await shell.run(`sed -i '2s/LINE/Line/' a.txt`)
        for (const hunks of [['nothing'], [first!.id], []]) {
          expect(await layer.keep([{ path: 'a.txt', hunks }])).toEqual([{ type: 'stale', path: 'a.txt' }])
          expect(await layer.discard([{ path: 'a.txt', hunks }], shell.files)).toEqual([
            { type: 'stale', path: 'a.txt' },
          ])
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

    describe('keep', () => {
      test('all: contents, modes, renames, deletions and links, and no temporary file stays', async () => {
        bench = await Bench.make(kind, {
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
        expect(await layer.keep('all', { path: 'a.txt', user })).toMatchObject([{ type: 'conflict' }])
        expect(await bench.text('a.txt')).toBe('line 1\nuser again\nline 3\n')
        await bench.save('a.txt', 'line 1\nuser\nline 3\n')
        expect(await layer.keep('all', { path: 'a.txt', user })).toMatchObject([{ type: 'kept' }])
        expect(await bench.text('a.txt')).toBe('line 1\nagent\nline 3\n')
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

    describe('discard', () => {
      test('all: everything is as the user has it, for the agent too', async () => {
        bench = await Bench.make(kind, {
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
  })
}
