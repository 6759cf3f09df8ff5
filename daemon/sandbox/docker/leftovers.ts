import { readFileSync } from 'node:fs'
import { type Engine, isMissing } from './engine.ts'

/** The label of everything of ours; its value stands for the data folder of the daemon that made it. */
export const ownerLabel = 'paddock'
/** Which process made it: what is left when that is gone is to be removed. */
const processLabel = 'paddock.process'

/** Labels for what goes with this process. */
export function passingLabels(owner: string): Record<string, string> {
  return { [ownerLabel]: owner, [processLabel]: processMark(process.pid) }
}

/** Removes the containers and passing volumes of processes of this owner that are gone. Never touches anything else. */
export async function removeLeftovers(engine: Engine, owner: string): Promise<void> {
  const filters = { label: [`${ownerLabel}=${owner}`, processLabel] }
  for (const { Id, Labels } of await engine.listContainers({ all: true, filters })) {
    if (isAlive(Labels[processLabel])) continue
    await engine.getContainer(Id).remove({ force: true, v: true }).catch(ignoreMissing)
  }
  const { Volumes } = await engine.listVolumes({ filters })
  for (const { Name, Labels } of Volumes ?? []) {
    if (isAlive(Labels[processLabel])) continue
    await engine.getVolume(Name).remove().catch(ignoreMissing)
  }
}

function ignoreMissing(error: unknown): void {
  // 409: it is going already, or in use.
  if (!isMissing(error) && (error as { statusCode?: number }).statusCode !== 409) throw error
}

/** A process's number and when it began: numbers are used again. Ends in a colon where there is none. */
export function processMark(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return `${pid}:${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`
  } catch {
    return `${pid}:`
  }
}

function isAlive(mark: string | undefined): boolean {
  return mark !== undefined && processMark(Number.parseInt(mark, 10)) === mark && !mark.endsWith(':')
}
