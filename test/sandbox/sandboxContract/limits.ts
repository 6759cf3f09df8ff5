import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Sandbox } from '../../../daemon/sandbox/sandbox.ts'
import { type ContractContext, text } from './context.ts'

/** The limits that hold for each process or command by itself. */
export function limitContract(the: ContractContext): void {
  describe('limits of a command', () => {
    let limited: Sandbox

    beforeAll(async () => {
      limited = await the.provider.open({
        ...the.folders.layer(),
        limits: { openFiles: 100, fileMiB: 1, outputMiB: 1 },
      })
    })
    afterAll(() => limited.close())

    async function run(line: string) {
      const { end, stdout, limitsHit = [] } = await limited.exec({ line })
      return { end, limitsHit, stdout: text(stdout.head) }
    }

    test('how each is held is said, and of what was not asked nothing', () => {
      const perProcess = { openFiles: 'perProcess', fileMiB: 'perProcess', outputMiB: 'perProcess' }
      expect(limited.limits).toMatchObject(perProcess)
      expect(the.sandbox.limits).not.toHaveProperty('outputMiB')
    })

    test('open files', async () => {
      expect(await run('ulimit -n; ulimit -Hn')).toMatchObject({ stdout: '100\n100\n' })
      const line = `perl -e 'while (open my $f, "<", "/dev/null") { push @f, $f } print @f + 3'`
      expect(Number((await run(line)).stdout)).toBeLessThanOrEqual(100)
    })

    test('no core is left behind', async () => {
      expect(await run('ulimit -c; ulimit -Hc')).toMatchObject({ stdout: '0\n0\n' })
    })

    test('a file that grows too large ends its command, which is told', async () => {
      const killed = { end: { type: 'signalled', signal: 'SIGXFSZ' }, limitsHit: ['fileMiB'] }
      expect(await run('exec head -c 2000000 /dev/zero > large')).toMatchObject(killed)
      expect(await limited.stat(the.at('large'))).toMatchObject({ size: 1 << 20 })
      expect(await run('head -c 2000000 /dev/zero > large')).toMatchObject({ limitsHit: ['fileMiB'] })
      expect(await run('head -c 1000000 /dev/zero > small')).toMatchObject({ limitsHit: [] })
      const written = await limited.writeFile(the.at('tooLarge'), new Uint8Array(2_000_000))
      expect(written).toMatchObject({ type: 'fault', code: 'tooLarge' })
    })

    test('a flood of output ends its command and all it started, which is told', async () => {
      const flooded = { end: { type: 'signalled', signal: 'SIGKILL' }, limitsHit: ['outputMiB'] }
      expect(await run('yes')).toMatchObject(flooded)
      expect(await run('(setsid yes >&2) & trap "" TERM; sleep 4041')).toMatchObject(flooded)
      expect(await run('pgrep -x yes; pgrep -f "^sleep 4041"')).toMatchObject({
        end: { type: 'exited', code: 1 },
        stdout: '',
      })
      expect(await run('head -c 700000 /dev/zero; head -c 300000 /dev/zero >&2')).toMatchObject({ limitsHit: [] })
      expect(await run('head -c 700000 /dev/zero; head -c 400000 /dev/zero >&2; sleep 1000')).toMatchObject(flooded)
    })
  })
}
