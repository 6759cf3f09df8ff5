import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DaemonClient } from '#client/daemonClient.ts'
import type { LoggedEvent } from '#protocol/event.ts'
import type { ScriptedCall, ScriptedProvider } from '../../daemon/agent/models/scripted.ts'
import { startScriptedProvider } from '../../daemon/agent/models/scripted.ts'
import { type Watched, watch } from '../support/conversation.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'

const steps: readonly (readonly ScriptedCall[])[] = [
  [{ tool: 'read_file', arguments: { path: 'a.txt' } }],
  [
    { tool: 'write_file', arguments: { path: 'b.txt', content: 'b\n' } },
    { tool: 'exec', arguments: { command: 'echo c > c.txt' } },
  ],
  [{ tool: 'exec', arguments: { command: 'echo asked > d.txt', network: true } }],
  [{ tool: 'edit_file', arguments: { path: 'a.txt', old_text: 'one', new_text: 'two' } }],
]

let daemon: TestDaemon
let provider: ScriptedProvider
let folder: string
beforeEach(async () => {
  daemon = testDaemon()
  folder = daemon.folder
  writeFileSync(join(folder, 'a.txt'), 'one\n')
  // Answers by what the conversation holds, so that a task which goes on finds its place.
  provider = await startScriptedProvider(({ messages }) => {
    const calls = steps[messages.filter(({ role }) => role === 'assistant').length]
    return calls ? { type: 'reply', text: 'Going on.', calls } : { type: 'reply', text: 'Done.' }
  })
})
afterEach(async () => {
  await provider.close()
  await daemon.dispose()
})

async function connect(): Promise<DaemonClient> {
  const client = await daemon.connect()
  const { baseUrl, apiKey, model } = provider
  await client.request('model/configure', { baseUrl, apiKey, model })
  return client
}

/** Answers what is asked and resumes what was interrupted, until the task has ended well. */
async function finish(client: DaemonClient, watched: Watched, task: string): Promise<void> {
  for (;;) {
    const state = watched.state().tasks.find(({ id }) => id === task)
    const [approval] = watched.state().approvals
    if (state?.state === 'completed') return
    const { seq } = watched.state()
    if (state?.state === 'failed') {
      expect(state.failure?.code).toBe('interrupted')
      await client.request('task/resume', { session: watched.id, task })
    } else if (approval) {
      await client.request('approval/answer', { approval: approval.id, outcome: { type: 'allowOnce' } })
    }
    await watched.until(() => watched.state().seq > seq)
  }
}

test('kill -9 at every event: nothing acknowledged is lost, nothing is doubled, and the task can be brought to its end', async () => {
  for (let killAfter = 2; killAfter <= 24; killAfter++) {
    let client = await connect()
    const { session } = await client.request('session/create', { folder, title: `kill after ${killAfter}` })
    let watched = await watch(client, session.id)
    const submission = `kill ${killAfter}`
    const submit = { session: session.id, prompt: 'go', submission }
    const { task } = await client.request('task/submit', submit)
    const far = watched.until(({ type }) => watched.events.length >= killAfter || type === 'taskCompleted')
    const asked = watched.asked().then((approval) => {
      if (killAfter > approvalComesAt(watched)) return answer(client, approval.id)
    })
    await Promise.race([far, asked.then(() => far)]).catch(() => {})
    await daemon.kill()
    const acknowledged: LoggedEvent[] = [...watched.events]
    asked.catch(() => {})

    client = await connect()
    watched = await watch(client, session.id)
    expect(watched.events.slice(0, acknowledged.length), `kill after ${killAfter}`).toEqual(acknowledged)
    // A client that never heard the answer asks again: it is the same task.
    expect(await client.request('task/submit', submit)).toEqual({ task })
    await finish(client, watched, task)
    expectOneOfEach(watched)
    const { changes } = await client.request('change/list', { session: session.id })
    const found = changes.map(({ path }) => path)
    for (const [path, outcome] of outcomes(watched)) {
      // A call that was under way at the kill may have run or not, says so, and is not run again.
      if (outcome !== 'interrupted') expect([outcome, found.includes(path)], path).toEqual(['ok', true])
    }
    expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('one\n')
  }
})

/** Which call makes which file, and how it ended. */
function outcomes(watched: Watched): [string, string][] {
  const files = new Map([
    ['write_file', 'b.txt'],
    ['echo c > c.txt', 'c.txt'],
    ['echo asked > d.txt', 'd.txt'],
    ['edit_file', 'a.txt'],
  ])
  const started = watched.events.flatMap(({ event }) => (event.type === 'toolStarted' ? [event] : []))
  const finished = watched.events.flatMap(({ event }) => (event.type === 'toolFinished' ? [event] : []))
  return started.flatMap(({ call, tool, action }): [string, string][] => {
    const path = files.get(action.type === 'command' ? action.command : tool)
    const end = finished.find((each) => each.call === call)
    return path && end ? [[path, end.outcome]] : []
  })
}

function approvalComesAt(watched: Watched): number {
  return watched.events.findIndex(({ event }) => event.type === 'approvalAsked') + 1
}

async function answer(client: DaemonClient, approval: string): Promise<void> {
  await client.request('approval/answer', { approval, outcome: { type: 'allowOnce' } })
}

/** Every number once, every call answered once, one submission. */
function expectOneOfEach(watched: Watched): void {
  expect(watched.events.map(({ seq }) => seq)).toEqual(watched.events.map((_, i) => i + 1))
  expect(watched.ofType('taskSubmitted')).toHaveLength(1)
  expect(watched.ofType('taskCompleted')).toHaveLength(1)
  const finished = watched.ofType('toolFinished').map((event) => ('call' in event ? event.call : ''))
  expect(new Set(finished).size).toBe(finished.length)
}
