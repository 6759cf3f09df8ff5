import { describe, expect, test, vi } from 'vitest'
import { bytes, type ContractContext, text } from './context.ts'

/** Commands from their start to their end. */
export function commandContract(the: ContractContext): void {
  const { by, at, check, processes } = the

  describe('commands', () => {
    const exited = (code: number) => ({ type: 'exited', code })

    test('exit code and both streams apart', () =>
      check('echo out; echo err >&2; exit 3', {}, { end: exited(3), stdout: 'out\n', stderr: 'err\n' }))

    test('a program and its arguments meet no shell', () =>
      check(['printf', '%s|', '$HOME', '', 'a b', '*'], {}, { stdout: '$HOME||a b|*|' }))

    test('a line that begins with a dash is a line', () =>
      check('-nope 2>/dev/null; echo $?', {}, { end: exited(0), stdout: '127\n' }))

    test('runs in the workspace, or where it is told to', async () => {
      await check('pwd', {}, { stdout: `${the.folders.workspace}\n` })
      await check('pwd', { cwd: '/usr' }, { stdout: '/usr\n' })
    })

    test('its environment is added to a scrubbed one', async () => {
      vi.stubEnv('PADDOCK_TEST_SECRET', 'hidden')
      const line = 'echo "$HOME $LANG [$PADDOCK_TEST_SECRET] $ADDED"'
      const stdout = `${the.folders.userHome} C.UTF-8 [] a\nb=c\n`
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
      const { end, stdout, evidence } = await the.sandbox.exec({ line, ...options })
      expect(end).toEqual({ type: 'failedToStart', why: expect.stringContaining(why) })
      expect(stdout).toMatchObject({ omitted: 0 })
      expect(evidence).toEqual({
        ...by,
        requested: { network: false },
        effective: { network: false },
        active: true,
      })
    })

    test('every result says what was asked for and what was in force', async () => {
      const { evidence, durationMs } = await the.sandbox.exec({ line: 'true' })
      const off = { network: false }
      expect(evidence).toEqual({ ...by, requested: off, effective: off, active: true })
      expect(durationMs).toBeGreaterThan(0)
    })

    test('head and tail of long output are kept, the rest is counted', async () => {
      const { stdout, stderr } = await the.sandbox.exec({
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
      const { stdout } = await the.sandbox.exec({ line: `head -c ${size} /dev/zero`, outputLimit: 1000 })
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
      expect(await the.sandbox.stat(at('ran'))).toMatchObject({ code: 'notFound' })
    })

    test('a process in the background outlives its command, holds nothing up, and killAll ends it', async () => {
      const line = 'sleep 4005 & echo started'
      await check(line, {}, { end: exited(0), stdout: 'started\n' })
      expect(await processes()).toMatch(/sleep 4005/)
      await the.sandbox.killAll()
      expect(await processes()).not.toMatch(/sleep 4005/)
    })

    test('killAll ends the commands under way', async () => {
      let started = () => {}
      const running = new Promise<void>((resolve) => {
        started = resolve
      })
      const results = ['one', 'two'].map((word) =>
        the.sandbox.exec({ line: `echo ${word}; sleep 1000` }, word === 'two' ? { onOutput: () => started() } : {}),
      )
      await running
      await the.sandbox.killAll()
      for (const { end } of await Promise.all(results)) expect(end).toEqual({ type: 'signalled', signal: 'SIGKILL' })
    })

    test('many at once keep apart', async () => {
      const numbers = Array.from({ length: 50 }, (_, index) => index)
      const results = await Promise.all(numbers.map((index) => the.sandbox.exec({ line: ['echo', `${index}`] })))
      expect(results.map(({ stdout }) => Number(text(stdout.head)))).toEqual(numbers)
    })
  })
}
