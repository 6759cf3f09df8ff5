import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DaemonClient } from '#client/daemonClient.ts'
import type { ScriptedProvider } from '../../daemon/agent/models/scripted.ts'
import { scriptSteps, watch } from '../support/conversation.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'

let daemon: TestDaemon
let client: DaemonClient
let provider: ScriptedProvider | undefined
beforeEach(async () => {
  daemon = testDaemon()
  client = await daemon.connect()
})
afterEach(async () => {
  await provider?.close()
  await daemon.dispose()
})

// A million take minutes to make and remove; what is bounded by them shows as well with these.
const files = 200_000

test(`a folder of ${files} files opens, the agent works in it, and what it did is listed and kept; the daemon answers meanwhile`, {
  timeout: 300_000,
}, async () => {
  const make = 'cd "$1"; seq 1 200 | xargs mkdir; for d in *; do (cd $d; seq 1 1000 | xargs touch); done'
  execFileSync('bash', ['-c', make, 'bash', daemon.folder])
  const watched = await watch(client, (await client.request('session/create', { folder: daemon.folder })).session.id)
  const session = { session: watched.id }
  provider = await scriptSteps(client, [
    [{ tool: 'exec', arguments: { command: 'find . -type f | wc -l; echo new > 7/new; rm 8/8; echo changed > 9/9' } }],
    // A folder that moves as a whole is a thousand changes.
    [{ tool: 'exec', arguments: { command: 'mv 10 moved' } }],
  ])
  const { task } = await client.request('task/submit', { ...session, prompt: 'go' })
  const ended = watched.ended(task)
  let over = false
  void ended.then(() => {
    over = true
  })
  while (!over) expect((await client.request('daemon/status', {})).pid).toBe(client.pid)
  expect(await ended).toMatchObject({ type: 'taskCompleted' })
  expect(watched.ofType('toolFinished')[0]).toMatchObject({ output: expect.stringContaining(`${files}`) })
  const { changes } = await client.request('change/list', session)
  const paths = changes.map(({ path }) => path)
  expect(paths).toEqual(expect.arrayContaining(['7/new', '8/8', '9/9']))
  expect(paths.filter((path) => path.startsWith('moved/'))).toHaveLength(1000)
  const { results } = await client.request('change/keep', { ...session, selections: [{ path: '9/9' }] })
  expect(results).toMatchObject([{ type: 'kept' }])
  expect(readFileSync(join(daemon.folder, '9', '9'), 'utf8')).toBe('changed\n')
})
