/** By name. */
export type CallNumbers = Readonly<Record<string, number>>

/** What differs between processor architectures: their audit number, and the numbers of system calls. */
interface Architecture {
  readonly audit: number
  /** What the exec server calls by number. */
  readonly server: CallNumbers
  readonly socket: number
  readonly clone: number
  readonly clone3: number
  readonly ioctl: number
  /** Calls of this bit are of another calling convention (x32). */
  readonly foreignBit?: number
  readonly refused: Readonly<Record<string, number>>
  /** What a process can end or limit another with, by its number in the first argument. */
  readonly signals: readonly number[]
}

/** The same number everywhere. */
const refusedEverywhere = {
  io_uring_setup: 425,
  io_uring_enter: 426,
  io_uring_register: 427,
  open_tree: 428,
  move_mount: 429,
  fsopen: 430,
  fsconfig: 431,
  fsmount: 432,
  fspick: 433,
  pidfd_getfd: 438,
  mount_setattr: 442,
  quotactl_fd: 443,
  open_tree_attr: 467,
}

const architectures: Partial<Record<NodeJS.Architecture, Architecture>> = {
  x64: {
    audit: 0xc000003e,
    server: {
      ...{ rt_sigprocmask: 14, setsid: 112, prctl: 157, clock_gettime: 228, exit_group: 231 },
      ...{ signalfd4: 289, dup3: 292, prlimit64: 302 },
    },
    socket: 41,
    clone: 56,
    clone3: 435,
    ioctl: 16,
    foreignBit: 0x40000000,
    // kill, rt_sigqueueinfo, tkill, tgkill, rt_tgsigqueueinfo, prlimit64
    signals: [62, 129, 200, 234, 297, 302],
    refused: {
      ...refusedEverywhere,
      ptrace: 101,
      syslog: 103,
      modify_ldt: 154,
      pivot_root: 155,
      adjtimex: 159,
      chroot: 161,
      acct: 163,
      settimeofday: 164,
      mount: 165,
      umount2: 166,
      swapon: 167,
      swapoff: 168,
      reboot: 169,
      sethostname: 170,
      setdomainname: 171,
      iopl: 172,
      ioperm: 173,
      init_module: 175,
      delete_module: 176,
      quotactl: 179,
      clock_settime: 227,
      kexec_load: 246,
      add_key: 248,
      request_key: 249,
      keyctl: 250,
      unshare: 272,
      perf_event_open: 298,
      fanotify_init: 300,
      open_by_handle_at: 304,
      clock_adjtime: 305,
      setns: 308,
      process_vm_readv: 310,
      process_vm_writev: 311,
      kcmp: 312,
      finit_module: 313,
      kexec_file_load: 320,
      bpf: 321,
      userfaultfd: 323,
    },
  },
  arm64: {
    audit: 0xc00000b7,
    server: {
      ...{ dup3: 24, signalfd4: 74, exit_group: 94, clock_gettime: 113, rt_sigprocmask: 135 },
      ...{ setsid: 157, prctl: 167, prlimit64: 261 },
    },
    socket: 198,
    clone: 220,
    clone3: 435,
    ioctl: 29,
    signals: [129, 138, 130, 131, 240, 261],
    refused: {
      ...refusedEverywhere,
      umount2: 39,
      mount: 40,
      pivot_root: 41,
      chroot: 51,
      quotactl: 60,
      acct: 89,
      unshare: 97,
      kexec_load: 104,
      init_module: 105,
      delete_module: 106,
      clock_settime: 112,
      syslog: 116,
      ptrace: 117,
      reboot: 142,
      sethostname: 161,
      setdomainname: 162,
      settimeofday: 170,
      adjtimex: 171,
      add_key: 217,
      request_key: 218,
      keyctl: 219,
      swapon: 224,
      swapoff: 225,
      perf_event_open: 241,
      fanotify_init: 262,
      open_by_handle_at: 265,
      clock_adjtime: 266,
      setns: 268,
      process_vm_readv: 270,
      process_vm_writev: 271,
      kcmp: 272,
      finit_module: 273,
      bpf: 280,
      userfaultfd: 282,
      kexec_file_load: 294,
    },
  },
}

/** The internet, and asking for one's own addresses (netlink, its route protocol only). */
const socketFamilies = { unix: 1, inet: 2, inet6: 10 }
const netlinkFamily = 16
const netlinkRoute = 0
/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET */
const cloneNamespaces = 0x7e020000
const terminalRequests = { TIOCSTI: 0x5412, TIOCLINUX: 0x541c }

