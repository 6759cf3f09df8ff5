import { readFileSync } from 'node:fs'

/** A name for a living process that none before it had and none after it will: its number and when it was started. */
export function processName(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`)
  const [state = '', ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return state === '' || /[ZX]/.test(state) ? undefined : `${pid}.${rest[18]}`
}

export function isAlive(name: string): boolean {
  return processName(Number(name.split('.')[0])) === name
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
