import { readFileSync } from 'node:fs'

/** Proportional set size of a process, in MB: what it takes of the machine. */
export function memoryOf(pid: number): number {
  const line = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))
  return Number(line?.[1]) / 1024
}
