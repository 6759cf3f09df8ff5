import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DaemonClient } from '#client/daemonClient.ts'
import type { EventOf } from '#protocol/event.ts'
import type { ScriptedProvider } from '../../daemon/agent/models/scripted.ts'
import { scriptSteps, type Watched, watch } from '../support/conversation.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'

let daemon: TestDaemon
let client: DaemonClient
let watched: Watched
let provider: ScriptedProvider
let server: Server
let port: number
let reached: string[]

beforeEach(async () => {
  reached = []
  server = createServer((request, response) => {
    reached.push(request.url ?? '')
    response.end('the page')
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  port = (server.address() as AddressInfo).port
  daemon = testDaemon()
  client = await daemon.connect('window 1')
  watched = await session()
})
afterEach(async () => {
  await provider.close()
  await daemon.dispose()
  server.close()
})

async function session(): Promise<Watched> {
  const { session } = await client.request('session/create', { folder: daemon.folder })
  return watch(client, session.id)
}

const host = 'service.invalid'

/** One command after the other; each fetches its path from a host that no name server knows. */
async function script(...paths: readonly string[]): Promise<void> {
  const fetch = (path: string) => `curl -sS --max-time 60 http://${host}:8080${path}`
  provider = await scriptSteps(
    client,
    paths.map((path) => [{ tool: 'exec', arguments: { command: fetch(path) } }]),
  )
}

async function submit(to: Watched = watched): Promise<string> {
  return (await client.request('task/submit', { session: to.id, prompt: 'go' })).task
}

/** The rules of the workspace's policy. */
async function granted() {
  const { sources } = await client.request('policy/sources', { folder: daemon.folder })
  return sources
    .filter(({ source }) => source === 'workspace')
    .flatMap(({ rules }) => rules.map(({ name: _, ...rule }) => rule))
}

const outputs = (from: Watched = watched) =>
  from.ofType('toolFinished').map((event) => (event as EventOf<'toolFinished'>).output)
const decisions = (from: Watched = watched) =>
  from.ofType('connectionDecided').map((event) => {
    const { decision, call, command } = event as EventOf<'connectionDecided'>
    return [decision.verdict, decision.host, decision.port, call !== undefined, command?.startsWith('curl')]
  })

describe('a program that wants a host', () => {
  test('waits while its user is asked; allowed in the workspace, no session asks again', async () => {
    await script('/one', '/two')
    const task = await submit()
    const approval = await watched.asked()
    expect(approval).toMatchObject({
      tool: 'network',
      action: { type: 'connect', host, port: 8080, command: expect.stringContaining('/one') },
    })
    expect(watched.state().tasks).toMatchObject([{ state: 'waiting' }])
    await client.request('approval/answer', { approval: approval.id, outcome: { type: 'allowForWorkspace' } })
    expect(await watched.ended(task)).toMatchObject({ type: 'taskCompleted' })
    // It was let out, and there is no such host.
    for (const output of outputs()) expect(output).toMatch(/service\.invalid/)
    expect(decisions()).toEqual([
      ['allow', host, 8080, true, true],
      ['allow', host, 8080, true, true],
    ])
    const other = await session()
    await other.ended(await submit(other))
    expect(other.ofType('approvalAsked')).toEqual([])
    expect(decisions(other)).toEqual(decisions())
    expect(await granted()).toEqual([{ verdict: 'allow', host, ports: [8080] }])
  })

  test('is let out where it was granted to another session of the workspace meanwhile', async () => {
    await script('/one')
    const other = await session()
    const [task, theirs] = [await submit(), await submit(other)]
    const [first] = await Promise.all([watched.asked(), other.asked()])
    const rules = [{ verdict: 'allow' as const, host, ports: [8080, 8443] }]
    await client.request('approval/answer', { approval: first.id, outcome: { type: 'allowForWorkspace', rules } })
    expect(await watched.ended(task)).toMatchObject({ type: 'taskCompleted' })
    expect(await other.ended(theirs)).toMatchObject({ type: 'taskCompleted' })
    expect(other.ofType('approvalAnswered')).toMatchObject([{ outcome: { type: 'allowOnce' }, by: 'policy' }])
    expect(await granted()).toEqual(rules)
  })

  test('is refused where the workspace’s settings come to refuse hosts that no rule names', async () => {
    await script('/one')
    const task = await submit()
    await watched.asked()
    const settings = { network: { undecided: 'deny' as const, rules: [] } }
    await client.request('sandbox/configure', { folder: daemon.folder, settings })
    expect(await watched.ended(task)).toMatchObject({ type: 'taskCompleted' })
    expect(watched.ofType('approvalAnswered')).toMatchObject([{ outcome: { type: 'deny' }, by: 'policy' }])
    expect(decisions().map(([verdict]) => verdict)).toEqual(['deny'])
  })

  test('denied, the program is told why, nothing arrives, and it is not asked again in that task', async () => {
    await script('/one', '/two')
    const task = await submit()
    await client.request('approval/answer', {
      approval: (await watched.asked()).id,
      outcome: { type: 'deny' },
    })
    expect(await watched.ended(task)).toMatchObject({ type: 'taskCompleted' })
    expect(watched.ofType('approvalAsked')).toHaveLength(1)
    expect(decisions().map(([verdict]) => verdict)).toEqual(['deny', 'deny'])
    for (const output of outputs()) expect(output).toMatch(/denied|refused|not allowed/i)
  })

  test('that was killed with its question open is not asked for any more', async () => {
    await script('/one')
    const task = await submit()
    const approval = await watched.asked()
    await client.request('task/cancel', { session: watched.id, task })
    expect((await client.request('approval/list', {})).approvals).toEqual([])
    const late = client.request('approval/answer', { approval: approval.id, outcome: { type: 'allowForWorkspace' } })
    await expect(late).rejects.toMatchObject({ data: { type: 'approvalAlreadyAnswered' } })
    expect(await granted()).toEqual([])
  })

  test('a daemon that is killed meanwhile leaves no question that nobody waits for; the task can be resumed', async () => {
    await script('/one')
    const task = await submit()
    await watched.asked()
    await daemon.kill()
    client = await daemon.connect('window 1')
    expect((await client.request('approval/list', {})).approvals).toEqual([])
    const again = await watch(client, watched.id)
    expect(again.state().tasks).toMatchObject([{ id: task, state: 'failed', failure: { code: 'interrupted' } }])
  })

  test('one that may reach any public host still does not reach this machine', async () => {
    const at = (host: string) => `curl -sS --noproxy '' http://${host}:${port}/`
    const command = ['127.0.0.1', '[::1]', 'localhost', '0.0.0.0', '2130706433'].map(at).join('; ')
    provider = await scriptSteps(client, [[{ tool: 'exec', arguments: { command, network: true } }]])
    const task = await submit()
    const { id, action } = await watched.asked()
    expect(action).toMatchObject({ type: 'command', network: true })
    await client.request('approval/answer', { approval: id, outcome: { type: 'allowOnce' } })
    await watched.ended(task)
    expect(reached).toEqual([])
  })
})
