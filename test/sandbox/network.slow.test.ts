import type { Duplex } from 'node:stream'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { bubblewrapProvider } from '../../daemon/sandbox/bubblewrap/bubblewrapProvider.ts'
import type { Command, Sandbox } from '../../daemon/sandbox/sandbox.ts'
import { RecordingNetwork } from '../support/recordingNetwork.ts'
import { nodeInside, type SandboxFolders, sandboxFolders } from '../support/sandboxFolders.ts'

const network = new RecordingNetwork()
const tag = '0123456789abcdef0123456789abcdef'
let folders: SandboxFolders
let sandbox: Sandbox

beforeAll(async () => {
  folders = sandboxFolders()
  nodeInside(folders)
  vi.stubEnv('HOME', folders.userHome)
  sandbox = await open()
})
afterEach(async () => {
  await sandbox.killAll()
  network.forget()
})
afterAll(async () => {
  await sandbox.close()
  vi.unstubAllEnvs()
  folders.remove()
})

async function open(): Promise<Sandbox> {
  return await bubblewrapProvider({ hide: [folders.data] }).open({ ...folders.layer(), network })
}

async function run(line: Command['line'], options: Omit<Command, 'line'> = {}, inside = sandbox): Promise<string> {
  const { stdout, stderr } = await inside.exec({ line, tag, timeoutMs: 30_000, ...options })
  return Buffer.concat([stdout.head, stderr.head]).toString()
}

/** Asks the name server inside; answers the code, the number of records, and the address, if one came. */
const query = (name: string, kind: number) => `perl -e '
  my ($name, $kind, $socket) = @ARGV;
  socket $socket, 2, 2, 0; connect $socket, pack "S n C4 x8", 2, 53, 127, 0, 0, 1 or die "connect: $!";
  my $question = join("", map { pack "C/a*", $_ } split /\\./, $name) . pack "C n2", 0, $kind, 1;
  send $socket, pack("n6", 7, 0x0100, 1, 0, 0, 0) . $question, 0;
  recv $socket, my $answer, 1500, 0;
  my ($id, $flags, undef, $count) = unpack "n4", $answer;
  printf "%d %d %d%s\\n", $id, $flags & 15, $count, $count ? " " . join(".", unpack "C4", substr $answer, -4) : ""' -- '${name}' ${kind}`

