import { readdirSync, readFileSync } from 'node:fs'

/**
 * The processes that a test run left running, told by a variable of their environment that only this run's have.
 * Empty where the system does not show it.
 */
export function leftBehind(variable: string, value: string): { pid: number; command: string }[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name)
    if (!Number.isInteger(pid) || pid === process.pid) return []
    try {
      if (!readFileSync(`/proc/${name}/environ`, 'utf8').split('\0').includes(`${variable}=${value}`)) return []
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
      // A process that is just going has no command line any more.
      return command === '' ? [] : [{ pid, command }]
    } catch {
      return []
    }
  })
}
