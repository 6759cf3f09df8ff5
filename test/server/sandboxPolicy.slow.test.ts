import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DaemonClient } from '#client/daemonClient.ts'
import { startProgram } from '../support/programs.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'

let daemon: TestDaemon
let client: DaemonClient
beforeEach(async () => {
  daemon = testDaemon()
  client = await daemon.connect()
})
afterEach(() => daemon.dispose())

test('the effective policy is told as text: what is set, and what an agent may do', async () => {
  const { folder } = daemon
  await client.request('sandbox/configure', {
    folder,
    settings: {
      limits: { memoryMiB: 512 },
      network: { undecided: 'deny', rules: [{ verdict: 'allow', host: '*.example.com' }] },
      secrets: [{ name: 'TOKEN', from: 'env:A_TOKEN', use: { type: 'host', host: 'api.example.com' } }],
    },
  })
  const { text } = await client.request('sandbox/policy', { folder })
  expect(text).toContain(`- Folder: \`${folder}\``)
  expect(text).toContain('- Memory: 512 MiB.')
  expect(text).toContain('- Programs may reach every host below example.com on ports 80 and 443.')
  expect(text).toContain(
    '- `TOKEN`: bound to `api.example.com`; the value itself stays outside. Read from `env:A_TOKEN`.',
  )
  expect(text).toMatch(/## What is refused\n\n- write-outside-workspace \(high risk\): /)
})

test('what others wrote does not become markup of the policy', async () => {
  const { folder } = daemon
  await client.request('sandbox/quarantine', { folder, why: '[look](command:evil) <img> `x`\n# heading' })
  const { text } = await client.request('sandbox/policy', { folder })
  expect(text).toContain('quarantined: \\[look\\](command:evil) \\<img\\> \\`x\\` # heading')
})

test('a network rule that nothing could match is refused, and says what hosts look like', async () => {
  const network = { undecided: 'ask' as const, rules: [{ verdict: 'allow' as const, host: 'https://example.com' }] }
  const refused = client.request('sandbox/configure', { folder: daemon.folder, settings: { network } })
  await expect(refused).rejects.toMatchObject({ data: { type: 'settingRefused', setting: 'network' } })
})

test('a secret that an editor provides reaches the sandbox, and one taken back does not', async () => {
  const { folder } = daemon
  const secrets = [{ name: 'KEY', from: 'editor:my-key', use: { type: 'file' as const } }]
  await client.request('sandbox/configure', { folder, settings: { secrets } })
  await client.request('sandbox/provideSecrets', { secrets: { 'my-key': 'sesame' } })
  const { session } = await client.request('session/create', { folder })
  const program = await startProgram(client, { session: session.id, command: 'cat /run/secrets/KEY' })
  expect(await program.ended).toEqual({ type: 'exited', code: 0 })
  expect(program.stdout()).toBe('sesame')
  await client.request('sandbox/provideSecrets', { secrets: { 'my-key': null } })
  const other = await client.request('session/create', { folder })
  const refused = startProgram(client, { session: other.session.id, command: 'true' })
  await expect(refused).rejects.toMatchObject({ data: { type: 'sandboxUnavailable' } })
})