describe('the proxy’s address', () => {
  const reached = 'reached'
  const authorization = `Proxy-Authorization: Basic ${Buffer.from(`${tag}:x`).toString('base64')}`

  test.each([
    ['curl', 'curl -sS http://plain.test/path', /^GET http:\/\/plain\.test\/path HTTP/],
    ['curl through a tunnel', 'curl -sS -p http://plain.test/path', /^CONNECT plain\.test:80 HTTP/],
    [
      'python',
      `python3 -c 'import urllib.request as r; print(r.urlopen("http://plain.test/path").read().decode(), end="")'`,
      /^GET http:\/\/plain\.test\/path HTTP/,
    ],
    [
      'node’s fetch',
      ['./node', '-e', 'fetch("http://plain.test/path").then((r) => r.text()).then(console.log)'],
      /plain\.test/,
    ],
  ])('%s finds it, and names its command', async (_, line, head) => {
    expect((await run(line)).trim()).toBe(reached)
    const [connection] = network.connections
    expect(connection?.outgoing).toEqual({ type: 'proxy', tag })
    expect(connection?.heads[0]).toMatch(head)
    expect(connection?.heads[0]?.toLowerCase()).toContain(authorization.toLowerCase())
    expect(network.asked).toEqual([])
  })

  test('curl finds it by SOCKS5, with the name unresolved', async () => {
    expect(await run('curl -sS --proxy "$ALL_PROXY" http://plain.test:8080/')).toBe(reached)
    expect(network.connections[0]).toMatchObject({ socks: [tag, 'plain.test:8080'] })
    expect(network.asked).toEqual([])
  })

  test('a program that names no command is known by its process', async () => {
    expect(await run('env -i curl -sS --proxy http://127.0.0.1:3128 http://plain.test/')).toBe(reached)
    expect(network.connections[0]?.outgoing).toEqual({ type: 'proxy', tag })
    expect(network.connections[0]?.heads[0]).not.toContain('Authorization')
  })

  test('git’s ssh goes through it, with what the remote side says unchanged', async () => {
    network.serve = async (stream, { heads }) => {
      const bytes = await new Promise<Buffer>((resolve) => stream.once('data', resolve))
      heads.push(bytes.toString())
      stream.write('HTTP/1.1 200 OK\r\n\r\nSSH-2.0-recording\r\n')
      stream.on('data', (more: Buffer) => {
        heads.push(more.toString('latin1'))
        stream.end()
      })
    }
    expect(await run('git ls-remote ssh://git@code.test:2222/repository 2>&1')).toMatch(/Could not read from remote/)
    const heads = network.connections[0]?.heads ?? []
    expect(heads[0]).toBe(`CONNECT code.test:2222 HTTP/1.1\r\nHost: code.test:2222\r\n${authorization}\r\n\r\n`)
    expect(heads[1]).toMatch(/^SSH-2\.0-/)
  })

  test('a refusal is told by ssh', async () => {
    network.serve = (stream) => stream.end('HTTP/1.1 403 Not allowed here\r\n\r\n')
    expect(await run('git ls-remote ssh://git@code.test/repository 2>&1')).toContain('403 Not allowed here')
  })

  test('a connection that the port destroys ends for the program at once', async () => {
    network.serve = (stream) => stream.destroy()
    expect(await run('curl -sS http://plain.test/ 2>&1')).toMatch(/^curl: \(\d+\)/)
  })

  test('what a command leaves in the background is known by its tag still', async () => {
    const left = 'f'.repeat(32)
    await run(
      '(while [ ! -e go ]; do sleep 0.01; done; exec 3<>/dev/tcp/127.0.0.1/3128; echo >&3; cat <&3 >/dev/null) >/dev/null 2>&1 &',
      { tag: left },
    )
    const came = new Promise<void>((resolve) => {
      network.serve = (stream) => {
        stream.end()
        resolve()
      }
    })
    await run('touch go')
    await came
    expect(network.connections[0]?.outgoing).toEqual({ type: 'proxy', tag: left })
  })
})

