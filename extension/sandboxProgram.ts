import { StringDecoder } from 'node:string_decoder'
import type { PayloadOf } from '#protocol/methods.ts'
import type { ProcessEnd } from '#protocol/process.ts'
import type { DaemonConnection } from './daemonConnection.ts'
import { EarlyWords } from './earlyWords.ts'
import { Signal } from './signal.ts'

export interface TerminalSize {
  readonly columns: number
  readonly rows: number
}

/** Of a paste, so much goes out before the program has room for more. */
const pieceBytes = 256 << 10

/** A program in a session's sandbox: text out, text in; without a command a shell, for a terminal. It ends with the connection that started it. */
export class SandboxProgram {
  readonly output = new Signal<string>()
  /** The last word; all output came before. */
  readonly ended = new Signal<ProcessEnd>()
  readonly #connection: DaemonConnection
  readonly #decoder = new StringDecoder('utf8')
  readonly #stops: (() => void)[]
  /** What was said of processes before the answer told which one is ours. */
  #early: EarlyWords | null = new EarlyWords()
  #process: string | null = null
  readonly #begun = Promise.withResolvers<void>()
  #input = this.#begun.promise
  #size: TerminalSize | null = null
  #over = false

  constructor(connection: DaemonConnection) {
    this.#connection = connection
    this.#stops = [
      connection.notified.on((notification) => this.#hear(notification)),
      connection.changed.on(({ type }) => {
        if (type !== 'connected' && this.#process)
          this.#end({ type: 'lost', why: 'The connection to the daemon ended.' })
      }),
    ]
  }

  /** Rejects where the sandbox cannot be had. */
  async start(
    session: string,
    run: { readonly terminal: TerminalSize } | { readonly command: [string, ...string[]] },
  ): Promise<void> {
    try {
      const { process } = await this.#connection.request('process/start', { session, ...run })
      if (this.#over) return void this.#ask('process/kill', { process })
      this.#process = process
      for (const notification of this.#early?.of(process) ?? []) this.#hear(notification)
      this.#early = null
      if (this.#size) this.resize(this.#size)
      this.#begun.resolve()
    } catch (error) {
      this.dispose()
      throw error
    }
  }

  /** Keys that come before it runs wait for it. */
  write(text: string): void {
    const bytes = Buffer.from(text)
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const data = bytes.subarray(at, at + pieceBytes).toString('base64')
      this.#input = this.#input.then(async () => {
        if (this.#process) await this.#ask('process/write', { process: this.#process, data })
      })
    }
  }

  resize(size: TerminalSize): void {
    this.#size = size
    if (this.#process) void this.#ask('process/resize', { process: this.#process, ...size })
  }

  /** Ends it where it still runs; nothing is told any more. */
  dispose(): void {
    if (this.#process) void this.#ask('process/kill', { process: this.#process, signal: 'SIGHUP' })
    this.#over = true
    this.#process = null
    for (const stop of this.#stops) stop()
  }

  #hear(notification: { method: string; payload: unknown }): void {
    const { method, payload } = notification
    if (method !== 'process/output' && method !== 'process/ended') return
    if (this.#early && !this.#process) return void this.#early.add(notification)
    if ((payload as { process: string }).process !== this.#process) return
    if (method === 'process/ended') return void this.#end((payload as PayloadOf<'process/ended'>).end)
    const bytes = Buffer.from((payload as PayloadOf<'process/output'>).data, 'base64')
    this.output.emit(this.#decoder.write(bytes))
    // What the terminal took makes room for more: a program that floods waits in its own writes.
    setImmediate(() => {
      if (this.#process) void this.#ask('process/acknowledge', { process: this.#process, bytes: bytes.length })
    })
  }

  #end(end: ProcessEnd): void {
    this.#process = null
    this.dispose()
    this.ended.emit(end)
  }

  /** What cannot be told to a program that is gone is not worth a message: its end is. */
  async #ask(...[method, params]: Parameters<DaemonConnection['request']>): Promise<void> {
    if (this.#connection.state.type === 'connected') await this.#connection.request(method, params).catch(() => {})
  }
}
