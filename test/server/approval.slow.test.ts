import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DaemonClient } from '#client/daemonClient.ts'
import type { Approval } from '#protocol/approval.ts'
import type { ScriptedProvider } from '../../daemon/agent/models/scripted.ts'
import { scriptSteps, type Watched, watch } from '../support/conversation.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'

let daemon: TestDaemon
let client: DaemonClient
let watched: Watched
let provider: ScriptedProvider
const networked = { tool: 'exec', arguments: { command: 'echo asked > asked.txt', network: true } }

beforeEach(async () => {
  daemon = testDaemon()
  client = await daemon.connect('window 1')
  const { session } = await client.request('session/create', { folder: daemon.folder })
  watched = await watch(client, session.id)
  provider = await scriptSteps(client, [[networked], [networked]])
})
afterEach(async () => {
  await provider.close()
  await daemon.dispose()
})

async function submit(): Promise<string> {
  return (await client.request('task/submit', { session: watched.id, prompt: 'go' })).task
}

describe('approval/list', () => {
  test('holds what waits, in every window, and nothing else', async () => {
    const heard: Approval[][] = []
    const other = await daemon.connect('window 2')
    other.on('approval/changed', ({ approvals }) => heard.push(approvals))
    const task = await submit()
    const approval = await watched.asked()
    expect(await other.request('approval/list', {})).toEqual({ approvals: [approval] })
    expect(approval).toMatchObject({
      session: watched.id,
      task,
      tool: 'exec',
      action: { type: 'command', command: 'echo asked > asked.txt', network: true },
    })
    expect(watched.state().tasks).toMatchObject([{ id: task, state: 'waiting' }])
    await client.request('task/cancel', { session: watched.id, task })
    expect(await other.request('approval/list', {})).toEqual({ approvals: [] })
    expect(heard.map(({ length }) => length)).toEqual([1, 0])
  })
})

