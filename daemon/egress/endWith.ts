import type { Duplex } from 'node:stream'

const lingerMs = 5_000

/** Says a last word and ends. What still comes is let go: a stream that is destroyed with bytes unread can lose the word. */
export function endWith(stream: Duplex, last?: string | Uint8Array): void {
  if (!stream.writable) return void stream.destroy()
  const limit = setTimeout(() => stream.destroy(), lingerMs)
  stream.once('close', () => clearTimeout(limit))
  stream.once('end', () => stream.destroy())
  if (last === undefined) stream.end()
  else stream.end(last)
  stream.resume()
}
