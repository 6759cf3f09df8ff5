import { describe, expect, test } from 'vitest'
import type { ContractContext } from './context.ts'
import { awaiter, started, whole } from './started.ts'

/** Programs on a pseudo-terminal. */
export function terminalContract(the: ContractContext): void {
  const exited = (code: number) => ({ type: 'exited', code })
  const terminal = { columns: 91, rows: 33 }
  const start = (line: string | string[]) => started(the.sandbox, { line, terminal })

  const lacking = the.terminalsLack === undefined ? '' : ` (skipped: its terminals have no ${the.terminalsLack})`
  const whollyTest = test.skipIf(the.terminalsLack !== undefined)

  describe('terminals', () => {
    test('all three streams are a terminal of the size that was asked for', async () => {
      const process = await start('[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && stty size && echo $TERM')
      const [out, err] = await Promise.all([whole(process.stdout), whole(process.stderr)])
      expect([out.toString(), err.toString()]).toEqual(['33 91\r\nxterm-256color\r\n', ''])
      expect(await process.ended).toEqual(exited(0))
    })

    whollyTest(`the program leads its session${lacking}`, async () => {
      const process = await start(': < /dev/tty && ps -o tty= -p $$')
      expect((await whole(process.stdout)).toString()).toMatch(/^pts\/\d+\r\n$/)
      expect(await process.ended).toEqual(exited(0))
    })

    whollyTest(`a new size is heard of${lacking}`, async () => {
      const process = await start(`trap 'stty size' WINCH; echo ready; while :; do sleep 0.01; done`)
      const reads = awaiter(process.stdout)
      await reads(/ready/)
      process.resize(120, 40)
      await reads(/40 120/)
      process.kill('SIGKILL')
      expect(await process.ended).toEqual({ type: 'signalled', signal: 'SIGKILL' })
    })

    whollyTest(`Ctrl-C interrupts what is in the foreground, and the shell goes on${lacking}`, async () => {
      const process = await start(['bash', '--norc', '--noprofile', '-i'])
      const reads = awaiter(process.stdout)
      // Whoever says so is in the foreground already.
      process.stdin.write(`sh -c 'echo rea""dy; exec sleep 1000'\n`)
      await reads(/ready\r\n/)
      process.stdin.write('\x03')
      process.stdin.write('echo status $?\n')
      await reads(/status 130/)
      process.stdin.write('exit 6\n')
      expect(await process.ended).toEqual(exited(6))
    })

    whollyTest(`in raw mode every byte goes through as it is, both ways${lacking}`, async () => {
      const process = await start('stty raw -echo; printf ready; head -c 256 | od -An -v -tu1; printf "\\x1b[2J\\xff"')
      const chunks: Buffer[] = []
      const reads = awaiter(process.stdout)
      process.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
      await reads(/ready/)
      process.stdin.write(Buffer.from(Uint8Array.from({ length: 256 }, (_, index) => index)))
      expect(await process.ended).toEqual(exited(0))
      await reads(/\x1b\[2J/)
      const out = Buffer.concat(chunks)
      const numbers = out.subarray(5, -5).toString().trim().split(/\s+/).map(Number)
      expect(numbers).toEqual(Array.from({ length: 256 }, (_, index) => index))
      expect([...out.subarray(-5)]).toEqual([0x1b, 0x5b, 0x32, 0x4a, 0xff])
    })

    test('the end of its input is the end of a file for who reads it', async () => {
      const process = await start('cat; echo over')
      process.stdin.end('line\n')
      expect((await whole(process.stdout)).toString()).toMatch(/line\r\nover\r\n$/)
      expect(await process.ended).toEqual(exited(0))
    })

    test('much output arrives whole', async () => {
      const process = await start('stty -onlcr; seq 1 200000')
      const all = Array.from({ length: 200_000 }, (_, index) => `${index + 1}\n`).join('')
      expect((await whole(process.stdout)).toString() === all).toBe(true)
      expect(await process.ended).toEqual(exited(0))
    })

    test('a process left in the background does not keep the terminal', async () => {
      const process = await start('(trap "" HUP; exec sleep 4031) & echo done')
      expect(await process.ended).toEqual(exited(0))
      expect((await whole(process.stdout)).toString()).toBe('done\r\n')
      await the.sandbox.killAll()
    })

    whollyTest(`closing it hangs up${lacking}`, async () => {
      const process = await start(`trap 'exit 7' HUP; echo ready; while :; do sleep 0.01; done`)
      await awaiter(process.stdout)(/ready/)
      process.stdout.destroy()
      expect(await process.ended).toEqual(exited(7))
    })

    test('several have terminals of their own', async () => {
      const names = await Promise.all(
        ['a', 'b', 'c'].map(async () => {
          const process = await start('tty; read x')
          const name = await awaiter(process.stdout)(/\r\n/)
          return { process, name }
        }),
      )
      expect(new Set(names.map(({ name }) => name)).size).toBe(3)
      for (const { process } of names) {
        process.stdin.write('\n')
        expect(await process.ended).toEqual(exited(0))
      }
    })
  })
}
