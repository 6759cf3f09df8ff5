import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { bubblewrapProvider } from '../../daemon/sandbox/bubblewrap/bubblewrapProvider.ts'
import type { Sandbox, SandboxProvider } from '../../daemon/sandbox/sandbox.ts'
import { type SandboxFolders, sandboxFolders } from '../support/sandboxFolders.ts'

let folders: SandboxFolders
let provider: SandboxProvider
let sandbox: Sandbox
let server: Server
let port: number
let served = 0

beforeAll(async () => {
  folders = sandboxFolders()
  const home = (path: string, content: string) => {
    mkdirSync(join(folders.userHome, path, '..'), { recursive: true })
    writeFileSync(join(folders.userHome, path), content, { mode: 0o755 })
  }
  for (const secret of [
    '.ssh/id_ed25519',
    '.aws/credentials',
    '.npmrc',
    '.config/gh/hosts.yml',
    '.docker/config.json',
  ]) {
    home(secret, 'SECRET')
  }
  home('.cargo/credentials.toml', 'SECRET')
  home('.cargo/bin/pretend-cargo', '#!/bin/sh\necho cargo runs\n')
  home('.nvm/versions/tool', '#!/bin/sh\necho nvm\n')
  symlinkSync('../.ssh', join(folders.userHome, '.local/bin'))
  home('bin/mine', '#!/bin/sh\n')
  writeFileSync(join(folders.data, 'token'), 'SECRET')
  vi.stubEnv('HOME', folders.userHome)
  vi.stubEnv(
    'PATH',
    `${folders.userHome}/.cargo/bin:${folders.userHome}/bin:.:relative:/no/such:${process.env['PATH']}`,
  )
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'SECRET')
  vi.stubEnv('SSH_AUTH_SOCK', '/tmp/agent')
  server = createServer((_, response) => {
    served += 1
    response.end('reached')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
  provider = bubblewrapProvider({ hide: [folders.data, '/usr/share/doc', '/etc/hosts', '/no/such'] })
  sandbox = await provider.open(folders.layer())
})

afterAll(async () => {
  await sandbox.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  vi.unstubAllEnvs()
  folders.remove()
})

async function run(line: string): Promise<string> {
  const { end, stdout, stderr } = await sandbox.exec({ line, timeoutMs: 20_000 })
  expect(end.type).toBe('exited')
  return Buffer.concat([stdout.head, stderr.head]).toString()
}

describe('from inside', () => {
  test.each([
    ['mount', 'mount -t tmpfs none /tmp', /denied|not permitted|must be superuser/],
    ['umount of what hides the home', 'umount -l "$HOME"', /denied|not permitted|must be superuser/],
    ['a user namespace', 'unshare --user true', /not permitted/],
    ['a network namespace', 'unshare --net true', /not permitted/],
    ['another namespace', 'nsenter --target 1 --mount true', /denied|not permitted/],
    ['a change of root', 'chroot / true', /not permitted/],
    ['the server’s root', 'ls /proc/1/root/', /denied/],
    ['the server’s memory', ': >> /proc/1/mem', /denied/],
    ['the server’s descriptors', 'cat /proc/1/fd/0', /denied/],
    ['the server’s environment', 'cat /proc/1/environ', /denied/],
    ['a device node', 'mknod /tmp/device b 8 0', /not permitted/],
    // Opened, never written: where the boundary fails, the machine must not.
    ['a kernel setting', ': >> /proc/sys/kernel/core_pattern', /Read-only|denied/],
    ['the magic key', ': >> /proc/sysrq-trigger', /Read-only|denied|No such/],
    ['a setting of a device', ': >> /sys/kernel/uevent_helper', /Read-only|denied|No such/],
    ['a file of the machine in /proc', 'find /proc -maxdepth 1 -type f -writable | grep . || ls /denied', /denied/],
    ['a control group', 'mkdir /sys/fs/cgroup/escape', /Read-only|denied|cannot/],
    ['a file of the system', 'touch /usr/bin/escape', /Read-only/],
    ['a file of devices', 'touch /dev/escape', /Read-only/],
    ['a file of other users', 'touch /home/escape', /Read-only|denied/],
  ])('%s is refused', async (_, line, refusal) => {
    expect(await run(`${line} && echo ESCAPED`)).toMatch(refusal)
    expect(await run(`${line} && echo ESCAPED`)).not.toContain('ESCAPED')
  })

  test.runIf(process.arch === 'x64').each([
    ['ptrace', 101, '0, 0, 0, 0', 'EPERM'],
    ['keyctl', 250, '0, 0, 0', 'EPERM'],
    ['bpf', 321, '0, 0, 0', 'EPERM'],
    ['userfaultfd', 323, '0', 'EPERM'],
    ['perf_event_open', 298, '0, 0, 0, 0, 0', 'EPERM'],
    ['io_uring_setup', 425, '1, 0', 'EPERM'],
    ['fsopen', 430, '0, 0', 'EPERM'],
    ['move_mount', 429, '0, 0, 0, 0, 0', 'EPERM'],
    ['process_vm_readv', 310, '1, 0, 0, 0, 0, 0', 'EPERM'],
    ['setns', 308, '0, 0', 'EPERM'],
    ['clone with a user namespace', 56, '0x10000000 | 17, 0, 0, 0, 0', 'EPERM'],
    ['clone3', 435, '0, 0', 'ENOSYS'],
    ['a terminal’s input (TIOCSTI)', 16, '0, 0x5412, 0', 'EPERM'],
    ['the other calling convention (x32)', 0x40000000 + 39, '', 'ENOSYS'],
    ['a Unix socket', 41, '1, 1, 0', 'EPERM'],
    ['a socket to the host’s other side (vsock)', 41, '40, 1, 0', 'EPERM'],
    ['a socket of raw packets', 41, '17, 3, 0', 'EPERM'],
    ['a socket of the kernel’s ciphers', 41, '38, 5, 0', 'EPERM'],
    ['a netlink socket that is not for routes', 41, '16, 3, 9', 'EPERM'],
  ])('the system call %s is refused', async (_, number, args, refusal) => {
    const call = [`${number}`, args].filter(Boolean).join(', ')
    expect(await run(`perl -MErrno -e 'syscall(${call}) == -1 and print grep { $!{$_} } qw(EPERM ENOSYS)'`)).toBe(
      refusal,
    )
  })

  test('socket pairs, internet sockets and route queries work', async () => {
    const line = `perl -MSocket -e 'socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) && socket(my $c, AF_INET, SOCK_STREAM, 0)
      && socket(my $d, AF_INET6, SOCK_DGRAM, 0) && socket(my $e, 16, SOCK_RAW, 0) && print "all four"'`
    expect(await run(line)).toBe('all four')
  })

  test('there are no capabilities, and none can be gained', async () => {
    expect((await run('grep -E "^(Cap|NoNewPrivs|Seccomp:)" /proc/self/status | cut -f2')).split('\n')).toEqual([
      ...Array(5).fill('0000000000000000'),
      '1',
      '2',
      '',
    ])
  })

  test('secrets of the user and of the daemon are nowhere', async () => {
    const places = `"$HOME" ${folders.userHome} ${folders.data} /tmp /run /var/tmp`
    expect(await run(`grep -rl SECRET ${places} 2>/dev/null; ls -A ${folders.data} 2>&1`)).toMatch(/^$|No such file/)
    expect(await run('env; cat /proc/*/environ 2>/dev/null | tr "\\0" "\\n"')).not.toMatch(/SECRET|SSH_AUTH/)
    expect(await run('find /run /tmp /var/tmp -type s 2>/dev/null')).toBe('')
  })

  test('what is to be hidden outside of the home is empty or cannot be opened, and stays so', async () => {
    expect(await run('ls -A /usr/share/doc; cat /etc/hosts')).toBe('cat: /etc/hosts: Permission denied\n')
    expect(await run('touch /usr/share/doc/x; echo x > /etc/hosts')).toMatch(/Read-only.*\n.*(Read-only|denied)/)
  })

  test('only processes of the sandbox are there, and no descriptors but the usual', async () => {
    expect(await run('ls -d /proc/[0-9]* | wc -l')).toMatch(/^[1-9]\n$/)
    expect(await run(`perl -e 'opendir D, "/proc/self/fd"; print join " ", sort grep /\\d/, readdir D'`)).toBe(
      '0 1 2 3',
    )
  })

  test('programs of the user’s that were installed in the home run, and cannot be changed', async () => {
    expect(await run('pretend-cargo')).toBe('cargo runs\n')
    expect(await run('rm ~/.cargo/bin/pretend-cargo; touch ~/.nvm/x')).toMatch(/Read-only.*\n.*Read-only/)
    expect(await run('ls -A ~/.cargo')).toBe('bin\n')
  })

  test('PATH holds what is there', async () => {
    const path = (await run('echo $PATH')).trim().split(':')
    expect(path[0]).toBe(`${folders.userHome}/.cargo/bin`)
    for (const absent of ['.', 'relative', '/no/such', `${folders.userHome}/bin`]) expect(path).not.toContain(absent)
  })
})

describe('the network', () => {
  const fetchLine = () => `exec 3<>/dev/tcp/127.0.0.1/${port} && printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3 && cat <&3`

  test('is empty: not even the machine’s own ports', async () => {
    expect(await run(fetchLine())).toMatch(/refused/i)
    expect(await run('cut -d: -f1 /proc/net/dev | tail -n +3 | tr -d " "')).toBe('lo\n')
    expect(served).toBe(0)
  })

  test('its own loopback works', async () => {
    const line = `perl -MIO::Socket::INET -e 'my $l = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1");
      my $c = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $l->sockport); print {$l->accept} "hi"; print <$c>'`
    expect(await run(line)).toBe('hi')
  })

  test('is as empty for a command that was allowed it: what it reaches is for a port to say, and there is none', async () => {
    const { stdout, evidence } = await sandbox.exec({ line: `exec 2>&1; ${fetchLine()}`, network: true })
    expect(Buffer.from(stdout.head).toString()).toMatch(/refused/i)
    expect(evidence).toMatchObject({ requested: { network: true }, effective: { network: false } })
    expect(served).toBe(0)
  })
})

describe('what an agent leaves behind for the next opening', () => {
  test('links in the home cannot lead a mount elsewhere', async () => {
    const outside = join(folders.top, 'victim')
    mkdirSync(outside)
    const params = { ...folders.layer(), home: join(folders.data, 'planted') }
    mkdirSync(params.home)
    symlinkSync(outside, join(params.home, 'projects'))
    await expect(provider.open(params)).rejects.toMatchObject({
      data: {
        type: 'sandboxUnavailable',
        fix: expect.stringContaining('Delete'),
        why: expect.stringContaining('demo'),
      },
    })
    expect(readdirSync(outside)).toEqual([])
  })

  test('a link where the user’s programs would be stays the agent’s', async () => {
    const outside = join(folders.top, 'victim2')
    mkdirSync(outside)
    const params = { ...folders.layer(), home: join(folders.data, 'planted2') }
    mkdirSync(params.home)
    for (const name of ['.nvm', '.cargo']) symlinkSync(outside, join(params.home, name))
    const opened = await provider.open(params)
    const { stdout } = await opened.exec({ line: 'readlink ~/.nvm; touch ~/.nvm/x; true' })
    expect(Buffer.from(stdout.head).toString()).toBe(`${outside}\n`)
    await opened.close()
    expect(readdirSync(outside)).toEqual([])
  })

  test('a link that is swapped while files are written never lets a write out', async () => {
    const outside = join(folders.top, 'victim3')
    mkdirSync(outside)
    writeFileSync(join(outside, 'file'), 'theirs')
    const racing = new AbortController()
    const race = sandbox.exec(
      { line: `mkdir -p real; echo go; while :; do ln -sfn ${outside} swap; ln -sfn real swap; done` },
      { signal: racing.signal, onOutput: () => {} },
    )
    for (let round = 0; round < 500; round++) {
      await sandbox.writeFile(join(folders.workspace, 'swap/file'), Buffer.from('ours'))
    }
    racing.abort()
    expect((await race).end).toEqual({ type: 'cancelled' })
    expect(readFileSync(join(outside, 'file'), 'utf8')).toBe('theirs')
    expect(readdirSync(outside)).toEqual(['file'])
  })

  test('nothing is left in the user’s folders', () => {
    expect(readdirSync(folders.workspace)).toEqual([])
    expect(readdirSync(folders.userHome).sort()).toEqual(
      ['.aws', '.cargo', '.config', '.docker', '.local', '.npmrc', '.nvm', '.ssh', 'bin', 'projects'].sort(),
    )
  })
})
