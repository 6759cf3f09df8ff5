import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DaemonClient } from '#client/daemonClient.ts'
import type { AuditEntry } from '#protocol/audit.ts'
import { type MethodName, methods } from '#protocol/methods.ts'
import type { ScriptedProvider } from '../../daemon/agent/models/scripted.ts'
import { neededRoles } from '../../daemon/server/roles.ts'
import { scriptSteps, type Watched, watch } from '../support/conversation.ts'
import { endpointOf, type RawSocket, rawSocket } from '../support/rawSocket.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'

let daemon: TestDaemon
let client: DaemonClient
let watched: Watched
let provider: ScriptedProvider
beforeAll(async () => {
  daemon = testDaemon()
  client = await daemon.connect('window')
  provider = await scriptSteps(client, [
    [{ tool: 'exec', arguments: { command: 'echo ran > ran.txt', network: true } }],
  ])
  const { session } = await client.request('session/create', { folder: daemon.folder, title: 'seen' })
  watched = await watch(client, session.id)
  await client.request('task/submit', { session: session.id, prompt: 'go' })
  await watched.asked()
})
afterAll(async () => {
  await provider.close()
  await daemon.dispose()
})

const greetings: [string, (tokens: { token: string; viewToken: string }) => object][] = [
  ['the view token', ({ viewToken }) => ({ token: viewToken })],
  ['the view token, asking for everything', ({ viewToken }) => ({ token: viewToken, role: 'full' })],
  ['the full token, asking for less', ({ token }) => ({ token, role: 'view' })],
]

async function greeted(greeting: object, name = 'viewer'): Promise<RawSocket & { role: string }> {
  const raw = await rawSocket(daemon.dataFolder)
  const params = { client: { name, version: '0' }, protocol: { min: 1, max: 1 }, build: 'raw', ...greeting }
  raw.sendMessage({ id: 1, method: 'daemon/hello', params })
  const { result } = (await raw.next()) as { result: { role: string } }
  return Object.assign(raw, { role: result.role })
}

/** The answer to a request, whatever is told in between. */
async function ask(raw: RawSocket, method: string, params: object = {}) {
  raw.sendMessage({ id: 2, method, params })
  for (;;) {
    const message = await raw.next()
    if (!message || message.id === 2) return message
  }
}

async function recorded(kind: AuditEntry['kind']): Promise<AuditEntry[]> {
  return (await client.request('audit/list', { filter: { kind }, after: 0, limit: 500 })).entries
}

test('every method says what a client must be to call it', () => {
  expect(Object.keys(neededRoles).sort()).toEqual(Object.keys(methods).sort())
})

describe.each(greetings)('a client greeted with %s', (how, greetingOf) => {
  test('views', async () => {
    const raw = await greeted(greetingOf(endpointOf(daemon.dataFolder)))
    expect(raw.role).toBe('view')
    expect(await ask(raw, 'session/list')).toMatchObject({ result: { sessions: [{ title: 'seen' }] } })
    expect(await ask(raw, 'session/subscribe', { session: watched.id })).toMatchObject({
      result: { state: { approvals: [{ tool: 'exec' }] } },
    })
    expect(await ask(raw, 'approval/list')).toMatchObject({ result: { approvals: [{ tool: 'exec' }] } })
    raw.socket.destroy()
  })

  test('cannot call any method that is for others, whatever its params, and each is recorded', async () => {
    const name = `who tries all with ${how}`
    const raw = await greeted(greetingOf(endpointOf(daemon.dataFolder)), name)
    const refused = (Object.keys(methods) as MethodName[]).filter((name) => neededRoles[name] !== 'view')
    expect(refused.length).toBeGreaterThan(30)
    for (const method of refused) {
      expect((await ask(raw, method, { session: watched.id, confirm: true }))?.error, method).toMatchObject({
        code: -32005,
        data: { type: 'roleRefused', method, role: 'view' },
      })
    }
    expect((await client.request('daemon/status', {})).pid).toBe(client.pid)
    const tried = (await recorded('roleRefused')).filter(({ who }) => who.name === name)
    expect(tried.map(({ evidence }) => evidence?.method)).toEqual(refused)
    raw.socket.destroy()
  })
})

test('an answer of who only views counts for nothing, and is recorded once', async () => {
  const { viewToken } = endpointOf(daemon.dataFolder)
  const raw = await greeted({ token: viewToken }, 'a viewer that answers')
  const { id: approval } = await watched.asked()
  for (let i = 0; i < 3; i++) {
    const answer = await ask(raw, 'approval/answer', { approval, outcome: { type: 'allowOnce' } })
    expect(answer?.error?.data).toEqual({ type: 'roleRefused', method: 'approval/answer', role: 'view' })
  }
  raw.socket.destroy()
  expect(watched.state().approvals.map(({ id }) => id)).toEqual([approval])
  expect(existsSync(join(daemon.folder, 'ran.txt'))).toBe(false)
  const mine = (await recorded('roleRefused')).filter(({ who }) => who.name === 'a viewer that answers')
  expect(mine).toMatchObject([{ verdict: 'deny', evidence: { method: 'approval/answer', role: 'view' } }])
})

test('the language service, which reads what it is pointed at, is not for who only views', async () => {
  const raw = await rawSocket(daemon.dataFolder)
  const { viewToken: token } = endpointOf(daemon.dataFolder)
  const params = { token, client: { name: 'x', version: '0' }, protocol: { min: 1, max: 1 }, build: 'raw' }
  raw.sendMessage({ id: 1, method: 'daemon/hello', params: { ...params, channel: 'skills' } })
  expect((await raw.next())?.error?.data?.type).toBe('roleRefused')
  expect(await raw.next()).toBeUndefined()
})

test.each(['policy', 'timeout', 'Cancel'])('a client that calls itself %s is recorded as a client', async (name) => {
  const other = await daemon.connect(name)
  const answer = other.request('approval/answer', { approval: 'a_none', outcome: { type: 'allowOnce' } })
  await expect(answer).rejects.toMatchObject({ data: { type: 'approvalNotFound' } })
  expect((await recorded('answerRefused')).at(-1)).toMatchObject({
    who: { type: 'person', name: `client “${name}”` },
    evidence: { approval: 'a_none', outcome: 'allowOnce' },
  })
  other.close()
})