describe('names', () => {
  test('stand for themselves at addresses of their own, the same each time', async () => {
    const [one, two, again] = (
      await run(`${query('one.test', 1)}; ${query('two.test', 1)}; ${query('ONE.test', 1)}`)
    ).split('\n')
    expect(one).toMatch(/^7 0 1 127\.1\.\d+\.\d+$/)
    expect(two).toMatch(/^7 0 1 127\.1\.\d+\.\d+$/)
    expect(one).not.toBe(two)
    expect(again).toBe(one)
    expect(network.asked).toEqual(['one.test', 'two.test', 'one.test'].map((name) => ({ name, tag })))
  })

  test.each([
    ['an address of IPv6 there is none', 'one.test', 28, '7 0 0'],
    ['text is refused', 'one.test', 16, '7 5 0'],
    ['a mail server is refused', 'one.test', 15, '7 5 0'],
    ['anything there is is refused', 'one.test', 255, '7 5 0'],
    ['a name by its address is refused', '1.0.0.127.in-addr.arpa', 12, '7 5 0'],
    ['a name that is an address is none', '93.184.216.34', 1, '7 3 0'],
    ['a name that is a number is none', '2130706433', 1, '7 3 0'],
    ['a name that is a number in hex is none', '0x7f000001', 1, '7 3 0'],
    ['a name with characters that hosts have not is none', 'a b.test', 1, '7 3 0'],
    ['a name with a slash is none', 'a/b.test', 1, '7 3 0'],
    ['a name that is too long is none', `${'a'.repeat(60)}.`.repeat(4) + 'b'.repeat(15), 1, '7 3 0'],
    ['the machine itself is the loopback', 'localhost', 1, '7 0 1 127.0.0.1'],
    ['what is below it is the loopback', 'app.localhost', 1, '7 0 1 127.0.0.1'],
    ['the sandbox’s own name is the loopback', 'paddock', 1, '7 0 1 127.0.0.1'],
  ])('of %s', async (_, name, kind, answer) => {
    expect((await run(query(name, kind))).trim()).toBe(answer)
    expect(network.asked.filter(() => kind !== 28)).toEqual([])
    expect(network.connections).toEqual([])
  })

  test('that the port refuses do not exist', async () => {
    network.allows = (name) => name !== 'refused.test'
    expect((await run(query('refused.test', 1))).trim()).toBe('7 3 0')
    expect((await run(query('refused.test', 28))).trim()).toBe('7 3 0')
    expect(await run('getent ahosts refused.test; echo $?')).toBe('2\n')
    expect(await run('getent ahosts allowed.test | head -1')).toMatch(/^127\.1\.\d+\.\d+ +STREAM/)
    expect(await run('getent hosts localhost')).toMatch(/localhost/)
  })

  test('answers come over a stream as well, several on one', async () => {
    const question = `pack("n6", $_, 0x0100, 1, 0, 0, 0) . pack("C/a* C/a* C n2", "many", "test", 0, 1, 1)`
    const line = `perl -e 'socket $s, 2, 1, 0; connect $s, pack "S n C4 x8", 2, 53, 127, 0, 0, 1 or die $!;
      syswrite $s, join "", map { pack "n/a*", ${question} } 1 .. 3; shutdown $s, 1;
      for (1 .. 3) { read $s, my $length, 2; read $s, my $answer, unpack "n", $length; print unpack("n", $answer), " " }'`
    expect(await run(line)).toBe('1 2 3 ')
  })

  test('malformed queries are told so, or dropped, and the server goes on', async () => {
    const line = `perl -e 'socket $s, 2, 2, 0; connect $s, pack "S n C4 x8", 2, 53, 127, 0, 0, 1 or die $!;
      for ("", "x", "\\0" x 11, pack("n6", 1, 0x8180, 1, 1, 0, 0), "\\xFF" x 1500, pack("n6 C n", 9, 0, 1, 0, 0, 0, 63, 1),
        pack("n6", 9, 0, 1, 0, 0, 0) . "\\xC0\\x0C\\0\\1\\0\\1", pack("n6", 9, 0, 2, 0, 0, 0) . "\\1a\\0\\0\\1\\0\\1", pack("n6", 9, 0x2800, 1, 0, 0, 0) . "\\1a\\0\\0\\1\\0\\1") { send $s, $_, 0 }
      for (1 .. 4) { recv $s, my $answer, 1500, 0; my ($id, $flags) = unpack "n2", $answer; print $id, " ", $flags & 15, "; " }'`
    expect(await run(line)).toBe('9 1; 9 1; 9 1; 9 1; ')
    expect((await run(query('fine.test', 1))).trim()).toMatch(/^7 0 1/)
  })

  test('thousands of them stay bounded: the ones used last are listened at', async () => {
    // Looking up whose they are uses up what looking may take, and what comes next would not be told apart.
    const crowded = await open()
    const line = `perl -e 'socket $s, 2, 2, 0; connect $s, pack "S n C4 x8", 2, 53, 127, 0, 0, 1 or die $!;
      for my $batch (0 .. 83) {
        send $s, pack("n6", 7, 0x0100, 1, 0, 0, 0) . pack("C/a* C/a* C n2", "n$_", "test", 0, 1, 1), 0 for $batch * 50 + 1 .. $batch * 50 + 50;
        for (1 .. 50) { recv $s, $a, 1500, 0; $code{ord(substr $a, 3) & 15}++ }
      }
      print join(" ", %code), "\\n"'; tail -n +2 /proc/net/tcp | awk '$4 == "0A"' | wc -l; curl --noproxy "*" -sS http://n4200.test/; curl --noproxy "*" -sS http://n1.test/`
    const [codes, listeners, answers] = (await run(line, {}, crowded).finally(() => crowded.close())).split('\n')
    expect(codes).toBe('0 4200')
    expect(Number(listeners)).toBeLessThan(300)
    expect(answers).toBe('reachedreached')
  })
})

