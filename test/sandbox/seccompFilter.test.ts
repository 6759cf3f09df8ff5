import { describe, expect, test } from 'vitest'
import { seccompFilter } from '../../daemon/sandbox/bubblewrap/seccompFilter.ts'

const allow = 0x7fff0000
const eperm = 0x00050001
const enosys = 0x00050026
const kill = 0x80000000

/** What the kernel would make of a call: runs the filter as classic BPF. Only the instructions that filters of ours use. */
function verdict(arch: NodeJS.Architecture, audit: number, call: number, args: readonly number[] = []): number {
  const program = seccompFilter(arch)!
  const data = Buffer.alloc(64)
  data.writeUInt32LE(call, 0)
  data.writeUInt32LE(audit, 4)
  for (const [index, value] of args.entries()) data.writeBigUInt64LE(BigInt(value), 16 + 8 * index)
  let loaded = 0
  for (let at = 0; at * 8 < program.length; at++) {
    const code = program.readUInt16LE(at * 8)
    const value = program.readUInt32LE(at * 8 + 4)
    const jump = (holds: boolean) => program.readUInt8(at * 8 + (holds ? 2 : 3))
    if (code === 0x06) return value
    else if (code === 0x20) loaded = data.readUInt32LE(value)
    else if (code === 0x15) at += jump(loaded === value)
    else if (code === 0x35) at += jump(loaded >= value)
    else if (code === 0x45) at += jump((loaded & value) !== 0)
    else throw new Error(`instruction ${code}`)
  }
  throw new Error('the filter runs off its end')
}

describe.each([
  [
    'x64',
    0xc000003e,
    { read: 0, socket: 41, clone: 56, ioctl: 16, mount: 165, unshare: 272, socketpair: 53, bpf: 321 },
  ],
  [
    'arm64',
    0xc00000b7,
    { read: 63, socket: 198, clone: 220, ioctl: 29, mount: 40, unshare: 97, socketpair: 199, bpf: 280 },
  ],
] as const)('the filter of %s', (arch, audit, calls) => {
  test.each([
    ['reading', calls.read, [], allow],
    ['a thread', calls.clone, [0x3d0f00], allow],
    ['a process', calls.clone, [17], allow],
    ['a user namespace', calls.clone, [0x10000011], eperm],
    ['a network namespace', calls.clone, [0x40000011], eperm],
    ['clone3', 435, [], enosys],
    ['mount', calls.mount, [], eperm],
    ['unshare', calls.unshare, [], eperm],
    ['bpf', calls.bpf, [], eperm],
    ['io_uring', 425, [], eperm],
    ['IPv4', calls.socket, [2, 1, 0], allow],
    ['IPv6', calls.socket, [10, 2, 0], allow],
    ['routes', calls.socket, [16, 3, 0], allow],
    ['audit', calls.socket, [16, 3, 9], eperm],
    ['a Unix socket', calls.socket, [1, 1, 0], eperm],
    ['a Unix socket, with bits above that the kernel ignores', calls.socket, [0x100000001, 1, 0], eperm],
    ['vsock', calls.socket, [40, 1, 0], eperm],
    ['a socket pair', calls.socketpair, [1, 1, 0], allow],
    ['the size of a terminal', calls.ioctl, [0, 0x5413], allow],
    ['typing into a terminal', calls.ioctl, [0, 0x5412], eperm],
    ['typing into a terminal, with bits above', calls.ioctl, [0, 0x100005412], eperm],
    ['pasting into a terminal', calls.ioctl, [0, 0x541c], eperm],
  ])('%s', (_, call, args, expected) => {
    expect(verdict(arch, audit, call, args)).toBe(expected)
  })

  test('calls of another architecture kill', () => {
    expect(verdict(arch, 0x40000003, calls.read)).toBe(kill)
  })
})

test('calls of x32 are unknown, also those without a number', () => {
  expect(verdict('x64', 0xc000003e, 0x40000000)).toBe(enosys)
  expect(verdict('x64', 0xc000003e, 0xffffffff)).toBe(enosys)
})

test('there is no filter where there is no table', () => {
  expect(seccompFilter('riscv64')).toBeUndefined()
})
