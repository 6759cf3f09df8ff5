import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import { SandboxGone } from '../../../daemon/sandbox/sandbox.ts'
import { eventually } from '../../support/eventually.ts'
import type { ContractContext } from './context.ts'
import { awaiter, started, whole } from './started.ts'

/** What may lie between a program and a reader that does not read: a window on each side, and the pipe between. */
const mostHeldBack = 1 << 20

/** Programs that are talked to while they run. */
export function processContract(the: ContractContext): void {
  const { processes } = the
  const exited = (code: number) => ({ type: 'exited', code })
  const start = (line: string | string[]) => started(the.sandbox, { line })

  describe('processes', () => {
    test('what goes in comes out, both streams apart, and the end is told after them', async () => {
      const process = await start('cat; echo last words >&2; exit 4')
      process.stdin.write('one ')
      process.stdin.end('two')
      const [out, err, end] = await Promise.all([whole(process.stdout), whole(process.stderr), process.ended])
      expect([out.toString(), err.toString(), end]).toEqual(['one two', 'last words\n', exited(4)])
    })

    test('an answer comes before the input ends', async () => {
      const process = await start('while read line; do echo "got $line"; done; echo over')
      const reads = awaiter(process.stdout)
      for (const word of ['one', 'two']) {
        process.stdin.write(`${word}\n`)
        expect(await reads(/\n/)).toBe(`got ${word}\n`)
      }
      process.stdin.end()
      expect(await reads(/over/)).toBe('over')
      expect(await process.ended).toEqual(exited(0))
    })

    test('runs where and with what it is told, in a scrubbed environment', async () => {
      vi.stubEnv('PADDOCK_TEST_SECRET', 'hidden')
      const line = ['sh', '-c', 'pwd; echo "$HOME [$PADDOCK_TEST_SECRET] $ADDED $TERM"']
      const process = await started(the.sandbox, { line, cwd: '/usr', env: { ADDED: 'a b' } })
      expect((await whole(process.stdout)).toString()).toBe(`/usr\n${the.sandbox.home} [] a b dumb\n`)
      expect(await process.ended).toEqual(exited(0))
    })

    test.each([
      ['a program that is not there', ['paddock-no-such-program'], {}, 'paddock-no-such-program'],
      ['a folder that is not there', ['true'], { cwd: '/no/such' }, '/no/such'],
      ['nothing', [], {}, 'no command'],
    ])('%s: it did not start, and why', async (_, line, options, why) => {
      for (const terminal of [undefined, { columns: 80, rows: 24 }]) {
        const answer = await the.sandbox.start({ line, ...options, ...(terminal ? { terminal } : {}) })
        expect(answer).toEqual({ type: 'failedToStart', why: expect.stringContaining(why) })
      }
    })

    test('100 MB arrive whole, and a slow reader holds the program back instead of filling memory', async () => {
      const size = 100_000_000
      const process = await start(`head -c ${size} /dev/zero; echo done >&2`)
      await once(process.stdout, 'readable')
      // Others are served while nobody reads this one.
      for (let round = 0; round < 5; round++) await the.check('echo meanwhile', {}, { stdout: 'meanwhile\n' })
      let got = 0
      let most = 0
      for await (const chunk of process.stdout) {
        got += chunk.length
        most = Math.max(most, process.stdout.readableLength)
        await turn()
      }
      expect([got, await process.ended]).toEqual([size, exited(0)])
      expect(most).toBeLessThanOrEqual(256 << 10)
    })

    test('a program that does not read holds its writer back', async () => {
      const process = await start('sleep 1000')
      let fed = 0
      const piece = Buffer.alloc(64 << 10)
      while (fed < 8 * mostHeldBack && process.stdin.write(piece, () => {})) fed += piece.length
      expect(fed).toBeLessThan(mostHeldBack)
      process.kill('SIGKILL')
      await process.ended
    })

    test('a round trip of several megabytes, byte for byte', async () => {
      const content = Buffer.from(Uint8Array.from({ length: 8_000_001 }, (_, index) => (index * 7919) >> 5))
      const process = await start(['cat'])
      process.stdin.end(content)
      expect(Buffer.compare(await whole(process.stdout), content)).toBe(0)
      expect(await process.ended).toEqual(exited(0))
    })

    test('a program that closes its input or its output early does no harm', async () => {
      const process = await start('exec <&-; echo deaf; exec >&-; echo mute >&2; read x <&2; exit 5')
      process.stdin.write(Buffer.alloc(3_000_000))
      process.stdin.end()
      expect((await whole(process.stdout)).toString()).toBe('deaf\n')
      expect((await whole(process.stderr)).toString()).toMatch(/^mute\n/)
      expect(await process.ended).toEqual(exited(5))
    })

    test('a reader that goes away is a broken pipe for the program', async () => {
      const process = await start(['yes'])
      await once(process.stdout, 'readable')
      process.stdout.destroy()
      expect(await process.ended).toEqual({ type: 'signalled', signal: 'SIGPIPE' })
    })

    test('a process in the background neither holds up the end nor is killed by it', async () => {
      const process = await start('(trap "" HUP; while sleep 0.05; do echo still; done) & echo done')
      expect(await process.ended).toEqual(exited(0))
      expect((await whole(process.stdout)).toString()).toMatch(/^(still\n)*done\n/)
      expect(await processes()).toMatch(/sleep 0.05|still/)
      await the.sandbox.killAll()
    })

    test('signals go to the program and its group', async () => {
      const line = `trap 'echo got it; exit 9' USR1; echo ready; while :; do sleep 0.01; done`
      const process = await start(line)
      const reads = awaiter(process.stdout)
      await reads(/ready\n/)
      process.kill('SIGUSR1')
      await reads(/got it\n/)
      expect(await process.ended).toEqual(exited(9))
      const group = await start('sleep 4011 | sleep 4012')
      group.kill()
      expect(await group.ended).toEqual({ type: 'signalled', signal: 'SIGTERM' })
      // The end is the leader's; the others have the same signal, and their turn may come later.
      await eventually(processes).not.toMatch(/sleep 401/)
      expect(() => group.kill('SIGNOTHING')).toThrow(/SIGNOTHING/)
      group.kill('SIGKILL')
    })

    test('SIGKILL takes the whole tree, detached and stubborn parts too', async () => {
      const line = `trap '' TERM; (trap '' TERM; setsid sleep 4021) & (setsid -f sleep 4022); echo ready; sleep 4023; sleep 4024`
      const process = await start(line)
      await awaiter(process.stdout)(/ready/)
      process.kill('SIGKILL')
      expect(await process.ended).toEqual({ type: 'signalled', signal: 'SIGKILL' })
      expect(await processes()).not.toMatch(/sleep 402/)
    })

    test('killAll ends them', async () => {
      const process = await start('echo ready; sleep 1000')
      await awaiter(process.stdout)(/ready/)
      await the.sandbox.killAll()
      expect(await process.ended).toEqual({ type: 'signalled', signal: 'SIGKILL' })
    })

    test('many at once keep apart', async () => {
      const words = Array.from({ length: 30 }, (_, index) => `word ${index}`)
      const said = await Promise.all(
        words.map(async (word) => {
          const process = await start(['cat'])
          process.stdin.end(word)
          const [out] = await Promise.all([whole(process.stdout), process.ended])
          return out.toString()
        }),
      )
      expect(said).toEqual(words)
    })

    test('when the sandbox is closed its streams break off and its end is told as SandboxGone', async () => {
      const sandbox = await the.provider.open(the.folders.layer())
      const process = await started(sandbox, { line: 'echo ready; cat' })
      await awaiter(process.stdout)(/ready/)
      const failed = expect(process.ended).rejects.toBeInstanceOf(SandboxGone)
      await sandbox.close()
      await failed
      expect([process.stdout.destroyed, process.stdin.destroyed, process.stderr.destroyed]).toEqual([true, true, true])
      process.stdin.write('nobody hears this')
      process.kill()
      process.resize(1, 1)
      await expect(sandbox.start({ line: 'true' })).rejects.toBeInstanceOf(SandboxGone)
    })
  })
}
