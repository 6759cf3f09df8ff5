import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DaemonClient } from '#client/daemonClient.ts'
import { DaemonError } from '#client/daemonError.ts'
import type { ScriptedProvider, ScriptedReply } from '../../daemon/agent/models/scripted.ts'
import { useScript, watch } from '../support/conversation.ts'
import { eventually } from '../support/eventually.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'

let daemon: TestDaemon
let client: DaemonClient
let provider: ScriptedProvider
beforeEach(async () => {
  daemon = testDaemon()
  client = await daemon.connect()
})
afterEach(async () => {
  await provider.close()
  await daemon.dispose()
})

function said(content: string, finish: string | null = null) {
  return {
    id: 'x',
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta: { content }, finish_reason: finish }],
  }
}

/** All that the daemon has written. */
function written(): string {
  const files = readdirSync(daemon.dataFolder).filter((name) => /^paddock\.db|\.log$/.test(name))
  return files.map((name) => readFileSync(join(daemon.dataFolder, name), 'latin1')).join('\n')
}

test('a provider that gives the key away, in whatever part of its answers and however cut, gives it to nobody', async () => {
  let key = ''
  const replies: ((key: string) => ScriptedReply)[] = [
    // Each pair of chunks is cut at another character of the key.
    () => ({
      type: 'raw',
      events: [
        ...Array.from({ length: key.length + 1 }, (_, at) => [
          said(`k ${key.slice(0, at)}`),
          said(`${key.slice(at)} `),
        ]).flat(),
        said('that was all'),
      ],
      end: 'hang',
    }),
    () => ({
      type: 'reply',
      text: 'I call.',
      reasoning: `the key is ${key}`,
      calls: [
        {
          id: `c-${key}`,
          tool: 'exec',
          arguments: { command: `printf '%s' ${key.slice(0, 9)}; sleep 0.1; echo ${key.slice(9)}` },
        },
        { tool: `t-${key}`, arguments: {} },
        { tool: 'exec', arguments: { command: `echo ${key} > ${key}.txt`, network: true, purpose: key } },
        { tool: 'read_file', arguments: { path: `${key}.txt` } },
      ],
    }),
    () => ({ type: 'status', status: 400, body: JSON.stringify({ error: { message: `Bearer ${key} is odd` } }) }),
  ]
  let number = 0
  provider = await useScript(client, () => {
    const reply = replies[Math.min(number++, replies.length - 1)]
    return reply ? reply(key) : { type: 'reply', text: 'Done.' }
  })
  key = provider.apiKey
  const live: string[] = []
  client.on('session/live', ({ text }) => live.push(text))
  const told: string[] = []
  client.onAny((method, payload) => void told.push(`${method} ${JSON.stringify(payload)}`))
  const { session } = await client.request('session/create', { folder: daemon.folder })
  const watched = await watch(client, session.id)
  const answered = watched
    .asked()
    .then(({ id }) => client.request('approval/answer', { approval: id, outcome: { type: 'allowOnce' } }))
  let { task } = await client.request('task/submit', { session: session.id, prompt: `my key is ${key}, keep it` })
  await eventually(() => live.join('')).toContain('that was all')
  expect(live.join('').split('[model key]')).toHaveLength(key.length + 2)
  await client.request('task/cancel', { session: session.id, task })
  ;({ task } = await client.request('task/submit', { session: session.id, prompt: 'go on' }))
  expect(await watched.ended(task)).toMatchObject({ type: 'taskFailed' })
  await answered
  const stale = await client
    .request('approval/answer', { approval: key, outcome: { type: 'allowOnce' } })
    .catch((e) => e)
  expect(stale).toBeInstanceOf(DaemonError)

  expect(JSON.stringify(watched.events)).toContain('[model key]')
  const audit = await client.request('audit/list', { filter: { session: session.id }, after: 0 })
  expect(audit.entries.map(({ kind }) => kind)).toContain('question')
  const everything = [
    live.join(''),
    ...told,
    JSON.stringify(watched.events),
    JSON.stringify(audit),
    JSON.stringify(await client.request('audit/list', { after: 0 })),
    JSON.stringify(await client.request('session/list', {})),
    stale.message,
    written(),
  ]
  const before = (text: string) =>
    text
      .split(key)
      .slice(0, -1)
      .map((part) => part.slice(-200))
  for (const text of everything) expect(before(text)).toEqual([])
})