describe('approval/answer', () => {
  test('nothing runs before the answer; allowed once, it runs once and is asked again', async () => {
    const task = await submit()
    const first = await watched.asked()
    expect(watched.ofType('toolStarted')).toEqual([])
    await client.request('approval/answer', { approval: first.id, outcome: { type: 'allowOnce' } })
    const second = await watched.asked(2)
    expect(second.id).not.toBe(first.id)
    expect(watched.ofType('toolFinished')).toMatchObject([
      { outcome: 'ok', evidence: { effective: { network: true } } },
    ])
    await client.request('approval/answer', { approval: second.id, outcome: { type: 'deny', guidance: 'no more' } })
    expect(await watched.ended(task)).toMatchObject({ type: 'taskCompleted' })
    expect(watched.ofType('toolFinished')[1]).toMatchObject({
      outcome: 'denied',
      output: expect.stringContaining('no more'),
    })
  })

  test('B5: two windows answer at once: one outcome is recorded, and the other is told whose it was', async () => {
    const other = await daemon.connect('window 2')
    const task = await submit()
    const { id: approval } = await watched.asked()
    const answers = await Promise.allSettled([
      client.request('approval/answer', { approval, outcome: { type: 'deny' } }),
      other.request('approval/answer', { approval, outcome: { type: 'allowOnce' } }),
    ])
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const refused = answers.find((each) => each.status === 'rejected')
    expect(refused?.reason.data).toMatchObject({ type: 'approvalAlreadyAnswered', approval })
    expect(
      watched.ofType('approvalAnswered').filter((event) => 'approval' in event && event.approval === approval),
    ).toHaveLength(1)
    await client.request('task/cancel', { session: watched.id, task })
  })

  test('allowed for the session, the same action is not asked again', async () => {
    const task = await submit()
    const { id: approval } = await watched.asked()
    await client.request('approval/answer', { approval, outcome: { type: 'allowForSession' } })
    expect(await watched.ended(task)).toMatchObject({ type: 'taskCompleted' })
    expect(watched.ofType('approvalAsked')).toHaveLength(1)
    expect(watched.ofType('toolFinished')).toMatchObject([{ outcome: 'ok' }, { outcome: 'ok' }])
  })

  test('with other input, what the person wrote runs, and the model is told', async () => {
    const task = await submit()
    const { id: approval } = await watched.asked()
    const args = JSON.stringify({ command: 'echo edited > edited.txt' })
    await client.request('approval/answer', { approval, outcome: { type: 'allowWithInput', arguments: args } })
    await watched.asked(2)
    expect(watched.ofType('toolStarted')).toMatchObject([
      { action: { command: 'echo edited > edited.txt', network: false }, decision: { rule: 'allowed-with-input' } },
    ])
    expect(watched.ofType('toolFinished')).toMatchObject([
      { outcome: 'ok', output: expect.stringContaining('The user changed this call') },
    ])
    const { changes } = await client.request('change/list', { session: watched.id })
    expect(changes.map(({ path }) => path)).toEqual(['edited.txt'])
    await client.request('task/cancel', { session: watched.id, task })
  })

  test('input that no tool takes is refused, and the question stays', async () => {
    const task = await submit()
    const { id: approval } = await watched.asked()
    const outcome = { type: 'allowWithInput', arguments: '{"command":7}' } as const
    const answer = client.request('approval/answer', { approval, outcome })
    await expect(answer).rejects.toMatchObject({
      data: { type: 'invalidParams', issues: [{ path: 'outcome.arguments' }] },
    })
    expect(watched.state().approvals).toHaveLength(1)
    await client.request('task/cancel', { session: watched.id, task })
  })

  test('abort denies it and ends the task', async () => {
    const task = await submit()
    const { id: approval } = await watched.asked()
    await client.request('approval/answer', { approval, outcome: { type: 'abort' } })
    expect(await watched.ended(task)).toMatchObject({ type: 'taskCancelled', by: 'window 1' })
    expect(watched.ofType('toolStarted')).toEqual([])
  })

  test('a second denial of the same action ends the task with the reason', async () => {
    const task = await submit()
    for (const nth of [1, 2]) {
      const { id: approval } = await watched.asked(nth)
      await client.request('approval/answer', { approval, outcome: { type: 'deny' } })
    }
    expect(await watched.ended(task)).toMatchObject({ type: 'taskFailed', failure: { code: 'approvalDenied' } })
  })

  test('a mode in which nobody is asked denies what waits, and what comes', async () => {
    const task = await submit()
    await watched.asked()
    await client.request('session/setMode', { session: watched.id, mode: 'unattended' })
    expect(await watched.ended(task)).toMatchObject({ type: 'taskFailed', failure: { code: 'approvalDenied' } })
    expect(watched.ofType('approvalAnswered')).toMatchObject([{ outcome: { type: 'deny' }, by: 'policy' }])
    expect(watched.ofType('approvalAsked')).toHaveLength(1)
    expect(watched.state().mode).toBe('unattended')
  })

  test('an approval that nobody asked for is refused', async () => {
    const answer = client.request('approval/answer', { approval: 'a_none', outcome: { type: 'allowOnce' } })
    await expect(answer).rejects.toMatchObject({ data: { type: 'approvalNotFound' } })
  })

  test('B5: after kill -9 the question waits with its id, its answer counts, and the task goes on', async () => {
    const task = await submit()
    const { id: approval } = await watched.asked()
    await daemon.kill()
    client = await daemon.connect('window 1')
    await provider.close()
    provider = await scriptSteps(client, [[networked], []])
    watched = await watch(client, watched.id)
    expect(watched.state().approvals.map(({ id }) => id)).toEqual([approval])
    await client.request('approval/answer', { approval, outcome: { type: 'allowOnce' } })
    expect(await watched.ended(task)).toMatchObject({ type: 'taskCompleted' })
    expect(watched.ofType('approvalAsked')).toHaveLength(1)
    expect(watched.ofType('toolFinished')).toMatchObject([{ outcome: 'ok' }])
  })

  test('a task that was answered before anybody had said which model to use went on with the demo model', async () => {
    const task = await submit()
    const { id: approval } = await watched.asked()
    await daemon.kill()
    client = await daemon.connect('window 1')
    watched = await watch(client, watched.id)
    await client.request('approval/answer', { approval, outcome: { type: 'allowOnce' } })
    expect(await watched.ended(task)).toMatchObject({
      type: 'taskFailed',
      failure: { code: 'modelUnreachable', message: expect.stringContaining('begun on scripted') },
    })
    expect(watched.ofType('toolStarted')).toEqual([])
    await provider.close()
    provider = await scriptSteps(client, [[networked], []])
    await client.request('task/resume', { session: watched.id, task })
    await watched.until(({ type }) => type === 'taskCompleted')
    expect(watched.ofType('toolFinished')).toMatchObject([{ outcome: 'ok' }])
    expect(watched.ofType('approvalAsked')).toHaveLength(1)
  })
})
