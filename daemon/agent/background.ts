import type { Output, ProcessCommand, Sandbox, SandboxProcess } from '../sandbox/sandbox.ts'

type End = Awaited<SandboxProcess['ended']> | { readonly type: 'lost'; readonly why: string }

/** What there is to tell of a process at one moment. `output` is what came since the last look, both streams as they came. */
export interface ProcessNews {
  readonly id: string
  readonly command: string
  readonly output: Output
  /** Absent while it runs. */
  readonly end?: End
}

const maxProcesses = 16
/** Of what was not looked at, head and tail. */
const unreadKept = 64 << 10
/** One that floods is made to wait now and then: it would keep the daemon busy for as long as it runs. */
const floodBytes = 1 << 20
const floodPauseMs = 50
/** So many bytes may wait for a program to read them. */
const mostUnread = 1 << 20

/**
 * Programs that the agent left running in a session's sandbox, to be looked at, written to and killed later. They die with
 * the sandbox. `onLiving` is told how many are alive, whenever that changes.
 */
export class BackgroundProcesses {
  readonly #processes = new Map<string, Background>()
  readonly #onLiving: (count: number) => void
  #next = 1

  constructor(onLiving: (count: number) => void) {
    this.#onLiving = onLiving
  }

  /** Starts one and gives it a moment to say something. The oldest that ended makes room; with 16 alive nothing is started. */
  async start(sandbox: Sandbox, command: ProcessCommand, options: LookOptions): Promise<ProcessNews | { why: string }> {
    if (this.#processes.size >= maxProcesses) {
      const ended = [...this.#processes.values()].find(({ end }) => end)
      if (!ended) return { why: `There are ${maxProcesses} processes in the background already. Kill one first.` }
      this.#processes.delete(ended.id)
    }
    const started = await sandbox.start(command)
    if (started.type === 'failedToStart') return started
    const line = typeof command.line === 'string' ? command.line : command.line.join(' ')
    const process = new Background(`p${this.#next++}`, line, started, () => this.#tellLiving())
    this.#processes.set(process.id, process)
    this.#tellLiving()
    return process.look(options)
  }

  get(id: string): Background | undefined {
    return this.#processes.get(id)
  }

  /** All that are known, those that ended lately included. */
  get all(): readonly Background[] {
    return [...this.#processes.values()]
  }

  #tellLiving(): void {
    this.#onLiving(this.all.filter(({ end }) => !end).length)
  }
}

export interface LookOptions {
  /** How long to wait for it to say something more or end, at most. */
  readonly waitMs: number
  readonly signal: AbortSignal
}

/** One of them. */
export class Background {
  readonly id: string
  readonly command: string
  end: End | undefined
  readonly #process: SandboxProcess
  #unread = new Unread()
  #wake = () => {}

  constructor(id: string, command: string, process: SandboxProcess, onEnd: () => void) {
    this.id = id
    this.command = command
    this.#process = process
    process.stdin.on('error', () => {})
    for (const stream of [process.stdout, process.stderr]) {
      stream.on('error', () => {})
      let sincePause = 0
      stream.on('data', (bytes: Buffer) => {
        this.#unread.add(bytes)
        this.#wake()
        sincePause += bytes.byteLength
        if (sincePause < floodBytes) return
        sincePause = 0
        stream.pause()
        setTimeout(() => stream.resume(), floodPauseMs).unref()
      })
    }
    const ended = (end: End) => {
      this.end = end
      this.#wake()
      onEnd()
    }
    process.ended.then(ended, (error: unknown) => ended({ type: 'lost', why: String(error) }))
  }

  /** Where there is news it is told at once; otherwise after it came, or the wait is over. */
  async look({ waitMs, signal }: LookOptions): Promise<ProcessNews> {
    const until = performance.now() + waitMs
    while (!this.end && this.#unread.size === 0 && performance.now() < until && !signal.aborted) {
      await this.#changed(until - performance.now(), signal)
    }
    const output = this.#unread.take()
    this.#unread = new Unread()
    return { id: this.id, command: this.command, output, ...(this.end && { end: this.end }) }
  }

  /** Says something to it. False where it does not listen, or has left too much unread. */
  write(text: string): boolean {
    const { stdin } = this.#process
    if (this.end || !stdin.writable || stdin.writableLength > mostUnread) return false
    stdin.write(text)
    return true
  }

  kill(signal: string): void {
    if (!this.end) this.#process.kill(signal)
  }

  #changed(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      signal.addEventListener('abort', done, { once: true })
      this.#wake = done
    })
  }
}

/** Bytes that nobody looked at: the first and the last of them. */
class Unread {
  readonly #head: Buffer[] = []
  #headSize = 0
  #tail = Buffer.alloc(0)
  size = 0

  add(bytes: Buffer): void {
    this.size += bytes.byteLength
    const first = bytes.subarray(0, unreadKept / 2 - this.#headSize)
    if (first.byteLength > 0) {
      this.#head.push(first)
      this.#headSize += first.byteLength
    }
    const rest = bytes.subarray(first.byteLength)
    if (rest.byteLength > 0) this.#tail = Buffer.from(Buffer.concat([this.#tail, rest]).subarray(-unreadKept / 2))
  }

  take(): Output {
    const omitted = this.size - this.#headSize - this.#tail.byteLength
    return { head: Buffer.concat(this.#head), tail: this.#tail, omitted }
  }
}
