import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { SandboxGone } from '../sandbox.ts'
import { Channel } from './channel.ts'
import { type Launch, StartFailure, spawnTransport, type Transport } from './transport.ts'

import { encodeFrame, type Field, FieldReader, type Frame, FrameCutter, wireVersion } from './wire.ts'

export type { Launch }

/** A request that could not be done: the errno and its words, in English. */
export interface Fault {
  readonly type: 'fault'
  readonly errno: number
  readonly words: string
}

/** What an exec server may come to the daemon with by itself. Without these it must not. */
export interface ServerCallers {
  /** It opened a channel, with these bytes first. Whoever is called owns the stream. */
  readonly onOpened?: (opening: Buffer, stream: Duplex) => void
  /** It asks something small, which is answered at once. */
  readonly onQuestion?: (question: Buffer) => Uint8Array
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
const channelLetters: ReadonlySet<string> = new Set('cgzZ')
const firstOwnChannel = 2 ** 31
const maxChannels = 4_096

/**
 * The daemon's end of one exec server. What comes from there is hostile input: more than was asked for, or anything
 * that makes no sense, ends it. `gone` settles with the reason once its whole process tree has ended.
 */
export class ExecServer {
  /** The process that owns the namespaces, as the host numbers it, where there is one. */
  readonly pid: number | undefined
  readonly gone: Promise<string>
  readonly #transport: Transport
  readonly #pending = new Map<number, Pending>()
  readonly #channels = new Map<number, Channel>()
  readonly #cutter = new FrameCutter()
  #callers: ServerCallers = {}
  #next = 1
  #why: string | undefined
  #hello: (() => void) | undefined
  /** What it says until it greets was meant for a daemon that is gone. */
  readonly #isTakenOver: boolean

  /**
   * Starts one, or greets one that runs; `takeOver` is for one that was another daemon's, and does not greet by itself. Rejects
   * with `StartFailure`.
   */
  static async start(from: Launch | Transport, { takeOver = false } = {}): Promise<ExecServer> {
    const transport = 'file' in from ? await spawnTransport(from) : from
    const server = new ExecServer(transport, takeOver)
    const hello = new Promise<void>((resolve) => {
      server.#hello = resolve
    })
    const timer = setTimeout(() => server.#destroy('it did not come up in time'), startLimitMs)
    const failure = await Promise.race([hello, server.gone])
    clearTimeout(timer)
    if (failure !== undefined) throw new StartFailure(failure, transport.stderr())
    return server
  }

  private constructor(transport: Transport, takeOver: boolean) {
    this.#isTakenOver = takeOver
    this.pid = transport.pid
    this.#transport = transport
    transport.input.on('error', () => {})
    transport.output.on('error', () => {})
    transport.output.on('data', (bytes: Buffer) => this.#take(bytes))
    if (takeOver) transport.input.write(encodeFrame('A', 0, []))
    this.gone = transport.ended.then((how) => {
      const why = this.#why ?? how
      this.#why = why
      for (const { reject } of this.#pending.values()) reject(new SandboxGone(why))
      this.#pending.clear()
      for (const channel of this.#channels.values()) channel.destroy(new SandboxGone(why))
      this.#channels.clear()
      return why
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
      this.#transport.input.write(encodeFrame(letter, id, fields))
      options.onSent?.(id)
    })
  }

  /** The stream of a channel that the other side has just opened. */
  openChannel(id: number): Channel {
    if (this.#channels.has(id)) throw new Error('it opened a channel twice')
    if (this.#channels.size >= maxChannels) throw new Error('it opened more channels than there may be')
    const say = (letter: string, fields: readonly Field[]) => this.say(letter, id, fields)
    const channel = new Channel(say, () => this.#channels.delete(id))
    this.#channels.set(id, channel)
    return channel
  }

  /** From now on it may come with these. */
  answerCalls(callers: ServerCallers): void {
    this.#callers = callers
  }

  /** Says something that has no answer. */
  say(letter: string, id: number, fields: readonly Field[]): void {
    if (this.#why === undefined) this.#transport.input.write(encodeFrame(letter, id, fields))
  }

  /** Says more about a request that was sent. Resolves when there is room for still more. */
  async add(letter: string, id: number, fields: readonly Field[]): Promise<void> {
    if (this.#why !== undefined || this.#transport.input.write(encodeFrame(letter, id, fields))) return
    await Promise.race([once(this.#transport.input, 'drain').catch(() => {}), this.gone])
  }

  /** Ends it and everything inside. Resolves when all of that is gone. */
  async end(why: string): Promise<void> {
    this.#why ??= why
    this.#transport.input.end()
    const timer = setTimeout(() => this.#transport.kill(), endLimitMs)
    await this.gone
    clearTimeout(timer)
  }

  /** As `end`, of one that would not notice: nothing inside gets to tidy up. */
  async kill(why: string): Promise<void> {
    this.#destroy(why)
    await this.gone
  }

  #destroy(why: string): void {
    this.#why ??= why
    this.#transport.kill()
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
      if (letter !== 'H' && this.#isTakenOver) return
      if (letter !== 'H' || body.readUInt32BE(0) !== wireVersion) throw new Error('it did not greet')
      this.#hello()
      this.#hello = undefined
      return
    }
    if (channelLetters.has(letter)) {
      const channel = this.#channels.get(id)
      if (!channel) throw new Error('it spoke of a channel that nobody opened')
      channel.hear(letter, body)
    } else if (letter === 'N' || letter === 'q') {
      this.#handleCall(letter, id, body)
    } else {
      this.#handleAnswer(letter, id, body)
    }
  }

  #handleCall(letter: 'N' | 'q', id: number, body: Buffer): void {
    const { onOpened, onQuestion } = this.#callers
    if (letter === 'N' && onOpened && id >= firstOwnChannel) onOpened(body, this.openChannel(id))
    else if (letter === 'q' && onQuestion) this.say('a', id, [{ rest: onQuestion(body) }])
    else throw new Error('it called where nobody listens')
  }

  #handleAnswer(letter: string, id: number, body: Buffer): void {
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
