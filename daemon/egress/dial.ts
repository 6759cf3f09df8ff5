import { connect, type Socket } from 'node:net'

export type Dialled =
  | { readonly type: 'connected'; readonly socket: Socket }
  | { readonly type: 'failed'; readonly why: string }

const giveUpAfterMs = 20_000
const nextAfterMs = 250

/**
 * Connects to one of these addresses, the first one that answers; each gets a head start before the next is tried as well.
 * Nothing is looked up here. The socket is half-open capable and belongs to the caller.
 */
export function dial(addresses: readonly string[], port: number, signal: AbortSignal): Promise<Dialled> {
  return new Promise((settle) => {
    const open = new Set<Socket>()
    const left = alternating(addresses)
    let why = 'it could not be reached'
    let next: NodeJS.Timeout | undefined

    const end = (result: Dialled) => {
      clearTimeout(next)
      clearTimeout(limit)
      signal.removeEventListener('abort', cancelled)
      for (const socket of open) if (result.type === 'failed' || socket !== result.socket) socket.destroy()
      settle(result)
    }
    const cancelled = () => end({ type: 'failed', why: 'nobody waits for it any more' })
    const limit = setTimeout(() => end({ type: 'failed', why: 'it did not answer in time' }), giveUpAfterMs)

    const tryNext = () => {
      clearTimeout(next)
      const address = left.shift()
      if (address === undefined) {
        if (open.size === 0) end({ type: 'failed', why })
        return
      }
      const socket = connect({ host: address, port, allowHalfOpen: true, noDelay: true, lookup: neverLookUp })
      open.add(socket)
      const failed = (error: NodeJS.ErrnoException) => {
        open.delete(socket)
        why =
          error.code === 'ECONNREFUSED'
            ? 'nothing listens there'
            : `it could not be reached (${error.code ?? 'failed'})`
        tryNext()
      }
      socket.once('error', failed)
      socket.once('connect', () => {
        socket.removeListener('error', failed)
        socket.on('error', () => {})
        end({ type: 'connected', socket })
      })
      next = setTimeout(tryNext, nextAfterMs)
    }

    if (signal.aborted) return cancelled()
    signal.addEventListener('abort', cancelled, { once: true })
    tryNext()
  })
}

// The addresses were checked; a second lookup could give others.
const neverLookUp = (name: string) => {
  throw new Error(`${name} is no address`)
}

/** Both families in turn, in the resolver's order, so that one that leads nowhere costs little. */
function alternating(addresses: readonly string[]): string[] {
  const six = addresses.filter((address) => address.includes(':'))
  const four = addresses.filter((address) => !address.includes(':'))
  const [first, second] = addresses[0]?.includes(':') ? [six, four] : [four, six]
  return first.flatMap((address, at) => [address, ...second.slice(at, at + 1)]).concat(second.slice(first.length))
}
