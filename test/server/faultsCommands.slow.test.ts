import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DaemonClient } from '#client/daemonClient.ts'
import type { ScriptedProvider } from '../../daemon/agent/models/scripted.ts'
import { useScript, watch } from '../support/conversation.ts'
import { startProgram } from '../support/programs.ts'
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

const answers = async () => expect((await client.request('daemon/status', {})).pid).toBe(client.pid)

test.each([
  ['floods its output', 'yes'],
  ['floods its output without an end of line', "tr '\\0' x < /dev/zero"],
  ['forks without end', 'bomb() { bomb | bomb & }; bomb; sleep 1000'],
  ['writes without end', 'cat /dev/zero > endless'],
])('a command that %s: the daemon answers, and it can be stopped', async (_, command) => {
  // A small one, so that the machine has room for everybody else.
  const limits = { memoryMiB: 256, processes: 60, cpus: 1, diskMiB: 200 }
  const { folder } = daemon
  const watched = await watch(client, (await client.request('session/create', { folder })).session.id)
  const session = { session: watched.id }
  await client.request('sandbox/configure', { folder, settings: { limits } })
  provider = await useScript(client, () => ({
    type: 'reply',
    calls: [{ tool: 'exec', arguments: { command, timeout_seconds: 600 } }],
  }))
  const { task } = await client.request('task/submit', { ...session, prompt: 'go' })
  await watched.until(({ type }) => type === 'toolStarted')
  for (let asked = 0; asked < 20; asked++) await answers()
  await client.request('task/cancel', { ...session, task })
  await watched.ended(task)
  await answers()
  const program = await startProgram(client, { ...session, command: 'rm -f endless; ps -e | wc -l' })
  await program.ended
  expect(Number(program.stdout())).toBeLessThan(15)
})
