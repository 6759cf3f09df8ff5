import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { endpointOf, rawSocket } from '../support/rawSocket.ts'
import { SessionGround } from '../support/sessionGround.ts'

let ground: SessionGround
beforeEach(async () => {
  ground = await SessionGround.begin()
})
afterEach(() => ground.end())

const networked = { tool: 'exec', arguments: { command: 'echo asked', network: true } }

describe('a daemon that is stopped', () => {
  test('does not deny a waiting approval in the user’s name: it waits on, and its answer counts', async () => {
    await ground.useSteps([[networked]])
    const task = await ground.submit()
    const { id: approval } = await ground.watched.asked()
    await ground.restarted()
    expect(ground.watched.state().tasks).toMatchObject([{ id: task, state: 'waiting' }])
    expect(ground.watched.ofType('approvalAnswered')).toEqual([])
    await ground.useSteps([[networked], []])
    await ground.client.request('approval/answer', { approval, outcome: { type: 'allowOnce' } })
    expect(await ground.watched.ended(task)).toMatchObject({ type: 'taskCompleted' })
    expect(ground.watched.ofType('toolFinished')).toMatchObject([{ outcome: 'ok' }])
  })

  test('does not let queued tasks run on the demo model after the start: they wait for what they were to follow', async () => {
    await ground.use(() => ({ type: 'hang' }))
    const first = await ground.submit('a')
    const second = await ground.submit('b')
    await ground.watched.until((event) => event.type === 'stepStarted')
    await ground.restarted()
    await ground.use(() => ({ type: 'reply', text: 'Done.' }))
    expect(ground.watched.state().tasks.map(({ state }) => state)).toEqual(['failed', 'queued'])
    await ground.client.request('task/resume', { session: ground.watched.id, task: first })
    expect(await ground.watched.ended(second)).toMatchObject({ type: 'taskCompleted' })
    const models = ground.watched.ofType('taskStarted').map((event) => ('model' in event ? event.model : ''))
    expect(models.filter((model) => model.includes('demo'))).toEqual([])
  })

  test('when idle, runs its queue to the end before it goes', async () => {
    await ground.use(async () => {
      await new Promise((resolve) => setTimeout(resolve, 50))
      return { type: 'reply', text: 'Done.' }
    })
    const tasks = [await ground.submit('a'), await ground.submit('b'), await ground.submit('c')]
    await ground.client.request('daemon/shutdown', { whenIdle: true })
    for (const task of tasks) expect(await ground.watched.ended(task)).toMatchObject({ type: 'taskCompleted' })
    await ground.client.closed
  })

  test('goes although a client does not read what it is sent', async () => {
    const raw = await rawSocket(ground.daemon.dataFolder)
    const { token } = endpointOf(ground.daemon.dataFolder)
    const params = { token, client: { name: 'raw', version: '0' }, protocol: { min: 1, max: 1 }, build: 'raw' }
    raw.sendMessage({ id: 1, method: 'daemon/hello', params })
    await raw.next()
    raw.socket.pause()
    for (let id = 2; id < 3000; id++)
      raw.sendMessage({ id, method: 'session/subscribe', params: { session: ground.watched.id } })
    await ground.client.request('session/list', {})
    await ground.restarted()
    raw.socket.destroy()
  })
})

describe('a session', () => {
  test('whose folder was opened through a link is found by either name', async () => {
    const link = join(ground.daemon.dataFolder, '..', 'link')
    symlinkSync(ground.daemon.folder, link)
    const { sessions } = await ground.client.request('session/list', { folder: link })
    expect(sessions.map(({ id }) => id)).toEqual([ground.watched.id])
  })

  test('whose folder is gone can still be read and deleted', async () => {
    const folder = join(ground.daemon.dataFolder, '..', 'gone')
    mkdirSync(folder)
    const { session } = await ground.client.request('session/create', { folder })
    rmSync(folder, { recursive: true })
    await ground.client.request('daemon/shutdown', { whenIdle: false })
    await ground.client.closed
    ground.client = await ground.daemon.connect()
    expect((await ground.client.request('session/subscribe', { session: session.id })).state.folder).toBe(folder)
    await ground.client.request('session/delete', { session: session.id })
  })

  test('of huge outputs is opened page by page, each of which fits a frame', async () => {
    const noise = 'head -c 60000 /dev/zero | tr "\\0" "\\001"; head -c 60000 /dev/zero | tr "\\0" "\\001" >&2'
    const steps = Array.from({ length: 24 }, () => [{ tool: 'exec', arguments: { command: noise } }])
    await ground.useSteps(steps)
    await ground.watched.ended(await ground.submit())
    const other = await ground.daemon.connect('window 2')
    const page = await other.request('session/subscribe', { session: ground.watched.id })
    expect(page.hasEarlier).toBe(true)
    expect(JSON.stringify(page).length).toBeLessThan(16 * 1024 * 1024)
    const all = [...page.events]
    while ((all[0]?.seq ?? 1) > 1) {
      const { events } = await other.request('session/history', {
        session: ground.watched.id,
        before: all[0]?.seq ?? 1,
      })
      all.unshift(...events)
    }
    expect(all.map(({ seq }) => seq)).toEqual(ground.watched.events.map(({ seq }) => seq))
  })
})
