import { readdirSync, readFileSync } from 'node:fs'

/**
 * The processes that a test run left running, told by the run's temporary folder in their environment or command line.
 * Empty where the system does not show it.
 */
export function leftBehind(temporary: string): { pid: number; command: string }[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name)
    if (!Number.isInteger(pid) || pid === process.pid) return []
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
      // A process that is just going has no command line any more.
      if (command === '') return []
      const told = `${command} ${readFileSync(`/proc/${name}/environ`, 'utf8')}`
      return told.includes(temporary) ? [{ pid, command }] : []
    } catch {
      return []
    }
  })
}
