import { once } from 'node:events'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DaemonClient } from '#client/daemonClient.ts'
import { endpointOf, rawSocket } from '../support/rawSocket.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'

let daemon: TestDaemon
let client: DaemonClient
beforeAll(async () => {
  daemon = testDaemon()
  client = await daemon.connect()
})
afterAll(() => daemon.dispose())

function hello(changes: object = {}) {
  const { token } = endpointOf(daemon.dataFolder)
  const params = {
    token,
    client: { name: 'raw', version: '0' },
    protocol: { min: 1, max: 1 },
    build: 'raw',
    ...changes,
  }
  return { id: 1, method: 'daemon/hello', params }
}

async function stillServes(): Promise<void> {
  expect((await client.request('daemon/status', {})).pid).toBe(client.pid)
}

describe('daemon/hello', () => {
  test('answers with protocol, build and pid', async () => {
    const raw = await rawSocket(daemon.dataFolder)
    raw.sendMessage(hello())
    expect(await raw.next()).toMatchObject({ id: 1, result: { protocol: 1, build: client.build, pid: client.pid } })
    raw.socket.end()
  })

  test('endpoint file, socket and data folder are the user’s alone', () => {
    const mode = (path: string) => statSync(path).mode & 0o777
    expect(mode(join(daemon.dataFolder, 'endpoint.json'))).toBe(0o600)
    expect(mode(endpointOf(daemon.dataFolder).socket)).toBe(0o600)
    expect(mode(daemon.dataFolder)).toBe(0o700)
  })

  test.each<[string, () => object, string]>([
    ['a foreign token', () => hello({ token: 'x'.repeat(43) }), 'tokenRefused'],
    ['an empty token', () => hello({ token: '' }), 'tokenRefused'],
    ['a newer protocol', () => hello({ protocol: { min: 2, max: 9 } }), 'protocolMismatch'],
    ['params of the wrong shape', () => hello({ client: 'me' }), 'invalidParams'],
    ['another request first', () => ({ id: 1, method: 'session/list', params: {} }), 'notGreeted'],
    ['a notification first', () => ({ method: 'session/list', params: {} }), 'notGreeted'],
  ])('%s is refused and the connection ended', async (_, message, type) => {
    const raw = await rawSocket(daemon.dataFolder)
    raw.sendMessage(message())
    expect((await raw.next())?.error?.data?.type).toBe(type)
    expect(await raw.next()).toBeUndefined()
    await stillServes()
  })

  test.each<[string, string | Uint8Array, string]>([
    ['an oversize frame', `Content-Length: ${17 * 1024 * 1024}\r\n\r\n`, 'frameTooLarge'],
    ['malformed JSON', 'Content-Length: 5\r\n\r\n{"a":', 'badJson'],
    ['no header', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', 'badHeader'],
    ['an endless header', 'x'.repeat(10_000), 'headerTooLarge'],
  ])('%s is refused, before the greeting and after it', async (_, bytes, type) => {
    for (const greet of [false, true]) {
      const raw = await rawSocket(daemon.dataFolder)
      if (greet) {
        raw.sendMessage(hello())
        await raw.next()
      }
      raw.send(bytes)
      expect((await raw.next())?.error?.data?.type).toBe(type)
      expect(await raw.next()).toBeUndefined()
    }
    await stillServes()
  })

  test('a client that says nothing is let go, and one that stops half way through a frame too', async () => {
    const silent = await rawSocket(daemon.dataFolder)
    const half = await rawSocket(daemon.dataFolder)
    half.send('Content-Length: 100\r\n\r\n{"jsonrpc"')
    await Promise.all([once(silent.socket, 'close'), once(half.socket, 'close')])
    await stillServes()
  })

  test('an unknown method and invalid params are refused without ending the connection', async () => {
    const raw = await rawSocket(daemon.dataFolder)
    raw.sendMessage(hello())
    await raw.next()
    for (const method of ['session/nothing', 'toString', '__proto__', 'daemon/hello']) {
      raw.sendMessage({ id: 2, method, params: {} })
      expect((await raw.next())?.error?.code, method).toBe(-32601)
    }
    raw.sendMessage({ id: 3, method: 'session/create', params: { folder: 7 } })
    expect((await raw.next())?.error).toMatchObject({
      code: -32602,
      data: { type: 'invalidParams', method: 'session/create', issues: [{ path: 'folder' }] },
    })
    raw.sendMessage({ id: 4, method: 'session/list', params: {} })
    expect(await raw.next()).toMatchObject({ id: 4, result: { sessions: expect.any(Array) } })
    raw.socket.end()
  })

  test('a client that asks a hundred megabytes and reads nothing does not make the daemon grow', async () => {
    for (let i = 0; i < 60; i++) {
      await client.request('session/create', { folder: daemon.dataFolder, title: 'x'.repeat(200) })
    }
    const raw = await rawSocket(daemon.dataFolder)
    raw.sendMessage(hello())
    await raw.next()
    const answer = JSON.stringify(await client.request('session/list', {})).length
    const before = (await client.request('daemon/status', {})).memoryBytes
    raw.socket.pause()
    const count = Math.ceil((100 * 1024 * 1024) / answer)
    for (let i = 0; i < count; i++) raw.sendMessage({ id: i + 10, method: 'session/list', params: {} })
    for (let i = 0; i < 20; i++) await client.request('session/list', {})
    const after = (await client.request('daemon/status', {})).memoryBytes
    expect(after - before).toBeLessThan(48 * 1024 * 1024)
    raw.socket.destroy()
    await stillServes()
  })
})
