import { once } from 'node:events'
import { type Duplex, Transform, type TransformCallback } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type { Container } from 'dockerode'
import type { Transport } from '../execServer/transport.ts'
import { processMark } from './leftovers.ts'

const stderrKept = 8_192
const maxPieceBytes = 16 << 20
/** How long the engine may take to bring down what it is told to kill. */
const goneLimitMs = 10_000
const killWaits = 300

/**
 * Starts a created container on its own standard streams: when this process is gone they end, and it ends with them. It
 * must have been made with `OpenStdin`, `StdinOnce` and `AutoRemove`. `ended` settles once it is removed, or the engine
 * is lost.
 */
export async function startAttached(container: Container): Promise<Transport> {
  const options = { stream: true, hijack: true, stdin: true, stdout: true, stderr: true }
  const stream = (await container.attach(options)) as Duplex
  let complaints = ''
  const output = new StandardOutput((bytes) => {
    complaints = (complaints + bytes.toString()).slice(-stderrKept)
  })
  stream.on('error', () => output.end())
  // A stream that is cut off in the middle says so by closing only.
  stream.on('close', () => output.end())
  stream.pipe(output)
  let init = ''
  const removed = container.wait({ condition: 'removed' }).then(
    ({ StatusCode }: { StatusCode: number }) => `its container ended with code ${StatusCode}`,
    (error: unknown) => `Docker's engine is lost (${error instanceof Error ? error.message : String(error)})`,
  )
  const kill = () => {
    void container.kill().catch(() => {})
    stream.destroy()
    killInit(init)
  }
  const ended = (async () => {
    await Promise.race([removed, once(stream, 'close').catch(() => {})])
    kill()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve('its container does not end'), goneLimitMs)
    })
    const how = await Promise.race([removed, late])
    clearTimeout(timer)
    // An engine that is killed leaves its containers running. This one's processes are our user's, and end with the first.
    for (let waits = 0; killInit(init) && waits < killWaits; waits++) await delay(10)
    return complaints ? `${how}: ${complaints.trim()}` : how
  })()
  try {
    await container.start()
    init = processMark((await container.inspect()).State.Pid)
  } catch (error) {
    stream.destroy()
    await container.remove({ force: true }).catch(() => {})
    throw error
  }
  return { pid: Number.parseInt(init, 10), input: stream, output, stderr: () => complaints, kill, ended }
}

/** Whether the container's first process, as `processMark` names it, was still there; it is no longer for long. */
function killInit(init: string): boolean {
  const pid = Number.parseInt(init, 10)
  if (!(pid > 1) || init.endsWith(':') || processMark(pid) !== init) return false
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    return false
  }
}

/** Takes the engine's framed stream (one byte which, three of nothing, four of length) and passes standard output on. */
export class StandardOutput extends Transform {
  readonly #onError: (bytes: Buffer) => void
  #head = Buffer.alloc(0)
  #isOutput = false
  #left = 0

  constructor(onError: (bytes: Buffer) => void) {
    super()
    this.#onError = onError
  }

  override _transform(bytes: Buffer, _: string, done: TransformCallback): void {
    let rest = bytes
    while (rest.byteLength > 0) {
      if (this.#left === 0) {
        const missing = 8 - this.#head.byteLength
        this.#head = Buffer.concat([this.#head, rest.subarray(0, missing)])
        rest = rest.subarray(missing)
        if (this.#head.byteLength < 8) break
        this.#isOutput = this.#head[0] === 1
        this.#left = this.#head.readUInt32BE(4)
        this.#head = Buffer.alloc(0)
        if (this.#left > maxPieceBytes) {
          done(new Error('the engine sent a piece that cannot be'))
          return
        }
      } else {
        const piece = rest.subarray(0, this.#left)
        rest = rest.subarray(piece.byteLength)
        this.#left -= piece.byteLength
        if (this.#isOutput) this.push(piece)
        else this.#onError(piece)
      }
    }
    done()
  }
}
