import { expect, test } from 'vitest'
import type { DaemonClient } from '#client/daemonClient.ts'
import type { NotificationName } from '#protocol/methods.ts'
import { DaemonConnection, type Trouble } from '../../extension/daemonConnection.ts'

/** A daemon's client that answers every request with its own name, and can be cut off. */
function fakeClient() {
  const relays = new Set<(method: NotificationName, payload: unknown) => void>()
  let end = () => {}
  const closed = new Promise<void>((resolve) => {
    end = resolve
  })
  const client = {
    pid: 1,
    build: 'test',
    request: async (method: string) => ({ method }),
    on: () => () => {},
    onAny: (relay: (method: NotificationName, payload: unknown) => void) => {
      relays.add(relay)
      return () => void relays.delete(relay)
    },
    closed,
    close: () => end(),
  } as unknown as DaemonClient
  const notify = (method: NotificationName, payload: unknown) => {
    for (const relay of relays) relay(method, payload)
  }
  return { client, cut: end, notify }
}

function setUp({ running = true, blocked = null as Trouble | null, startFails = false } = {}) {
  const world = { running, blocked, startFails, time: 0 }
  const dials: boolean[] = []
  const greeted: DaemonClient[] = []
  const timers: { ms: number; call: () => void }[] = []
  const fakes: ReturnType<typeof fakeClient>[] = []
  const connection = new DaemonConnection({
    dial: async (launch) => {
      dials.push(launch)
      if (!world.running && (!launch || world.startFails)) throw new Error('no daemon')
      const fake = fakeClient()
      fakes.push(fake)
      return fake.client
    },
    blocked: () => world.blocked,
    greet: async (client) => void greeted.push(client),
    trouble: (error) => ({ why: (error as Error).message, fix: 'retry' }),
    after: (ms, call) => {
      const timer = { ms, call }
      timers.push(timer)
      return () => void (timers.includes(timer) && timers.splice(timers.indexOf(timer), 1))
    },
    now: () => world.time,
  })
  const states: string[] = []
  connection.changed.on((state) => states.push(state.type))
  const settle = () => new Promise((resolve) => setImmediate(resolve))
  return { world, connection, dials, greeted, timers, fakes, states, settle }
}

test('several uses at once make one greeted connection', async () => {
  const { connection, dials, greeted, states } = setUp()
  const [a, b] = await Promise.all([connection.use(), connection.use()])
  expect(a).toBe(b)
  expect(dials).toEqual([true])
  expect(greeted).toEqual([a])
  expect(states).toEqual(['connecting', 'connected'])
})

test('a look never starts a daemon, and a use that meets it does', async () => {
  const { connection, dials, settle } = setUp({ running: false })
  const look = connection.look()
  const use = connection.use()
  await look
  await use
  await settle()
  expect(dials).toEqual([false, true])
  expect(connection.state.type).toBe('connected')
})

test('a look that finds nothing leaves no failure behind', async () => {
  const { connection, states } = setUp({ running: false })
  await connection.look()
  expect(states).toEqual(['connecting', 'idle'])
})

test('a daemon that goes while nothing needs it is not started again', async () => {
  const { connection, fakes, timers, dials, settle } = setUp()
  await connection.use()
  fakes[0]!.cut()
  await settle()
  expect(connection.state.type).toBe('idle')
  expect(timers).toEqual([])
  expect(dials).toEqual([true])
})

test('while held it comes back, with growing pauses where it keeps going away', async () => {
  const { connection, fakes, timers, settle } = setUp()
  connection.hold()
  await settle()
  const pauses: number[] = []
  for (let round = 0; round < 9; round++) {
    fakes.at(-1)!.cut()
    await settle()
    const timer = timers.shift()!
    pauses.push(timer.ms)
    timer.call()
    await settle()
  }
  expect(pauses).toEqual([250, 500, 1000, 2000, 4000, 8000, 16000, 30000, 30000])
})

test('after a long quiet connection it comes back at once', async () => {
  const { connection, fakes, timers, world, settle } = setUp()
  connection.hold()
  await settle()
  world.time = 60_000
  fakes[0]!.cut()
  await settle()
  expect(timers.map(({ ms }) => ms)).toEqual([0])
})

test('letting go ends the attempts', async () => {
  const { connection, timers, settle } = setUp({ running: false, startFails: true })
  const release = connection.hold()
  await settle()
  expect(connection.state).toEqual({ type: 'failed', why: 'no daemon', fix: 'retry' })
  expect(timers).toHaveLength(1)
  release()
  release()
  expect(timers).toEqual([])
})

test('nothing is dialled while it is blocked; a retry connects once it is not', async () => {
  const { connection, dials, world, settle } = setUp({ blocked: { why: 'not trusted', fix: 'trust it' } })
  connection.hold()
  await settle()
  await expect(connection.request('model/status', {})).rejects.toThrow('not trusted trust it')
  expect(dials).toEqual([])
  expect(connection.state).toEqual({ type: 'failed', why: 'not trusted', fix: 'trust it' })
  world.blocked = null
  connection.retry()
  await settle()
  expect(connection.state.type).toBe('connected')
})

test('a retry that nobody waits for only looks', async () => {
  const { connection, dials, settle } = setUp()
  connection.retry()
  await settle()
  expect(dials).toEqual([false])
})

test('a connection that ends during the greeting is a failure, not a connection', async () => {
  const { fakes } = setUp()
  const connection = new DaemonConnection({
    dial: async () => {
      const fake = fakeClient()
      fakes.push(fake)
      return fake.client
    },
    blocked: () => null,
    greet: async () => {
      fakes[0]!.cut()
      await new Promise((resolve) => setImmediate(resolve))
    },
    trouble: (error) => ({ why: (error as Error).name, fix: '' }),
    after: () => () => {},
    now: () => 0,
  })
  await expect(connection.use()).rejects.toThrow('closed')
  expect(connection.state).toEqual({ type: 'failed', why: 'ConnectionClosed', fix: '' })
})

test('notifications come through, from every connection in turn', async () => {
  const { connection, fakes, settle } = setUp()
  const seen: string[] = []
  connection.notified.on(({ method }) => seen.push(method))
  connection.hold()
  await settle()
  fakes[0]!.notify('model/changed', {})
  fakes[0]!.cut()
  await settle()
  connection.retry()
  await settle()
  fakes[1]!.notify('session/deleted', {})
  expect(seen).toEqual(['model/changed', 'session/deleted'])
})
