import type { Duplex } from 'node:stream'

/** What was made of a stream's first bytes, and how many of them that took; the rest is put back. */
export interface Taken<T> {
  readonly value: T
  readonly used: number
}

const limit = 80 * 1024
// Every piece makes `read` look anew: byte by byte, that would keep the daemon busy.
const maxPieces = 1_000
const giveUpAfterMs = 30_000

/**
 * Reads the first bytes of a stream that nobody reads yet, until `read` makes something of them. Undefined, with nothing
 * put back, when the stream ends before that, takes too long, or sends too much.
 */
export function takeFirst<T>(stream: Duplex, read: (bytes: Buffer) => Taken<T> | undefined): Promise<T | undefined> {
  return new Promise((settle) => {
    let bytes: Buffer = Buffer.alloc(0)
    let pieces = 0
    const end = (value: T | undefined) => {
      clearTimeout(timer)
      stream.removeListener('readable', more)
      for (const event of ['end', 'close', 'error']) stream.removeListener(event, ended)
      // Node makes up its mind about a stream without `readable` listeners in the next tick.
      process.nextTick(settle, value)
    }
    const ended = () => end(undefined)
    const more = () => {
      for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) {
        bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk])
        const taken = read(bytes)
        if (taken) {
          if (taken.used < bytes.length) stream.unshift(bytes.subarray(taken.used))
          return end(taken.value)
        }
        pieces += 1
        if (bytes.length > limit || pieces > maxPieces) return end(undefined)
      }
    }
    const timer = setTimeout(ended, giveUpAfterMs)
    if (stream.destroyed || stream.readableEnded) return ended()
    stream.on('readable', more)
    for (const event of ['end', 'close', 'error']) stream.on(event, ended)
  })
}

/**
 * Notices that a stream which nobody reads comes to its end, until the result is called; what came before that is put
 * back then. Does not look beyond 80 KiB.
 */
export function watchEnd(stream: Duplex, onEnd: () => void): () => void {
  const chunks: Buffer[] = []
  let size = 0
  const more = () => {
    for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) {
      chunks.push(chunk)
      size += chunk.length
      if (size > limit) stream.removeListener('readable', more)
    }
  }
  stream.on('readable', more)
  stream.once('end', onEnd)
  return () => {
    stream.removeListener('readable', more)
    stream.removeListener('end', onEnd)
    if (size > 0 && !stream.readableEnded && !stream.destroyed) stream.unshift(Buffer.concat(chunks))
  }
}
