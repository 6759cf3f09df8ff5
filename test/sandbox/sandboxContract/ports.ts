import { once } from 'node:events'
import { get } from 'node:http'
import type { Duplex } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { SandboxGone } from '../../../daemon/sandbox/sandbox.ts'
import type { ContractContext } from './context.ts'
import { awaiter, started, whole } from './started.ts'

/** Ports that programs inside listen on. */
export function portContract(the: ContractContext): void {
  /** A program that listens at an address and treats each connection, `$c`, as `serve` says. */
  async function listener(serve: string, { address = '127.0.0.1', backlog = 10 } = {}) {
    const family = address.includes(':') ? 'AF_INET6' : 'AF_INET'
    const script = `
      use Socket qw(:all); $| = 1; $SIG{CHLD} = 'IGNORE';
      socket(my $s, ${family}, SOCK_STREAM, 0) or die;
      my ($e, $a) = getaddrinfo('${address}', 0, { flags => AI_NUMERICHOST | AI_PASSIVE, family => ${family} });
      bind($s, $a->{addr}) && listen($s, ${backlog}) or die $!;
      my $p = unpack 'x2 n', getsockname $s;
      print "$p\\n";
      while (accept my $c, $s) { next if fork; $c->autoflush; ${serve}; close $c; exit }`
    const process = await started(the.sandbox, { line: ['perl', '-MIO::Handle', '-e', script] })
    const said = await awaiter(process.stdout)(/\n/).catch(async (error: Error) => {
      throw new Error(`${error.message} ${await whole(process.stderr)} ${JSON.stringify(await process.ended)}`)
    })
    const port = Number(said)
    return {
      port,
      stop: async () => {
        process.kill('SIGKILL')
        await process.ended
      },
    }
  }
  const echo = 'while (sysread $c, my $b, 65536) { print $c $b } print $c "bye"'

  describe('ports', () => {
    test('bytes go both ways, and each end is told by itself', async () => {
      const { port, stop } = await listener(echo)
      const stream = await the.sandbox.connect(port)
      stream.write('hello ')
      await awaiter(stream)(/hello /)
      stream.end()
      expect((await whole(stream)).toString()).toBe('bye')
      await stop()
    })

    test('a listener at the newer loopback address is reached', async () => {
      const { port, stop } = await listener(echo, { address: '::1' })
      const stream = await the.sandbox.connect(port)
      stream.end('six ')
      expect((await whole(stream)).toString()).toBe('six bye')
      await stop()
    })

    test('a web server inside answers, several requests at once', async () => {
      const { port, stop } = await listener(
        `1 while (readline($c) // '') =~ /\\S/; print $c "HTTP/1.0 200 OK\\r\\n\\r\\nserved"`,
      )
      const ask = async () => {
        const stream = await the.sandbox.connect(port)
        const request = get({ createConnection: () => stream as Duplex & { setTimeout(): void } as never, path: '/' })
        const [response] = await once(request, 'response')
        return [response.statusCode, (await whole(response)).toString()]
      }
      for (const answer of await Promise.all([ask(), ask(), ask(), ask()])) expect(answer).toEqual([200, 'served'])
      await stop()
    })

    test('a large transfer arrives whole both ways', async () => {
      const { port, stop } = await listener(echo)
      const stream = await the.sandbox.connect(port)
      const content = Buffer.from(Uint8Array.from({ length: 5_000_001 }, (_, index) => (index * 7919) >> 5))
      stream.end(content)
      const echoed = await whole(stream)
      expect([echoed.length, Buffer.compare(echoed.subarray(0, content.length), content)]).toEqual([5_000_004, 0])
      await stop()
    })

    test('a reset is an error of the stream, and a stream that is dropped is closed inside', async () => {
      const reset = await listener('sysread $c, my $b, 1; setsockopt $c, SOL_SOCKET, SO_LINGER, pack("ii", 1, 0)')
      const broken = await the.sandbox.connect(reset.port)
      broken.write('now')
      await expect(whole(broken)).rejects.toThrow()
      await reset.stop()
      const told = await listener('1 while sysread $c, my $b, 65536; open my $f, ">", "closed"; print $f "yes"')
      const dropped = await the.sandbox.connect(told.port)
      dropped.write('something')
      dropped.destroy()
      await the.check('until [ -s closed ]; do sleep 0.01; done; cat closed', {}, { stdout: 'yes' })
      await told.stop()
    })

    test('where nobody listens there is nothing', async () => {
      const { port, stop } = await listener(echo)
      await stop()
      await expect(the.sandbox.connect(port)).rejects.toThrow(`${port}`)
      for (const wrong of [0, -1, 65_536, 1.5, Number.NaN]) {
        await expect(the.sandbox.connect(wrong)).rejects.toThrow(/no port/)
      }
    })

    test('who listens is listed, with the program, once for each port', async () => {
      const before = await the.sandbox.ports()
      const [one, two] = [await listener(echo), await listener(echo, { address: '::' })]
      const ports = await the.sandbox.ports()
      expect(ports.filter(({ port }) => !before.some((other) => other.port === port))).toEqual(
        [one.port, two.port].sort((a, b) => a - b).map((port) => ({ port, program: 'perl' })),
      )
      await Promise.all([one.stop(), two.stop()])
      expect(await the.sandbox.ports()).toEqual(before)
    })

    test('connections break off when the sandbox is closed', async () => {
      const sandbox = await the.provider.open(the.folders.layer())
      const script =
        'use Socket; socket $s, AF_INET, SOCK_STREAM, 0; listen $s, 5; $| = 1; print unpack("x2 n", getsockname $s), "\\n"; sleep'
      const process = await started(sandbox, { line: ['perl', '-e', script] })
      const stream = await sandbox.connect(Number(await awaiter(process.stdout)(/\n/)))
      const closed = new Promise((resolve) => stream.once('close', resolve))
      const ended = expect(process.ended).rejects.toBeInstanceOf(SandboxGone)
      await sandbox.close()
      await Promise.all([closed, ended])
      expect(stream.errored).toBeInstanceOf(SandboxGone)
      await expect(sandbox.connect(80)).rejects.toBeInstanceOf(SandboxGone)
      await expect(sandbox.ports()).rejects.toBeInstanceOf(SandboxGone)
    })
  })
}
