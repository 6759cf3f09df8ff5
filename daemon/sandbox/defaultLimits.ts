import { totalmem } from 'node:os'
import type { Limits } from '#protocol/sandbox.ts'

/** Of a workspace whose user set none: out of an agent's way, and the machine survives whatever it does. */
export const defaultLimits: Limits = {
  memoryMiB: Math.max(256, Math.floor((totalmem() / 2 ** 20) * 0.75)),
  processes: 2048,
  openFiles: 4096,
  fileMiB: 16 << 10,
  diskMiB: 64 << 10,
  outputMiB: 1 << 10,
}
