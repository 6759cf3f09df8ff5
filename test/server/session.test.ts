import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DaemonClient } from '#client/daemonClient.ts'
import { scriptSteps, useScript, watch } from '../support/conversation.ts'
import { eventually } from '../support/eventually.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'

let daemon: TestDaemon
let client: DaemonClient
const closing: (() => Promise<void>)[] = []
beforeAll(async () => {
  daemon = testDaemon()
  client = await daemon.connect()
})
afterAll(async () => {
  for (const close of closing) await close()
  await daemon.dispose()
})

async function newSession(title?: string): Promise<string> {
  const { session } = await client.request('session/create', { folder: daemon.folder, ...(title ? { title } : {}) })
  return session.id
}

describe('session/create', () => {
  test('answers with a summary, and every client hears of it', async () => {
    const other = await daemon.connect('other window')
    const heard: string[] = []
    other.on('session/changed', (payload) => heard.push(payload.session.id))
    const { session } = await client.request('session/create', { folder: daemon.folder, title: 'First' })
    expect(session).toMatchObject({
      folder: daemon.folder,
      title: 'First',
      state: 'idle',
      approvals: 0,
      changedFiles: 0,
    })
    await eventually(() => heard).toContain(session.id)
    other.close()
  })

  test('a link to a folder is the folder', async () => {
    const link = join(daemon.dataFolder, '..', 'link')
    symlinkSync(daemon.folder, link)
    const { session } = await client.request('session/create', { folder: link })
    expect(session.folder).toBe(daemon.folder)
  })

  test.each([
    ['a relative path', 'src'],
    ['a folder that is not there', '/nowhere/at/all'],
    ['the whole machine', '/'],
    ['a file', '/etc/hostname'],
  ])('%s is refused with the reason', async (_, folder) => {
    await expect(client.request('session/create', { folder })).rejects.toMatchObject({
      data: { type: 'folderNotUsable', folder },
    })
  })
})

describe('session/list', () => {
  test('lists one folder’s, newest first', async () => {
    const folder = join(daemon.dataFolder, '..', 'second')
    mkdirSync(folder)
    const { session: a } = await client.request('session/create', { folder })
    await new Promise((resolve) => setTimeout(resolve, 5))
    const { session: b } = await client.request('session/create', { folder })
    const { sessions } = await client.request('session/list', { folder })
    expect(sessions.map(({ id }) => id)).toEqual([b.id, a.id])
  })
})

describe('session/rename', () => {
  test('is an event that watchers get', async () => {
    const watched = await watch(client, await newSession('old'))
    await client.request('session/rename', { session: watched.id, title: 'new' })
    await watched.until((event) => event.type === 'sessionRenamed')
    expect(watched.state().title).toBe('new')
  })

  test('an unknown session is refused', async () => {
    const refusal = client.request('session/rename', { session: 's_none', title: 'x' })
    await expect(refusal).rejects.toMatchObject({ data: { type: 'sessionNotFound', session: 's_none' } })
  })
})

describe('session/delete', () => {
  test('takes log and layer away and tells everybody', async () => {
    const id = await newSession()
    const heard = new Promise<string>((resolve) => client.on('session/deleted', ({ session }) => resolve(session)))
    await client.request('session/delete', { session: id })
    expect(await heard).toBe(id)
    await expect(client.request('session/subscribe', { session: id })).rejects.toMatchObject({
      data: { type: 'sessionNotFound' },
    })
  })

  test('is refused while a task is at work', async () => {
    const id = await newSession()
    const provider = await useScript(client, () => ({ type: 'hang' }))
    closing.push(() => provider.close())
    const { task } = await client.request('task/submit', { session: id, prompt: 'go' })
    await expect(client.request('session/delete', { session: id })).rejects.toMatchObject({
      data: { type: 'sessionBusy' },
    })
    await client.request('task/cancel', { session: id, task })
    await client.request('session/delete', { session: id })
  })
})

describe('session/subscribe', () => {
  test('two windows see the same events; one that joins later gets what it missed, by number', async () => {
    writeFileSync(join(daemon.folder, 'a.txt'), 'one\n')
    const provider = await scriptSteps(client, [
      [{ tool: 'read_file', arguments: { path: 'a.txt' } }],
      [{ tool: 'exec', arguments: { command: 'echo hello' } }],
    ])
    closing.push(() => provider.close())
    const first = await watch(client, await newSession())
    const { task } = await client.request('task/submit', { session: first.id, prompt: 'look' })
    await first.until((event) => event.type === 'toolFinished')
    const other = await daemon.connect('other window')
    const { state } = await other.request('session/subscribe', { session: first.id })
    const seen = state.seq
    await first.ended(task)
    const rest = await other.request('session/subscribe', { session: first.id, after: seen })
    expect(rest.gap).toBe(false)
    expect(rest.events).toEqual(first.events.filter(({ seq }) => seq > seen))
    expect(rest.state).toEqual(first.state())
    other.close()
  })

  test('live text comes with offsets that join, and the logged reply is the whole of it', async () => {
    const text = Array.from({ length: 3000 }, (_, i) => `word${i}`).join(' ')
    const provider = await useScript(client, () => ({ type: 'reply', text }))
    closing.push(() => provider.close())
    const watched = await watch(client, await newSession())
    let live = ''
    client.on('session/live', ({ session, part, offset, text: more }) => {
      if (session !== watched.id || part !== 'reply') return
      expect(offset).toBe(live.length)
      live += more
    })
    const { task } = await client.request('task/submit', { session: watched.id, prompt: 'talk' })
    await watched.ended(task)
    expect(text.startsWith(live)).toBe(true)
    expect(watched.ofType('modelReplied')).toMatchObject([{ text }])
  })

  test('a session of thousands of events is opened by its last page, and the pages before it join', async () => {
    const steps = Array.from({ length: 150 }, (_, i) => [{ tool: 'no_such_tool', arguments: { i } }])
    const provider = await scriptSteps(client, steps)
    closing.push(() => provider.close())
    const watched = await watch(client, await newSession())
    const { task } = await client.request('task/submit', { session: watched.id, prompt: 'long' })
    await watched.ended(task)
    const last = await client.request('session/subscribe', { session: watched.id })
    expect(last.hasEarlier).toBe(true)
    expect(last.events.length).toBeLessThan(220)
    const all = [...last.events]
    for (let earlier = true; earlier; ) {
      const page = await client.request('session/history', {
        session: watched.id,
        before: all[0]?.seq ?? 1,
        limit: 100,
      })
      all.unshift(...page.events)
      earlier = page.hasEarlier
    }
    expect(all).toEqual(watched.events)
  })
})
