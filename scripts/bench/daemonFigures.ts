import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node'
import { type Figure, median, percentile, time } from './figure.ts'
import { ground } from './ground.ts'
import { memoryOf } from './processMemory.ts'

/** How long a daemon takes to answer for the first time, how fast it answers then, and what it weighs. */
export async function daemonFigures(): Promise<Figure[]> {
  const starts: number[] = []
  for (let i = 0; i < 12; i++) {
    const place = ground()
    const begin = performance.now()
    const client = await place.connect()
    await client.request('session/list', {})
    // The first one reads the bundle from the disk.
    if (i > 0) starts.push(performance.now() - begin)
    await place.leave()
  }
  const nodeStart = await time(7, () => spawnSync(process.execPath, ['-e', '0']))
  const place = ground()
  try {
    const client = await place.connect()
    const trips = await time(2000, () => client.request('approval/list', {}), 200)
    const idle = memoryOf(client.pid)
    for (let i = 0; i < 20; i++) {
      const { session } = await client.request('session/create', { folder: place.folder })
      await client.request('session/subscribe', { session: session.id })
    }
    const open = memoryOf(client.pid)
    const bare = await bareRoundTrips()
    return [
      {
        name: 'daemon start to first answer',
        value: median(starts),
        p95: percentile(starts, 95),
        unit: 'ms',
        limit: { name: 'node -e 0', value: median(nodeStart) },
        aim: 200,
      },
      {
        name: 'request round trip',
        value: median(trips),
        p95: percentile(trips, 95),
        unit: 'ms',
        limit: { name: 'bare vscode-jsonrpc echo', value: median(bare) },
      },
      { name: 'daemon memory, idle', value: idle, unit: 'MB' },
      { name: 'daemon memory, 20 open sessions', value: open, unit: 'MB' },
    ]
  } finally {
    await place.leave()
  }
}

/** The same library and kind of socket with nothing behind it; both ends share this process. */
async function bareRoundTrips(): Promise<number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'paddock-echo-'))
  const path = join(folder, 's')
  const server = createServer((socket) => {
    const rpc = createMessageConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket))
    rpc.onRequest('echo', (value) => value)
    rpc.listen()
  })
  server.listen(path)
  await once(server, 'listening')
  const socket = createConnection(path)
  const rpc = createMessageConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket))
  rpc.listen()
  try {
    return await time(2000, () => rpc.sendRequest('echo', {}), 200)
  } finally {
    rpc.dispose()
    socket.destroy()
    server.close()
    rmSync(folder, { recursive: true })
  }
}
