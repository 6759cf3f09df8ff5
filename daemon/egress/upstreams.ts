import type { ClientRequestArgs } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { dial } from './dial.ts'
import type { Target } from './httpTarget.ts'
import { Agent } from './nodeHttp.ts'

/** Where a request goes, once it is allowed. */
export interface Route extends Target {
  readonly scheme: 'http' | 'https'
  readonly addresses: readonly string[]
}

/** Why there is no way to a host, in words. */
export class Unreachable extends Error {}

/** The connections to servers of one connection from inside; kept for its next requests to the same host. */
export class Upstreams extends Agent {
  readonly #gone: AbortSignal
  readonly #ca: readonly string[] | undefined

  /** `ca` takes the place of the machine's own roots. */
  constructor(gone: AbortSignal, ca: readonly string[] | undefined) {
    super({ keepAlive: true, maxSockets: 8, maxFreeSockets: 2, timeout: 4_000 })
    this.#gone = gone
    this.#ca = ca
    gone.addEventListener('abort', () => this.destroy(), { once: true })
  }

  override createConnection(
    options: ClientRequestArgs & { route?: Route },
    made: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    this.#open(options.route!).then(
      (socket) => made(null, socket),
      (error) => (made as (error: Error) => void)(error),
    )
  }

  async #open({ scheme, host, port, addresses }: Route): Promise<Socket> {
    const dialled = await dial(addresses, port, this.#gone)
    if (dialled.type === 'failed') throw new Unreachable(dialled.why)
    if (scheme === 'http') return dialled.socket
    return new Promise((resolve, reject) => {
      const secured = connectTls(
        {
          socket: dialled.socket,
          host: host.text,
          ...(host.type === 'name' && { servername: host.text }),
          ...(this.#ca && { ca: [...this.#ca] }),
          ALPNProtocols: ['http/1.1'],
          minVersion: 'TLSv1.2',
          // Said aloud, because an environment variable would turn it off.
          rejectUnauthorized: true,
        },
        () => resolve(secured),
      )
      dialled.socket.setTimeout(20_000, () => secured.destroy(new Unreachable('its TLS handshake took too long')))
      secured.once('secure', () => dialled.socket.setTimeout(0))
      secured.once('error', (error: NodeJS.ErrnoException) => {
        reject(error instanceof Unreachable ? error : new Unreachable(`TLS with it failed (${error.code ?? 'failed'})`))
      })
    })
  }
}
