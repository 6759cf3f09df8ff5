import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DaemonClient } from '#client/daemonClient.ts'
import { useScript, watch } from '../support/conversation.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'

let daemon: TestDaemon
let client: DaemonClient
beforeEach(async () => {
  daemon = testDaemon()
  client = await daemon.connect('window 1')
})
afterEach(() => daemon.dispose())

describe('daemon/status', () => {
  test('counts connections, sessions and what is at work', async () => {
    const other = await daemon.connect('window 2')
    const { session } = await client.request('session/create', { folder: daemon.folder })
    const provider = await useScript(client, () => ({ type: 'hang' }))
    const watched = await watch(client, session.id)
    const { task } = await client.request('task/submit', { session: session.id, prompt: 'go' })
    await watched.until((event) => event.type === 'stepStarted')
    expect(await other.request('daemon/status', {})).toMatchObject({
      pid: client.pid,
      connections: 2,
      sessions: 1,
      runningTasks: 1,
      openSandboxes: 1,
      dataFolder: daemon.dataFolder,
    })
    await client.request('task/cancel', { session: session.id, task })
    await provider.close()
  })
})

describe('daemon/shutdown', () => {
  test('when idle, it waits for the running task, then goes and takes its endpoint away', async () => {
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const provider = await useScript(client, async () => {
      await held
      return { type: 'reply', text: 'Done.' }
    })
    const { session } = await client.request('session/create', { folder: daemon.folder })
    const watched = await watch(client, session.id)
    const { task } = await client.request('task/submit', { session: session.id, prompt: 'go' })
    await watched.until((event) => event.type === 'stepStarted')
    expect(await client.request('daemon/shutdown', { whenIdle: true })).toEqual({ pending: true })
    release()
    expect(await watched.ended(task)).toMatchObject({ type: 'taskCompleted' })
    await client.closed
    expect(existsSync(join(daemon.dataFolder, 'endpoint.json'))).toBe(false)
    await provider.close()
  })

  test('at once, the running task is interrupted, says so, and can be resumed', async () => {
    const provider = await useScript(client, () => ({ type: 'hang' }))
    const { session } = await client.request('session/create', { folder: daemon.folder })
    let watched = await watch(client, session.id)
    const { task } = await client.request('task/submit', { session: session.id, prompt: 'go' })
    await watched.until((event) => event.type === 'stepStarted')
    await client.request('daemon/shutdown', { whenIdle: false })
    await client.closed
    await provider.close()
    client = await daemon.connect()
    watched = await watch(client, session.id)
    expect(watched.state().tasks).toMatchObject([{ id: task, state: 'failed', failure: { code: 'interrupted' } }])
    const again = await useScript(client, () => ({ type: 'reply', text: 'Done.' }))
    await client.request('task/resume', { session: session.id, task })
    await watched.until((event) => event.type === 'taskCompleted')
    await again.close()
  })
})

describe('model/status and model/configure', () => {
  test('without a model the demo answers; the key is never told back; all windows hear of a change', async () => {
    expect(await client.request('model/status', {})).toEqual({
      model: { demo: true, baseUrl: '', model: 'paddock-demo', hasKey: false },
    })
    const other = await daemon.connect('window 2')
    const heard = new Promise((resolve) => other.on('model/changed', resolve))
    const endpoint = { baseUrl: 'http://127.0.0.1:9/v1', model: 'm', apiKey: 'secret-key' }
    const { model } = await client.request('model/configure', endpoint)
    expect(model).toEqual({ demo: false, baseUrl: endpoint.baseUrl, model: 'm', hasKey: true })
    expect(JSON.stringify(await heard)).not.toContain('secret-key')
  })

  test('another endpoint never gets the key of the one before', async () => {
    await client.request('model/configure', { baseUrl: 'http://127.0.0.1:9/v1', model: 'm', apiKey: 'secret-key' })
    const { model } = await client.request('model/configure', { baseUrl: 'http://127.0.0.1:10/v1', model: 'm' })
    expect(model.hasKey).toBe(false)
  })

  test('an address that is none is refused', async () => {
    const refusal = client.request('model/configure', { baseUrl: 'file:///etc/passwd', model: 'm' })
    await expect(refusal).rejects.toMatchObject({ data: { type: 'invalidParams', issues: [{ path: 'baseUrl' }] } })
  })
})

describe('sandbox/status', () => {
  test('is ready here, proved by running', async () => {
    expect(await client.request('sandbox/status', { folder: daemon.folder })).toEqual({
      sandbox: { type: 'ready', kind: 'bubblewrap' },
    })
  })
})