const load = (offset: number): Instruction => [0x20, 0, 0, offset]
const returns = (action: number): Instruction => [0x06, 0, 0, action]
const killed = returns(0x80000000)
const allowed = returns(0x7fff0000)
const eperm = returns(0x00050001)
const enosys = returns(0x00050026)
const jumpIfEqual = (value: number, yes: number, no: number): Instruction => [0x15, yes, no, value]
const jumpIfAtLeast = (value: number, yes: number, no: number): Instruction => [0x35, yes, no, value]
const jumpIfAnyBit = (bits: number, yes: number, no: number): Instruction => [0x45, yes, no, bits]
type Instruction = readonly [code: number, yes: number, no: number, value: number]

/** Where `struct seccomp_data` has what. Arguments are ints here: the kernel looks at their low halves only, and so do we. */
const at = { call: 0, architecture: 4, argument: (index: number) => 16 + 8 * index }

/**
 * The seccomp filter of a sandbox, as classic BPF in the bytes that `bwrap --seccomp` reads: no Unix sockets (D-Bus,
 * docker.sock, ssh-agent), no mounts, no new namespaces, no tracing, no kernel interfaces that escapes are made of.
 * `unixSockets` allows those, for kinds that show none of the machine's; `guardsFirst` is for kernels on which process 1,
 * the exec server, could be ended from inside. Undefined on a processor without a table.
 */
export function seccompFilter(
  arch: NodeJS.Architecture = process.arch,
  { unixSockets = false, guardsFirst = false }: { unixSockets?: boolean; guardsFirst?: boolean } = {},
): Buffer | undefined {
  const numbers = architectures[arch]
  if (!numbers) return undefined
  const { inet, inet6, unix } = socketFamilies
  const program: Instruction[] = [
    load(at.architecture),
    jumpIfEqual(numbers.audit, 1, 0),
    killed,
    load(at.call),
    ...(numbers.foreignBit === undefined ? [] : [jumpIfAtLeast(numbers.foreignBit, 0, 1), enosys]),
    ...Object.values(numbers.refused).flatMap((call) => [jumpIfEqual(call, 0, 1), eperm]),
    // clone3 hides its flags behind a pointer; programs fall back to clone.
    jumpIfEqual(numbers.clone3, 0, 1),
    enosys,
    ...whenCall(numbers.clone, [load(at.argument(0)), jumpIfAnyBit(cloneNamespaces, 0, 1), eperm, allowed]),
    ...(guardsFirst ? numbers.signals : []).flatMap((call) =>
      whenCall(call, [load(at.argument(0)), jumpIfEqual(1, 0, 1), eperm, allowed]),
    ),
    ...whenCall(numbers.ioctl, [
      load(at.argument(1)),
      ...Object.values(terminalRequests).flatMap((request) => [jumpIfEqual(request, 0, 1), eperm]),
      allowed,
    ]),
    ...whenCall(numbers.socket, [
      load(at.argument(0)),
      ...(unixSockets ? [jumpIfEqual(unix, 5, 0)] : []),
      jumpIfEqual(inet, 4, 0),
      jumpIfEqual(inet6, 3, 0),
      jumpIfEqual(netlinkFamily, 0, 3),
      load(at.argument(2)),
      jumpIfEqual(netlinkRoute, 0, 1),
      allowed,
      eperm,
    ]),
    allowed,
  ]
  const bytes = Buffer.alloc(program.length * 8)
  program.forEach(([code, yes, no, value], index) => {
    bytes.writeUInt16LE(code, index * 8)
    bytes.writeUInt8(yes, index * 8 + 2)
    bytes.writeUInt8(no, index * 8 + 3)
    bytes.writeUInt32LE(value >>> 0, index * 8 + 4)
  })
  return bytes
}

/** The numbers here of the system calls that the exec server makes by number; none on a processor without a table. */
export function callNumbers(arch: NodeJS.Architecture = process.arch): CallNumbers {
  return architectures[arch]?.server ?? {}
}

/** Those that the daemon's own programs make outside: prctl(2), setns(2), unshare(2), umount2(2). */
export function mountCallNumbers(arch: NodeJS.Architecture = process.arch): readonly number[] {
  const { server: { prctl = 0 } = {}, refused: { setns = 0, unshare = 0, umount2 = 0 } = {} } =
    architectures[arch] ?? {}
  return [prctl, setns, unshare, umount2]
}

/** `block` must end by returning. */
function whenCall(call: number, block: readonly Instruction[]): Instruction[] {
  return [jumpIfEqual(call, 0, block.length), ...block]
}
