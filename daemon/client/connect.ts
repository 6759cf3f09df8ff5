import { createMessageConnection, ErrorCodes, ResponseError } from 'vscode-jsonrpc/node'
import type { ProtocolErrorData } from '#protocol/errors.ts'
import type { NotificationName } from '#protocol/methods.ts'
import { type Channel, openChannel } from './channel.ts'
import type { ConnectParams, DaemonClient } from './daemonClient.ts'
import { ConnectionClosed, DaemonError, NoDaemon } from './daemonError.ts'
import { dataFolder } from './dataFolder.ts'
import { startDaemon } from './startDaemon.ts'

/** So long a start is tried again that failed for what may pass. */
const patienceMs = 10_000

/**
 * Finds the daemon of this user, or starts it where `launch` says how, and greets it. A daemon of an older version is
 * asked to go when it is idle; one of the same version but another build only where nobody else uses it, so that two
 * windows of different builds never replace each other's daemon in turn. Rejects with `NoDaemon` or `DaemonError`.
 */
export async function connect(params: ConnectParams): Promise<DaemonClient> {
  const client = clientOf(await greet(params))
  if (!params.launch || params.role || !(await shouldReplace(client, params.build))) return client
  const { pending } = await client.request('daemon/shutdown', { whenIdle: true })
  if (pending) return client
  await client.closed
  return clientOf(await greet(params))
}

async function greet({ client, build, role, launch, dataFolder: given }: ConnectParams): Promise<Channel> {
  const folder = given ?? dataFolder()
  const greeting = { client, build, ...(role && { role }) }
  try {
    return await openChannel(folder, greeting)
  } catch (error) {
    if (!(error instanceof NoDaemon) || !launch) throw error
  }
  // Losing the race for the start is as good as winning it; one that is just going holds its database a little longer.
  const deadline = Date.now() + patienceMs
  for (let pauseMs = 100; ; pauseMs = Math.min(2 * pauseMs, 2000)) {
    try {
      let found: Channel | undefined
      await startDaemon(folder, launch, async () => {
        found = await openChannel(folder, greeting).catch(() => undefined)
        return found !== undefined
      })
      return found ?? (await openChannel(folder, greeting))
    } catch (error) {
      if (!(error instanceof NoDaemon) || error.lasting || Date.now() + pauseMs > deadline) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}

async function shouldReplace(client: DaemonClient, build: string): Promise<boolean> {
  if (client.build === build) return false
  const order = compareVersions(build, client.build)
  if (order !== 0) return order > 0
  const { connections, runningTasks } = await client.request('daemon/status', {})
  return connections === 1 && runningTasks === 0
}

function compareVersions(a: string, b: string): number {
  const numbers = (build: string) =>
    (build.split('+')[0] ?? '').split('.').map((part) => Number.parseInt(part, 10) || 0)
  const [left, right] = [numbers(a), numbers(b)]
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

function clientOf({ socket, reader, writer, hello }: Channel): DaemonClient {
  const rpc = createMessageConnection(reader, writer)
  const listeners = new Map<string, Set<(payload: unknown) => void>>()
  const relays = new Set<(method: NotificationName, payload: unknown) => void>()
  rpc.onNotification((method, payload) => {
    for (const listener of listeners.get(method) ?? []) listener(payload)
    for (const relay of relays) relay(method as NotificationName, payload)
  })
  const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  const closed = gone.then(() => rpc.dispose())
  // Disposing rejects what is pending; the stream's own error adds nothing.
  rpc.onError(() => socket.destroy())
  rpc.listen()
  return {
    pid: hello.pid,
    build: hello.build,
    closed,
    close: () => void socket.end(),
    async request(method, params) {
      try {
        return (await rpc.sendRequest(method, params)) as never
      } catch (error) {
        if (!(error instanceof ResponseError) || error.code === ErrorCodes.PendingResponseRejected) {
          throw new ConnectionClosed()
        }
        throw new DaemonError(error.message, error.data as ProtocolErrorData | undefined)
      }
    },
    on(method, listener) {
      const set = listeners.get(method) ?? new Set()
      listeners.set(method, set)
      set.add(listener as (payload: unknown) => void)
      return () => void set.delete(listener as (payload: unknown) => void)
    },
    onAny(relay) {
      relays.add(relay)
      return () => void relays.delete(relay)
    },
  }
}
