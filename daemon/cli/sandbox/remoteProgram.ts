import type { DaemonClient } from '#client/daemonClient.ts'
import type { ParamsOf } from '#protocol/methods.ts'
import type { ProcessEnd } from '#protocol/process.ts'

type Stream = 'stdout' | 'stderr'

/** Takes bytes of a program; settles when it has room for more. Rejecting means that nobody reads any more. */
export type Sink = (stream: Stream, bytes: Buffer) => Promise<void>

/** A program inside a sandbox, at the other end of the connection. */
export interface RemoteProgram {
  /** Settles when there is room for more. What a program no longer reads is dropped. */
  write(bytes: Uint8Array, end?: boolean): Promise<void>
  kill(signal: string): void
  resize(columns: number, rows: number): void
  /** How it ended, once the sink has taken all its output. Never rejects. */
  readonly ended: Promise<ProcessEnd>
}

const pieceBytes = 256 << 10
/** A quarter of the window: the daemon always has room to go on, and small pieces need no word each. */
const acknowledgeBytes = 256 << 10

/** Starts a program in a session's sandbox. Nothing of its output is kept: what the sink does not take, it waits for. */
export async function startRemote(
  client: DaemonClient,
  params: ParamsOf<'process/start'>,
  sink: Sink,
): Promise<RemoteProgram> {
  const { promise: ended, resolve } = Promise.withResolvers<ProcessEnd>()
  /** Until it is known, what comes may be this program's: a notification may overtake the answer. */
  const early: (() => void)[] = []
  let id: string | undefined
  let pending = 0
  let taken = 0
  let unread = false
  let end: ProcessEnd | undefined
  const say = <T>(request: Promise<T>) => void request.catch(() => {})
  const settle = () => {
    if (!end || pending > 0) return
    for (const stop of stops) stop()
    resolve(end)
  }
  const take = async (stream: Stream, bytes: Buffer) => {
    pending += 1
    try {
      if (!unread) await sink(stream, bytes)
    } catch {
      unread = true
      program.kill('SIGKILL')
    }
    pending -= 1
    taken += bytes.byteLength
    if (taken >= acknowledgeBytes && id !== undefined) {
      say(client.request('process/acknowledge', { process: id, bytes: taken }))
      taken = 0
    }
    settle()
  }
  const mine = (process: string, act: () => void) => {
    if (id === undefined) early.push(() => mine(process, act))
    else if (process === id) act()
  }
  const stops = [
    client.on('process/output', ({ process, stream, data }) =>
      mine(process, () => void take(stream, Buffer.from(data, 'base64'))),
    ),
    client.on('process/ended', ({ process, end: how }) =>
      mine(process, () => {
        end = how
        settle()
      }),
    ),
  ]
  void client.closed.then(() => {
    end ??= { type: 'lost', why: 'The daemon went away.' }
    settle()
  })
  const program: RemoteProgram = {
    ended,
    async write(bytes, last = false) {
      if (id === undefined) return
      for (let at = 0; at === 0 || at < bytes.byteLength; at += pieceBytes) {
        const piece = Buffer.from(bytes.subarray(at, at + pieceBytes))
        const params = { process: id, data: piece.toString('base64'), end: last && at + pieceBytes >= bytes.byteLength }
        // It may have ended meanwhile; how, `ended` says.
        await client.request('process/write', params).catch(() => {})
        if (end) return
      }
    },
    kill: (signal) => void (id !== undefined && say(client.request('process/kill', { process: id, signal }))),
    resize: (columns, rows) =>
      void (id !== undefined && say(client.request('process/resize', { process: id, columns, rows }))),
  }
  try {
    id = (await client.request('process/start', params)).process
  } catch (error) {
    for (const stop of stops) stop()
    throw error
  }
  for (const act of early.splice(0)) act()
  return program
}