describe('programs that know of no proxy', () => {
  test.each([80, 443, 22, 9418])('are caught at port %i of a name', async (port) => {
    network.serve = (stream) => stream.end('caught')
    const line = `exec 3<>/dev/tcp/caught.test/${port} && cat <&3`
    expect(await run(line)).toBe('caught')
    expect(network.asked).toContainEqual({ name: 'caught.test', tag })
    expect(network.connections.map(({ outgoing }) => outgoing)).toEqual([
      { type: 'captured', host: 'caught.test', port, tag },
    ])
  })

  test('reach no other port, and no address without a name', async () => {
    for (const place of ['caught.test/81', '93.184.216.34/80', '127.1.200.200/80', '10.0.0.1/443']) {
      expect(await run(`exec 2>&1; exec 3<>/dev/tcp/${place} && echo OPEN`)).toMatch(/refused|unreachable/i)
    }
    expect(network.connections).toEqual([])
  })

  test('get both directions, each with its own end', async () => {
    network.serve = async (stream) => {
      const parts: Buffer[] = []
      for await (const part of stream) parts.push(part)
      stream.end(Buffer.concat(parts).toString().toUpperCase())
    }
    const line = `perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(PeerAddr => "echo.test:80") or die $@;
      print $s "until the end"; $s->flush; shutdown $s, 1; print <$s>'`
    expect(await run(line)).toBe('UNTIL THE END')
  })

  test('are told apart by command, in whatever process group they hide', async () => {
    const tags = ['a', 'b', 'c'].map((letter) => letter.repeat(32))
    const line =
      'setsid perl -e \'exit if fork; exec @ARGV\' bash -c "exec 3<>/dev/tcp/apart.test/80; cat <&3"; sleep 0.3'
    await Promise.all(tags.map((each) => run(line, { tag: each })))
    expect(network.connections.map(({ outgoing }) => outgoing.tag).sort()).toEqual(tags)
  })
})

describe('a crowd', () => {
  test('of connections is bounded: so many are taken, the rest refused, and the sandbox goes on', async () => {
    const held: Duplex[] = []
    network.serve = (stream) => {
      held.push(stream)
      stream.write('x')
    }
    const line = `perl -e 'for (1 .. 900) { socket my $s, 2, 1, 0; connect $s, pack "S n C4 x8", 2, 3128, 127, 0, 0, 1 or next; push @s, $s }
      for (@s) { sysread($_, $x, 1) ? $taken++ : $refused++ } print "$taken $refused"'`
    expect(await run(line)).toBe('512 388')
    expect(network.connections).toHaveLength(512)
    for (const stream of held) stream.destroy()
    network.serve = (stream) => stream.end('again')
    expect(await run('exec 3<>/dev/tcp/127.0.0.1/3128; cat <&3')).toBe('again')
  })

  test('of bytes, 100 MB up and down at once, arrives and is held back by who reads slowly', async () => {
    const size = 100 << 20
    let most = 0
    network.serve = (stream) => {
      let got = 0
      let sent = 0
      const piece = Buffer.alloc(64 << 10, 'd')
      const send = () => {
        while (sent < size) {
          sent += piece.byteLength
          if (!stream.write(piece)) return
        }
        stream.end()
      }
      stream.on('drain', send)
      send()
      const take = () => {
        most = Math.max(most, stream.readableLength)
        for (let part = stream.read(); part; part = stream.read()) got += part.byteLength
      }
      stream.on('readable', () => setImmediate(take))
      stream.on('end', () => expect(got).toBe(size))
    }
    const line = `perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(PeerAddr => "large.test:80") or die $@;
      unless (fork) { $d = "u" x 65536; for (1 .. 1600) { for ($o = 0; $o < 65536;) { $o += syswrite $s, $d, 65536, $o } } shutdown $s, 1; exit }
      while ($n = sysread $s, $d, 65536) { $sum += $n } wait; print $sum'`
    expect(await run(line)).toBe(`${size}`)
    expect(most).toBeLessThanOrEqual(256 << 10)
  })
})
