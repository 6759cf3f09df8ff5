import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DaemonClient } from '#client/daemonClient.ts'
import type { ScriptedProvider } from '../../daemon/agent/models/scripted.ts'
import { scriptSteps, useScript, type Watched, watch } from '../support/conversation.ts'
import { endpointOf, rawSocket } from '../support/rawSocket.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'

let daemon: TestDaemon
let client: DaemonClient
let watched: Watched
let provider: ScriptedProvider | undefined
beforeEach(async () => {
  daemon = testDaemon()
  client = await daemon.connect('window 1')
  const { session } = await client.request('session/create', { folder: daemon.folder })
  watched = await watch(client, session.id)
})
afterEach(async () => {
  await provider?.close()
  provider = undefined
  await daemon.dispose()
})

async function submit(prompt = 'go'): Promise<string> {
  return (await client.request('task/submit', { session: watched.id, prompt })).task
}

/** An orderly stop, and what the next daemon makes of it. */
async function restart(): Promise<void> {
  await client.request('daemon/shutdown', { whenIdle: false })
  await client.closed
  await provider?.close()
  client = await daemon.connect('window 1')
  watched = await watch(client, watched.id)
}

const networked = { tool: 'exec', arguments: { command: 'echo asked', network: true } }

describe('a daemon that is stopped', () => {
  test('does not deny a waiting approval in the user’s name: it waits on, and its answer counts', async () => {
    provider = await scriptSteps(client, [[networked]])
    const task = await submit()
    const { id: approval } = await watched.asked()
    await restart()
    expect(watched.state().tasks).toMatchObject([{ id: task, state: 'waiting' }])
    expect(watched.ofType('approvalAnswered')).toEqual([])
    provider = await scriptSteps(client, [[networked], []])
    await client.request('approval/answer', { approval, outcome: { type: 'allowOnce' } })
    expect(await watched.ended(task)).toMatchObject({ type: 'taskCompleted' })
    expect(watched.ofType('toolFinished')).toMatchObject([{ outcome: 'ok' }])
  })

  test('does not let queued tasks run on the demo model after the start: they wait for what they were to follow', async () => {
    provider = await useScript(client, () => ({ type: 'hang' }))
    const first = await submit('a')
    const second = await submit('b')
    await watched.until((event) => event.type === 'stepStarted')
    await restart()
    provider = await useScript(client, () => ({ type: 'reply', text: 'Done.' }))
    expect(watched.state().tasks.map(({ state }) => state)).toEqual(['failed', 'queued'])
    await client.request('task/resume', { session: watched.id, task: first })
    expect(await watched.ended(second)).toMatchObject({ type: 'taskCompleted' })
    const models = watched.ofType('taskStarted').map((event) => ('model' in event ? event.model : ''))
    expect(models.filter((model) => model.includes('demo'))).toEqual([])
  })

  test('when idle, runs its queue to the end before it goes', async () => {
    provider = await useScript(client, async () => {
      await new Promise((resolve) => setTimeout(resolve, 50))
      return { type: 'reply', text: 'Done.' }
    })
    const tasks = [await submit('a'), await submit('b'), await submit('c')]
    await client.request('daemon/shutdown', { whenIdle: true })
    for (const task of tasks) expect(await watched.ended(task)).toMatchObject({ type: 'taskCompleted' })
    await client.closed
  })

  test('goes although a client does not read what it is sent', async () => {
    const raw = await rawSocket(daemon.dataFolder)
    const { token } = endpointOf(daemon.dataFolder)
    const params = { token, client: { name: 'raw', version: '0' }, protocol: { min: 1, max: 1 }, build: 'raw' }
    raw.sendMessage({ id: 1, method: 'daemon/hello', params })
    await raw.next()
    raw.socket.pause()
    for (let id = 2; id < 3000; id++)
      raw.sendMessage({ id, method: 'session/subscribe', params: { session: watched.id } })
    await client.request('session/list', {})
    await restart()
    raw.socket.destroy()
  })
})

describe('a session', () => {
  test('whose folder was opened through a link is found by either name', async () => {
    const link = join(daemon.dataFolder, '..', 'link')
    symlinkSync(daemon.folder, link)
    const { sessions } = await client.request('session/list', { folder: link })
    expect(sessions.map(({ id }) => id)).toEqual([watched.id])
  })

  test('whose folder is gone can still be read and deleted', async () => {
    const folder = join(daemon.dataFolder, '..', 'gone')
    mkdirSync(folder)
    const { session } = await client.request('session/create', { folder })
    rmSync(folder, { recursive: true })
    await client.request('daemon/shutdown', { whenIdle: false })
    await client.closed
    client = await daemon.connect()
    expect((await client.request('session/subscribe', { session: session.id })).state.folder).toBe(folder)
    await client.request('session/delete', { session: session.id })
  })

  test('of huge outputs is opened page by page, each of which fits a frame', async () => {
    const noise = 'head -c 60000 /dev/zero | tr "\\0" "\\001"; head -c 60000 /dev/zero | tr "\\0" "\\001" >&2'
    const steps = Array.from({ length: 24 }, () => [{ tool: 'exec', arguments: { command: noise } }])
    provider = await scriptSteps(client, steps)
    await watched.ended(await submit())
    const other = await daemon.connect('window 2')
    const page = await other.request('session/subscribe', { session: watched.id })
    expect(page.hasEarlier).toBe(true)
    expect(JSON.stringify(page).length).toBeLessThan(16 * 1024 * 1024)
    const all = [...page.events]
    while ((all[0]?.seq ?? 1) > 1) {
      const { events } = await other.request('session/history', { session: watched.id, before: all[0]?.seq ?? 1 })
      all.unshift(...events)
    }
    expect(all.map(({ seq }) => seq)).toEqual(watched.events.map(({ seq }) => seq))
  })
})
