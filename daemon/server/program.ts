import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { tooMany } from '#protocol/errors.ts'
import { type ProcessEnd, processWindowBytes } from '#protocol/process.ts'

/** A program that runs inside a sandbox, as far as the wire is concerned. */
export interface RunningProgram {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  kill(signal?: string): void
  resize(columns: number, rows: number): void
  /** Rejects where the sandbox went. */
  readonly ended: Promise<ProcessEnd>
}

type Stream = 'stdout' | 'stderr'

const pieceBytes = 64 << 10
const waitingWrites = 4

/**
 * A program and the client that talks to it. Of output, no more than a window is under way that the client has not
 * acknowledged: what is not read the program waits for.
 */
export class Program {
  readonly #running: RunningProgram
  readonly #send: (stream: Stream, bytes: Buffer) => void
  #unacknowledged = 0
  #writes = 0
  /** How it ended, once all its output was handed to `send`. Never rejects. */
  readonly ended: Promise<ProcessEnd>

  constructor(running: RunningProgram, send: (stream: Stream, bytes: Buffer) => void) {
    this.#running = running
    this.#send = send
    for (const stream of [running.stdin, running.stdout, running.stderr]) stream.on('error', () => {})
    const drained = [this.#drain('stdout'), this.#drain('stderr')]
    this.ended = running.ended.then(
      async (end) => {
        await Promise.all(drained)
        return end
      },
      (error: Error): ProcessEnd => ({ type: 'lost', why: error.message }),
    )
  }

  /** Settles when there is room for more. What a program no longer reads is dropped. */
  async write(bytes: Buffer, end: boolean): Promise<void> {
    const { stdin } = this.#running
    if (this.#writes >= waitingWrites) throw tooMany('writes', waitingWrites)
    if (stdin.destroyed || stdin.writableEnded) return
    this.#writes += 1
    try {
      const hasRoom = stdin.write(bytes)
      if (end) stdin.end()
      else if (!hasRoom) await Promise.race([once(stdin, 'drain'), once(stdin, 'close'), this.ended]).catch(() => {})
    } finally {
      this.#writes -= 1
    }
  }

  acknowledge(bytes: number): void {
    this.#unacknowledged = Math.max(0, this.#unacknowledged - bytes)
    this.#pump('stdout')
    this.#pump('stderr')
  }

  kill(signal?: string): void {
    this.#running.kill(signal)
  }

  resize(columns: number, rows: number): void {
    this.#running.resize(columns, rows)
  }

  /** Ends the whole tree of it, and waits for nobody to read. */
  end(): void {
    this.#running.kill('SIGKILL')
    this.#running.stdout.destroy()
    this.#running.stderr.destroy()
  }

  #drain(stream: Stream): Promise<void> {
    const readable = this.#running[stream]
    readable.on('readable', () => this.#pump(stream))
    return new Promise((resolve) => {
      readable.once('end', resolve)
      readable.once('close', resolve)
    })
  }

  #pump(stream: Stream): void {
    const readable = this.#running[stream]
    for (;;) {
      const room = Math.min(processWindowBytes - this.#unacknowledged, pieceBytes)
      if (room <= 0) return
      // Asking for more than there is would wait for it to be there.
      const bytes: Buffer | null = readable.readableLength > room ? readable.read(room) : readable.read()
      if (!bytes) return
      this.#unacknowledged += bytes.byteLength
      this.#send(stream, bytes)
    }
  }
}
