import type { LimitName } from '#protocol/sandbox.ts'

/** How often a container's control group held something back. */
export interface LimitCounters {
  readonly memory: number
  readonly processes: number
}

/** Reads them as the container sees them: read-only, in either version of control groups. */
export async function limitCounters(text: (path: string) => Promise<string>): Promise<LimitCounters> {
  const [events, control, pids, pidsEvents] = await Promise.all(
    ['memory.events', 'memory/memory.oom_control', 'pids.events', 'pids/pids.events'].map((name) =>
      text(`/sys/fs/cgroup/${name}`),
    ),
  )
  return {
    memory: counted(`${events}\n${control}`, 'oom_kill'),
    processes: counted(`${pids}\n${pidsEvents}`, 'max'),
  }
}

/** The limits that were run into between two looks. */
export function hitLimits(before: LimitCounters, now: LimitCounters): LimitName[] {
  return [
    ...(now.memory > before.memory ? (['memoryMiB'] as const) : []),
    ...(now.processes > before.processes ? (['processes'] as const) : []),
  ]
}

function counted(text: string, name: string): number {
  return Number(text.match(new RegExp(`^${name} (\\d+)$`, 'm'))?.[1] ?? 0)
}
