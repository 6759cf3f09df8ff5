import type { DaemonClient } from '#client/daemonClient.ts'
import type { ParamsOf } from '#protocol/methods.ts'
import type { ProcessEnd } from '#protocol/process.ts'

/** A program that a client started, with all that it said. */
export interface ClientProgram {
  readonly id: string
  stdout(): string
  stderr(): string
  /** Bytes that came and were not acknowledged. */
  waiting(): number
  /** From now on everything that comes is acknowledged. */
  acknowledge(): void
  /** Once stdout has this in it. */
  says(text: string): Promise<void>
  write(text: string, end?: boolean): Promise<unknown>
  readonly ended: Promise<ProcessEnd>
}

/** Starts one as an editor's terminal does. Without `acknowledging`, nothing is until it is asked for. */
export async function startProgram(
  client: DaemonClient,
  params: ParamsOf<'process/start'>,
  { acknowledging = true } = {},
): Promise<ClientProgram> {
  /** By process, as the answer to the start may come after the first of it. */
  const output = new Map<string, Record<'stdout' | 'stderr', Buffer[]>>()
  const received = new Map<string, number>()
  const ends = new Map<string, ProcessEnd>()
  const looks = new Set<() => void>()
  let id = ''
  let reading = acknowledging
  let taken = 0
  const textOf = (stream: 'stdout' | 'stderr') => Buffer.concat(output.get(id)?.[stream] ?? []).toString()
  const waiting = () => (received.get(id) ?? 0) - taken
  const takeAll = () => {
    const bytes = waiting()
    if (!reading || !id || bytes === 0) return
    taken += bytes
    void client.request('process/acknowledge', { process: id, bytes }).catch(() => {})
  }
  const lookAgain = () => {
    for (const look of [...looks]) look()
  }
  client.on('process/output', ({ process, stream, data }) => {
    const bytes = Buffer.from(data, 'base64')
    const streams = output.get(process) ?? { stdout: [], stderr: [] }
    output.set(process, streams)
    streams[stream].push(bytes)
    received.set(process, (received.get(process) ?? 0) + bytes.length)
    takeAll()
    lookAgain()
  })
  client.on('process/ended', ({ process, end }) => {
    ends.set(process, end)
    lookAgain()
  })
  const when = <T>(look: () => T | undefined) =>
    new Promise<T>((resolve) => {
      const tried = () => {
        const found = look()
        if (found === undefined) return
        looks.delete(tried)
        resolve(found)
      }
      looks.add(tried)
      tried()
    })
  id = (await client.request('process/start', params)).process
  takeAll()
  return {
    id,
    stdout: () => textOf('stdout'),
    stderr: () => textOf('stderr'),
    waiting,
    acknowledge() {
      reading = true
      takeAll()
    },
    says: (text) => when(() => (textOf('stdout').includes(text) ? true : undefined)).then(() => {}),
    write: (text, end) =>
      client.request('process/write', {
        process: id,
        data: Buffer.from(text).toString('base64'),
        ...(end === undefined ? {} : { end }),
      }),
    ended: when(() => ends.get(id)),
  }
}
