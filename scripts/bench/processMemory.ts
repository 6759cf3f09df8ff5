import { readFileSync } from 'node:fs'

/** Proportional set size of a process, in MB: what it takes of the machine. */
export function memoryOf(pid: number): number {
  const line = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))
  return Number(line?.[1]) / 1024
}

/** Of all pages that a process ever held at once, in MB, those that it shares with others included. */
export function highestMemoryOf(pid: number): number {
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(line?.[1]) / 1024
}
