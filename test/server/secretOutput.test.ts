import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DaemonClient } from '#client/daemonClient.ts'
import type { EventOf } from '#protocol/event.ts'
import { useScript, watch } from '../support/conversation.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'

let daemon: TestDaemon
let client: DaemonClient

beforeEach(async () => {
  daemon = testDaemon()
  client = await daemon.connect()
})
afterEach(() => daemon.dispose())

test('the value of a secret that a command printed is neither in the log, nor on disk, nor told to the model', async () => {
  const value = 'hunter2-hunter2-hunter2'
  const file = join(daemon.dataFolder, '..', 'token')
  writeFileSync(file, `${value}\n`, { mode: 0o600 })
  const secrets = [{ name: 'TOKEN', from: `file:${file}`, use: { type: 'file' as const } }]
  await client.request('sandbox/configure', { folder: daemon.folder, settings: { secrets } })
  const told: string[] = []
  const command =
    'cut -c 1-8 /run/secrets/TOKEN | tr -d "\\n"; sleep 0.3; cut -c 9- /run/secrets/TOKEN; cat /run/secrets/TOKEN'
  const calls = [
    { tool: 'exec', arguments: { command } },
    { tool: 'read_file', arguments: { path: '/run/secrets/TOKEN' } },
  ]
  const provider = await useScript(client, ({ messages }) => {
    told.push(JSON.stringify(messages))
    return messages.at(-1)?.role === 'user' ? { type: 'reply', text: '', calls } : { type: 'reply', text: 'Done.' }
  })
  const live: string[] = []
  client.on('session/live', ({ text }) => live.push(text))
  const { session } = await client.request('session/create', { folder: daemon.folder })
  const watched = await watch(client, session.id)
  const { task } = await client.request('task/submit', { session: session.id, prompt: 'go' })
  const asked = watched
    .asked()
    .then(({ id }) => client.request('approval/answer', { approval: id, outcome: { type: 'allowOnce' } }))
  await Promise.all([watched.ended(task), asked])
  const outputs = watched.ofType('toolFinished').map((event) => (event as EventOf<'toolFinished'>).output)
  expect(outputs[0]).toContain('[secret TOKEN]\n[secret TOKEN]\n')
  expect(outputs[1]).toContain('[secret TOKEN]')
  for (const text of [...told, live.join(''), JSON.stringify(watched.events)]) expect(text).not.toContain(value)
  const stored = readdirSync(daemon.dataFolder).filter((name) => name.startsWith('paddock.db') || name.endsWith('.log'))
  expect(stored).toContain('paddock.db')
  for (const name of stored) expect(readFileSync(join(daemon.dataFolder, name)).includes(value)).toBe(false)
  await provider.close()
})

test('an AGENTS.md that is a link to a secret told its value to the model', async () => {
  const value = 'hunter2-hunter2-hunter2'
  const file = join(daemon.dataFolder, '..', 'token')
  writeFileSync(file, `${value}\n`, { mode: 0o600 })
  symlinkSync('/run/secrets/TOKEN', join(daemon.folder, 'AGENTS.md'))
  const secrets = [{ name: 'TOKEN', from: `file:${file}`, use: { type: 'file' as const } }]
  await client.request('sandbox/configure', { folder: daemon.folder, settings: { secrets } })
  const told: string[] = []
  const provider = await useScript(client, ({ messages }) => {
    told.push(JSON.stringify(messages))
    return { type: 'reply', text: 'Done.' }
  })
  const { session } = await client.request('session/create', { folder: daemon.folder })
  const watched = await watch(client, session.id)
  await watched.ended((await client.request('task/submit', { session: session.id, prompt: 'go' })).task)
  expect(told).toEqual([expect.stringContaining('<project_instructions>\\n[secret TOKEN]\\n</project_instructions>')])
  expect(told.join()).not.toContain(value)
  await provider.close()
})
