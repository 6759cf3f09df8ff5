import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  type Command,
  type ExecOptions,
  type Sandbox,
  SandboxGone,
  type SandboxProvider,
} from '../../daemon/sandbox/sandbox.ts'
import { type SandboxFolders, sandboxFolders } from '../support/sandboxFolders.ts'

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString()
const bytes = (content: string) => new TextEncoder().encode(content)

/**
 * What every kind of sandbox does, shown on real files and processes. `makeProvider` is handed the data folder to hide.
 * HOME is the test's own while the provider works.
 */
export function sandboxContract(kind: string, makeProvider: (hide: readonly string[]) => SandboxProvider): void {
  describe(`the sandbox contract, ${kind}`, () => {
    let folders: SandboxFolders
    let provider: SandboxProvider
    let sandbox: Sandbox

    beforeAll(async () => {
      folders = sandboxFolders()
      vi.stubEnv('HOME', folders.userHome)
      writeFileSync(join(folders.workspace, 'readme.txt'), 'base\n')
      provider = makeProvider([folders.data])
      sandbox = await provider.open(folders.layer())
    })
    afterAll(async () => {
      await sandbox.close()
      vi.unstubAllEnvs()
      folders.remove()
    })

    const at = (name: string) => join(folders.workspace, name)

    async function check(line: Command['line'], options: Omit<Command, 'line'> & ExecOptions, expected: object) {
      const { signal, onOutput, hold, ...command } = options
      const result = await sandbox.exec(
        { line, ...command },
        { ...(signal ? { signal } : {}), ...(onOutput ? { onOutput } : {}), ...(hold ? { hold } : {}) },
      )
      const { stdout, stderr, end } = result
      const shown = { end, stdout: text(stdout.head), stderr: text(stderr.head), omitted: stdout.omitted }
      expect(shown).toMatchObject(expected)
      return result
    }

    /** The arguments of every process inside but the one that looks. */
    async function processes(): Promise<string> {
      const { stdout } = await sandbox.exec({ line: 'for p in /proc/[0-9]*; do tr "\\0" " " < $p/cmdline; echo; done' })
      return text(stdout.head)
    }

    test('probing says that it is ready', async () => {
      expect(await provider.probe()).toEqual({ type: 'ready', kind })
      expect(await provider.probe()).toEqual({ type: 'ready', kind })
    })

    describe('commands', () => {
      const exited = (code: number) => ({ type: 'exited', code })

      test('exit code and both streams apart', () =>
        check('echo out; echo err >&2; exit 3', {}, { end: exited(3), stdout: 'out\n', stderr: 'err\n' }))

      test('a program and its arguments meet no shell', () =>
        check(['printf', '%s|', '$HOME', '', 'a b', '*'], {}, { stdout: '$HOME||a b|*|' }))

      test('a line that begins with a dash is a line', () =>
        check('-nope 2>/dev/null; echo $?', {}, { end: exited(0), stdout: '127\n' }))

      test('runs in the workspace, or where it is told to', async () => {
        await check('pwd', {}, { stdout: `${folders.workspace}\n` })
        await check('pwd', { cwd: '/usr' }, { stdout: '/usr\n' })
      })

      test('its environment is added to a scrubbed one', async () => {
        vi.stubEnv('PADDOCK_TEST_SECRET', 'hidden')
        const line = 'echo "$HOME $LANG [$PADDOCK_TEST_SECRET] $ADDED"'
        const stdout = `${folders.userHome} C.UTF-8 [] a\nb=c\n`
        await check(line, { env: { ADDED: 'a\nb=c' } }, { stdout })
      })

      test('input arrives whole, and where there is none it has ended', async () => {
        await check('wc -c', { stdin: new Uint8Array(3_000_000) }, { stdout: '3000000\n' })
        await check('cat', { stdin: bytes('to the end') }, { stdout: 'to the end' })
        await check('cat; echo done', {}, { stdout: 'done\n' })
      })

      test('a command that does not read its input still ends', () =>
        check('exec true', { stdin: new Uint8Array(3_000_000) }, { end: exited(0) }))

      test('a signal is told by its name', () =>
        check('kill -SEGV $$', {}, { end: { type: 'signalled', signal: 'SIGSEGV' } }))

      test.each([
        ['a program that is not there', ['paddock-no-such-program'], {}, 'paddock-no-such-program'],
        ['a file that cannot run', ['/etc/passwd'], {}, 'Permission denied'],
        ['a folder that is not there', ['true'], { cwd: '/no/such' }, '/no/such'],
        ['a folder that is relative', ['true'], { cwd: 'src' }, 'src'],
        ['a NUL', 'echo \0', {}, 'NUL'],
        ['nothing', [], {}, 'no command'],
        ['a variable without a name', ['true'], { env: { '': 'x' } }, 'variable'],
        ['an argument beyond all measure', ['true', 'x'.repeat(1_000_000)], {}, 'too long'],
      ])('%s: it did not start, and why', async (_, line, options, why) => {
        const { end, stdout, evidence } = await sandbox.exec({ line, ...options })
        expect(end).toEqual({ type: 'failedToStart', why: expect.stringContaining(why) })
        expect(stdout).toMatchObject({ omitted: 0 })
        expect(evidence).toEqual({
          kind,
          requested: { network: false },
          effective: { network: false },
          active: true,
        })
      })

      test('every result says what was asked for and what was in force', async () => {
        const { evidence, durationMs } = await sandbox.exec({ line: 'true' })
        const off = { network: false }
        expect(evidence).toEqual({ kind, requested: off, effective: off, active: true })
        expect(durationMs).toBeGreaterThan(0)
      })

      test('head and tail of long output are kept, the rest is counted', async () => {
        const { stdout, stderr } = await sandbox.exec({
          line: 'seq 1 200000; seq 1 10 >&2',
          outputLimit: 1000,
        })
        const all = Array.from({ length: 200_000 }, (_, index) => `${index + 1}\n`).join('')
        expect(text(stdout.head)).toBe(all.slice(0, 500))
        expect(text(stdout.tail)).toBe(all.slice(-500))
        expect(stdout.omitted).toBe(all.length - 1000)
        expect(stderr).toMatchObject({ omitted: 0, tail: { byteLength: 0 } })
      })

      test.each([[999], [1000], [1001]])('%i bytes of output against a limit of 1000', async (size) => {
        const { stdout } = await sandbox.exec({ line: `head -c ${size} /dev/zero`, outputLimit: 1000 })
        const kept = stdout.head.byteLength + stdout.tail.byteLength
        expect([kept, stdout.omitted]).toEqual([Math.min(size, 1000), Math.max(0, size - 1000)])
        expect(stdout.tail.byteLength > 0).toBe(size > 1000)
      })

      test('output comes while the command runs', async () => {
        const abort = new AbortController()
        const seen: string[] = []
        const onOutput = (stream: string, chunk: Uint8Array) => {
          seen.push(`${stream} ${text(chunk)}`)
          abort.abort()
        }
        await check('echo now >&2; sleep 1000', { signal: abort.signal, onOutput }, { end: { type: 'cancelled' } })
        expect(seen).toEqual(['stderr now\n'])
      })

      test('at its time limit the whole tree is killed, detached and stubborn parts too', async () => {
        const line = `trap '' TERM; (trap '' TERM; setsid sleep 4001) & (setsid -f sleep 4002); sleep 4003; sleep 4004`
        await check(line, { timeoutMs: 300 }, { end: { type: 'timedOut', afterMs: 300 } })
        expect(await processes()).not.toMatch(/sleep 400/)
      })

      test('while it is held, for a person who is asked, the time limit does not end it', async () => {
        let asked = 0
        const hold = () => ++asked < 3
        await check('sleep 1000', { timeoutMs: 20, hold }, { end: { type: 'timedOut', afterMs: 20 } })
        expect(asked).toBe(3)
      })

      test('a command may end in its own way when it is stopped', async () => {
        const abort = new AbortController()
        const line = `trap 'echo tidied; exit 0' TERM; sleep 1000 & echo ready; wait`
        const options = { signal: abort.signal, onOutput: () => abort.abort() }
        await check(line, options, { end: { type: 'cancelled' }, stdout: 'ready\ntidied\n' })
      })

      test('cancelled before it began, it does not run', async () => {
        const signal = AbortSignal.abort()
        await check(`touch ${at('ran')}`, { signal }, { end: { type: 'cancelled' } })
        expect(await sandbox.stat(at('ran'))).toMatchObject({ code: 'notFound' })
      })

      test('a process in the background outlives its command, holds nothing up, and killAll ends it', async () => {
        const line = 'sleep 4005 & echo started'
        await check(line, {}, { end: exited(0), stdout: 'started\n' })
        expect(await processes()).toMatch(/sleep 4005/)
        await sandbox.killAll()
        expect(await processes()).not.toMatch(/sleep 4005/)
      })

      test('killAll ends the commands under way', async () => {
        let started = () => {}
        const running = new Promise<void>((resolve) => {
          started = resolve
        })
        const results = ['one', 'two'].map((word) =>
          sandbox.exec({ line: `echo ${word}; sleep 1000` }, word === 'two' ? { onOutput: () => started() } : {}),
        )
        await running
        await sandbox.killAll()
        for (const { end } of await Promise.all(results)) expect(end).toEqual({ type: 'signalled', signal: 'SIGKILL' })
      })

      test('many at once keep apart', async () => {
        const numbers = Array.from({ length: 50 }, (_, index) => index)
        const results = await Promise.all(numbers.map((index) => sandbox.exec({ line: ['echo', `${index}`] })))
        expect(results.map(({ stdout }) => Number(text(stdout.head)))).toEqual(numbers)
      })
    })

    describe('files', () => {
      test('written and read back, folders made, mode kept', async () => {
        const path = at('deep/er/file.sh')
        expect(await sandbox.writeFile(path, bytes('one'))).toEqual({ type: 'written' })
        expect(await sandbox.readFile(path)).toMatchObject({ type: 'read', size: 3, mode: 0o644 })
        expect(await sandbox.setMode(path, 0o750)).toEqual({ type: 'written' })
        await sandbox.writeFile(path, bytes('two!'))
        const read = await sandbox.readFile(path)
        expect(read).toMatchObject({ size: 4, mode: 0o750 })
        expect(read.type === 'read' && text(read.bytes)).toBe('two!')
        await sandbox.writeFile(path, bytes(''), { mode: 0o600 })
        expect(await sandbox.readFile(path)).toMatchObject({ size: 0, mode: 0o600 })
      })

      test('several megabytes arrive byte for byte, and parts of them', async () => {
        const content = Uint8Array.from({ length: 3_500_001 }, (_, index) => (index * 7919) >> 5)
        await sandbox.writeFile(at('large'), content)
        const whole = await sandbox.readFile(at('large'))
        expect(whole.type === 'read' && Buffer.compare(whole.bytes, content)).toBe(0)
        const part = await sandbox.readFile(at('large'), { offset: 3_000_000, maxBytes: 10 })
        expect(part.type === 'read' && [...part.bytes]).toEqual([...content.subarray(3_000_000, 3_000_010)])
        expect(part).toMatchObject({ size: content.length })
        expect(await sandbox.readFile(at('large'), { offset: 9_000_000 })).toMatchObject({ bytes: { byteLength: 0 } })
      })

      test('the user’s folder is not touched', async () => {
        await sandbox.writeFile(at('readme.txt'), bytes('changed'))
        await sandbox.remove(at('readme.txt'))
        await sandbox.writeFile(at('new.txt'), bytes('new'))
        expect(readdirSync(folders.workspace)).toEqual(['readme.txt'])
        expect(readFileSync(at('readme.txt'), 'utf8')).toBe('base\n')
      })

      test('removes files, links and folders; what is not there is removed already', async () => {
        await sandbox.exec({ line: 'mkdir -p tree/a/b; touch tree/a/b/c; ln -s ../readme.txt tree/link; touch kept' })
        await sandbox.makeSymlink(at('tree/out'), at('kept'))
        for (const name of ['tree/link', 'tree', 'tree', 'no/such']) {
          expect(await sandbox.remove(at(name))).toEqual({ type: 'removed' })
        }
        expect(await sandbox.stat(at('tree'))).toMatchObject({ code: 'notFound' })
        expect(await sandbox.stat(at('kept'))).toMatchObject({ kind: 'file' })
        expect(await sandbox.remove(folders.workspace)).toMatchObject({ type: 'fault', code: 'denied' })
        expect(await sandbox.remove(at('deep/../../demo'))).toMatchObject({ type: 'fault', code: 'denied' })
      })

      test('links are shown as links, replaced as links, and written through', async () => {
        await sandbox.writeFile(at('target'), bytes('1'))
        await sandbox.writeFile(at('link'), bytes('was a file'))
        expect(await sandbox.makeSymlink(at('link'), 'target')).toEqual({ type: 'written' })
        expect(await sandbox.stat(at('link'))).toMatchObject({ kind: 'symlink', target: 'target' })
        await sandbox.writeFile(at('link'), bytes('22'))
        expect(await sandbox.readFile(at('target'))).toMatchObject({ size: 2 })
        expect(await sandbox.stat(at('link'))).toMatchObject({ kind: 'symlink' })
        await sandbox.makeSymlink(at('loop'), 'loop')
        expect(await sandbox.readFile(at('loop'))).toMatchObject({ type: 'fault' })
        expect(await sandbox.writeFile(at('loop'), bytes('x'))).toMatchObject({ type: 'fault' })
      })

      test('lists by name, with kinds, and no more than the limit', async () => {
        await sandbox.exec({ line: 'mkdir list; cd list; mkdir d; echo 123 > b; ln -s b a; mkfifo c' })
        expect(await sandbox.list(at('list'))).toEqual({
          type: 'list',
          truncated: false,
          entries: [
            { name: 'a', kind: 'symlink', size: 1 },
            { name: 'b', kind: 'file', size: 4 },
            { name: 'c', kind: 'other', size: 0 },
            { name: 'd', kind: 'folder', size: expect.any(Number) },
          ],
        })
        const few = await sandbox.list(at('list'), { limit: 2 })
        expect(few).toMatchObject({ truncated: true, entries: [{ name: 'a' }, { name: 'b' }] })
      })

      test('a folder of many names is cut at the first ones', async () => {
        await sandbox.exec({ line: 'mkdir many; cd many; seq -f %04g 1200 -1 1 | xargs touch' })
        const list = await sandbox.list(at('many'), { limit: 50 })
        if (list.type !== 'list') throw new Error(list.message)
        expect([list.entries.length, list.truncated]).toEqual([50, true])
        expect([list.entries[0]?.name, list.entries.at(-1)?.name]).toEqual(['0001', '0050'])
      })

      test('names that are odd or no UTF-8 do no harm', async () => {
        await sandbox.exec({ line: `mkdir odd; cd odd; touch $'caf\\xe9' $'new\\nline' -- -dash 'emoji 🐎' '$(x)'` })
        const list = await sandbox.list(at('odd'))
        expect(list.type === 'list' && list.entries.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
          'file $(x)',
          'file -dash',
          'other caf\\xE9',
          'file emoji 🐎',
          'file new\nline',
        ])
        expect(await sandbox.readFile(at('odd/new\nline'))).toMatchObject({ type: 'read' })
        expect(await sandbox.readFile(at('odd/\ud800'))).toMatchObject({ type: 'fault', code: 'notFound' })
      })

      test('what is no regular file is refused, and nothing hangs', async () => {
        await sandbox.exec({ line: 'mkfifo pipe; mkdir folder; truncate -s 5G sparse' })
        const codes = async (path: string) => {
          const answers = [await sandbox.readFile(path), await sandbox.writeFile(path, bytes('x'))]
          return answers.map((answer) => (answer.type === 'fault' ? answer.code : answer.type))
        }
        expect(await codes(at('pipe'))).toEqual(['notAFile', 'notAFile'])
        expect(await codes(at('folder'))).toEqual(['notAFile', 'notAFile'])
        expect(await codes('/dev/zero')).toEqual(['notAFile', 'notAFile'])
        expect((await codes('/dev/stdin'))[0]).toBe('notAFile')
        expect(await codes('relative')).toEqual(['notFound', 'notFound'])
        expect(await codes(`${at('a')}\0b`)).toEqual(['notFound', 'notFound'])
        expect(await codes(at('readme.txt/x'))).toEqual(['notFound', 'written'])
        expect(await sandbox.readFile(at('sparse'))).toMatchObject({ code: 'tooLarge' })
        expect(await sandbox.readFile(at('sparse'), { maxBytes: 5 })).toMatchObject({ size: 5 * 2 ** 30 })
        expect(await sandbox.list(at('sparse'))).toMatchObject({ code: 'notAFolder' })
      })

      test('outside of the workspace nothing is written', async () => {
        for (const path of ['/etc/paddock-test', '/usr/paddock-test']) {
          expect(await sandbox.writeFile(path, bytes('x'))).toMatchObject({ type: 'fault', code: 'readOnly' })
          expect(existsSync(path)).toBe(false)
        }
      })

      test('a link out of the workspace leads to nothing that can be changed or that is hidden', async () => {
        const outside = join(folders.top, 'elsewhere')
        mkdirSync(outside, { recursive: true })
        writeFileSync(join(outside, 'file'), 'theirs')
        writeFileSync(join(folders.data, 'token'), 'secret')
        symlinkSync(outside, at('out'))
        await sandbox.makeSymlink(at('token'), join(folders.data, 'token'))
        await sandbox.makeSymlink(at('dangling'), join(outside, 'made'))
        expect(await sandbox.readFile(at('token'))).toMatchObject({ code: 'notFound' })
        // Some of these succeed, in a scratch folder inside; what counts is what happened outside.
        for (const name of ['out/file', 'out/made', 'dangling']) await sandbox.writeFile(at(name), bytes('ours'))
        await sandbox.setMode(at('out/file'), 0o777)
        await sandbox.remove(at('out/file'))
        await sandbox.exec({ line: 'rm -rf out/*; echo ours > out/file; ln out/file hard; echo ours > hard' })
        expect(readdirSync(outside)).toEqual(['file'])
        expect(readFileSync(join(outside, 'file'), 'utf8')).toBe('theirs')
        expect(statSync(join(outside, 'file')).mode & 0o777).toBe(0o644)
      })
    })

    describe('several, and their ends', () => {
      test('two layers are apart, the home is shared, and a layer outlives its sandbox', async () => {
        const [first, second] = [folders.layer(), folders.layer()]
        const one = await provider.open(first)
        const two = await provider.open(second)
        await one.exec({ line: 'echo mine > edit; echo shared > ~/note; rm readme.txt' })
        expect(await two.readFile(at('edit'))).toMatchObject({ code: 'notFound' })
        expect(await two.readFile(at('readme.txt'))).toMatchObject({ type: 'read' })
        expect(await two.readFile(join(two.home, 'note'))).toMatchObject({ size: 7 })
        await one.close()
        const again = await provider.open(first)
        expect(await again.readFile(at('edit'))).toMatchObject({ size: 5 })
        expect(await again.readFile(at('readme.txt'))).toMatchObject({ code: 'notFound' })
        expect(again.mountedAt).toBeGreaterThanOrEqual(one.mountedAt)
        await Promise.all([two.close(), again.close()])
      })

      test('a layer opens once at a time', async () => {
        const layer = folders.layer()
        const one = await provider.open(layer)
        await expect(provider.open(layer)).rejects.toMatchObject({ data: { type: 'sandboxUnavailable', kind } })
        await one.close()
        await (await provider.open(layer)).close()
      })

      test('closing fails what is under way and everything after', async () => {
        const one = await provider.open(folders.layer())
        let started = () => {}
        const running = new Promise<void>((resolve) => {
          started = resolve
        })
        const under = one.exec({ line: 'echo; sleep 1000' }, { onOutput: () => started() })
        const failed = expect(under).rejects.toBeInstanceOf(SandboxGone)
        await running
        await one.close()
        await failed
        await one.closed
        await one.close()
        await expect(one.exec({ line: 'true' })).rejects.toBeInstanceOf(SandboxGone)
        await expect(one.exec({ line: 'true', network: true })).rejects.toBeInstanceOf(SandboxGone)
        await expect(one.readFile(at('readme.txt'))).rejects.toBeInstanceOf(SandboxGone)
        await expect(one.killAll()).rejects.toBeInstanceOf(SandboxGone)
      })

      test.each([
        ['that is not there', () => join(folders.top, 'nowhere')],
        ['that is a file', () => at('readme.txt')],
        ['that is the root', () => '/'],
        ['that is the home', () => folders.userHome],
        ['that the home lies in', () => folders.top],
        ['that is the data folder', () => folders.data],
        ['in the data folder', () => join(folders.data, 'home')],
        ['of the system', () => '/usr'],
      ])('a folder %s is refused with a reason', async (_, folder) => {
        const opening = provider.open(folders.layer(folder()))
        await expect(opening).rejects.toMatchObject({ data: { type: 'folderNotUsable', why: expect.any(String) } })
      })
    })
  })
}
