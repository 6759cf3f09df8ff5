import type { LimitName, SandboxInfo, SandboxKind, SecretReference } from '#protocol/sandbox.ts'
import { visible } from '#protocol/visible.ts'

export const kindNames: Readonly<Record<SandboxKind, string>> = {
  bubblewrap: 'Bubblewrap',
  docker: 'Docker',
  gvisor: 'gVisor',
  seatbelt: 'Seatbelt',
  none: 'No sandbox',
}

export const kindDetails: Readonly<Record<SandboxKind, string>> = {
  bubblewrap: 'Linux namespaces on this machine’s kernel. Opens at once at any repository size.',
  docker: 'A container with an image of its own, in which system packages can be installed.',
  gvisor: 'System calls are answered by a kernel in user space, not by this machine’s.',
  seatbelt: 'macOS only, and untried on a Mac.',
  none: 'Programs run as you do.',
}

export const stateNames: Readonly<Record<SandboxInfo['state'], string>> = {
  absent: 'not made yet',
  ready: 'ready',
  suspended: 'suspended',
  failed: 'failed',
  quarantined: 'quarantined',
}

export interface LimitWords {
  readonly limit: LimitName
  readonly label: string
  /** What the number counts, as the user enters it. */
  readonly unit: string
  readonly least: number
}

export const limitWords: readonly LimitWords[] = [
  { limit: 'memoryMiB', label: 'Memory', unit: 'MiB', least: 16 },
  { limit: 'processes', label: 'Processes', unit: '', least: 8 },
  { limit: 'cpus', label: 'Processors', unit: '', least: 0.1 },
  { limit: 'openFiles', label: 'Open files per process', unit: '', least: 32 },
  { limit: 'fileMiB', label: 'Largest file', unit: 'MiB', least: 1 },
  { limit: 'diskMiB', label: 'Disk growth', unit: 'MiB', least: 1 },
  { limit: 'outputMiB', label: 'Output per command', unit: 'MiB', least: 1 },
]

/** How a limit is held, where that is not what its name says already. */
export function heldWords({ limit }: LimitWords, how: 'whole' | 'perProcess' | 'notEnforced'): string {
  if (how === 'notEnforced') return 'not enforced here'
  if (limit === 'openFiles' || limit === 'fileMiB' || limit === 'outputMiB') return 'held'
  return how === 'whole' ? 'held for all together' : 'held per process only'
}

/** "12 GiB", "512 MiB", "2,048"; "no limit" where none is set. */
export function limitValue({ unit }: LimitWords, value: number | undefined): string {
  if (value === undefined) return 'no limit'
  if (unit === 'MiB') return size(value * 2 ** 20)
  return value.toLocaleString('en')
}

/** Of bytes: "1.5 GiB", "12 MiB", "0". */
export function size(bytes: number): string {
  if (bytes === 0) return '0'
  for (const [unit, power] of [
    ['GiB', 30],
    ['MiB', 20],
    ['KiB', 10],
  ] as const) {
    const value = bytes / 2 ** power
    if (value >= 1) return `${value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 1 : 0 })} ${unit}`
  }
  return `${bytes} bytes`
}

/** "1 port", "3 ports". */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`
}

/** How programs get at a secret, and where its value is. */
export function secretDetail({ from, use }: SecretReference): string {
  const at = from.indexOf(':')
  const where = visible(from.slice(at + 1))
  const source = from.startsWith('editor:')
    ? 'the editor’s secret storage'
    : from.startsWith('env:')
      ? `${where} of the daemon’s environment`
      : where
  return use.type === 'file' ? `a file inside, from ${source}` : `only for ${visible(use.host)}, from ${source}`
}
