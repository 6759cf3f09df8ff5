import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { SandboxGone } from '../sandbox.ts'
import { encodeFrame, type Field, FieldReader, type Frame, FrameCutter, wireVersion } from './wire.ts'

/** How to start one: a program that ends up as execServer.pl, and what it reads from descriptor 3. */
export interface Launch {
  readonly file: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly filter: Buffer
}

/** A request that could not be done: the errno and its words, in English. */
export interface Fault {
  readonly type: 'fault'
  readonly errno: number
  readonly words: string
}

/** It did not come up; `stderr` is what it said, bounded. */
export class StartFailure extends Error {
  readonly stderr: string

  constructor(message: string, stderr: string) {
    super(message)
    this.name = 'StartFailure'
    this.stderr = stderr
  }
}

interface Pending {
  readonly finish: (answer: FieldReader | Fault) => void
  readonly reject: (error: Error) => void
  readonly onData: (letter: string, bytes: Buffer) => void
  /** Bytes of data that may still come. */
  left: number
}

const startLimitMs = 20_000
const endLimitMs = 3_000
const stderrKept = 8_192

/**
 * The daemon's end of one exec server. What comes from there is hostile input: more than was asked for, or anything
 * that makes no sense, ends it. `gone` settles with the reason once its whole process tree has ended.
 */
export class ExecServer {
  /** The process that owns the namespaces, as the host numbers it. */
  readonly pid: number
  readonly gone: Promise<string>
  readonly #child: ChildProcess
  readonly #stdin: Writable
  readonly #pending = new Map<number, Pending>()
  readonly #cutter = new FrameCutter()
  #stderr = ''
  #next = 1
  #why: string | undefined
  #hello: (() => void) | undefined

  static async start(launch: Launch): Promise<ExecServer> {
    const child = spawn(launch.file, launch.args, {
      cwd: '/',
      env: launch.env,
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      detached: true,
    })
    if (child.pid === undefined) {
      const [error] = (await once(child, 'error')) as [Error]
      throw new StartFailure(error.message, '')
    }
    const filter = child.stdio[3] as Writable
    filter.on('error', () => {})
    filter.end(launch.filter)
    const server = new ExecServer(child, child.pid)
    const hello = new Promise<void>((resolve) => {
      server.#hello = resolve
    })
    const timer = setTimeout(() => server.#destroy('it did not come up in time'), startLimitMs)
    const failure = await Promise.race([hello, server.gone])
    clearTimeout(timer)
    if (failure !== undefined) throw new StartFailure(failure, server.#stderr)
    return server
  }

  private constructor(child: ChildProcess, pid: number) {
    this.pid = pid
    this.#child = child
    this.#stdin = child.stdin!
    this.#stdin.on('error', () => {})
    child.stdout!.on('data', (bytes: Buffer) => this.#take(bytes))
    child.stderr!.on('data', (bytes: Buffer) => {
      this.#stderr = (this.#stderr + bytes.toString()).slice(-stderrKept)
    })
    this.gone = new Promise((resolve) => {
      child.on('error', (error) => this.#destroy(error.message))
      child.on('close', (code, signal) => {
        const how = signal ? `ended by ${signal}` : `ended with code ${code}`
        const why = this.#why ?? `its process ${how}${this.#stderr ? `: ${this.#stderr.trim()}` : ''}`
        this.#why = why
        for (const { reject } of this.#pending.values()) reject(new SandboxGone(why))
        this.#pending.clear()
        resolve(why)
      })
    })
  }

  /**
   * Sends a request and waits for its one answer, which `decode` reads; it may throw where the answer makes no sense. At
   * most `dataLimit` bytes of data may come before that. `onSent` is told the request's number at once, for `add`.
   */
  request<T>(
    letter: string,
    fields: readonly Field[],
    decode: (fields: FieldReader) => T,
    options: { dataLimit?: number; onData?: Pending['onData']; onSent?: (id: number) => void } = {},
  ): Promise<T | Fault> {
    if (this.#why !== undefined) return Promise.reject(new SandboxGone(this.#why))
    const id = this.#next++
    return new Promise((resolve, reject) => {
      const finish = (answer: FieldReader | Fault) => resolve(answer instanceof FieldReader ? decode(answer) : answer)
      this.#pending.set(id, { finish, reject, onData: options.onData ?? (() => {}), left: options.dataLimit ?? 0 })
      this.#stdin.write(encodeFrame(letter, id, fields))
      options.onSent?.(id)
    })
  }

  /** Says more about a request that was sent. Resolves when there is room for still more. */
  async add(letter: string, id: number, fields: readonly Field[]): Promise<void> {
    if (this.#why !== undefined || this.#stdin.write(encodeFrame(letter, id, fields))) return
    await Promise.race([once(this.#stdin, 'drain').catch(() => {}), this.gone])
  }

  /** Ends it and everything inside. Resolves when all of that is gone. */
  async end(why: string): Promise<void> {
    this.#why ??= why
    this.#stdin.end()
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), endLimitMs)
    await this.gone
    clearTimeout(timer)
  }

  #destroy(why: string): void {
    this.#why ??= why
    this.#child.kill('SIGKILL')
  }

  #take(bytes: Buffer): void {
    try {
      for (const frame of this.#cutter.cut(bytes)) this.#handle(frame)
    } catch (error) {
      this.#destroy(error instanceof Error ? error.message : String(error))
    }
  }

  #handle({ letter, id, body }: Frame): void {
    if (this.#hello) {
      if (letter !== 'H' || body.readUInt32BE(0) !== wireVersion) throw new Error('it did not greet')
      this.#hello()
      this.#hello = undefined
      return
    }
    const pending = this.#pending.get(id)
    if (!pending) throw new Error('it answered what nobody asked')
    if (letter === 'E' || letter === 'D') {
      pending.finish(new FieldReader(body))
      this.#pending.delete(id)
    } else if (letter === 'F') {
      pending.finish({ type: 'fault', errno: body.readUInt32BE(0), words: body.subarray(4).toString() })
      this.#pending.delete(id)
    } else if (letter === 'b' || letter === 'o' || letter === 'e') {
      pending.left -= body.byteLength
      if (pending.left < 0) throw new Error('it sent more than was asked for')
      pending.onData(letter, body)
    } else {
      throw new Error('it sent a frame of no known kind')
    }
  }
}
