import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DaemonClient } from '#client/daemonClient.ts'
import type { AuditEntry } from '#protocol/audit.ts'
import { canonicalJson } from '#protocol/canonicalJson.ts'
import { scriptSteps, watch } from '../support/conversation.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'
import { paddock } from './paddock.ts'

let daemon: TestDaemon
let client: DaemonClient
let session: string

beforeEach(async () => {
  daemon = testDaemon()
  client = await daemon.connect('window 1')
  writeFileSync(join(daemon.folder, 'a.txt'), 'one\n')
  const provider = await scriptSteps(client, [
    [{ tool: 'write_file', arguments: { path: 'a.txt', content: 'two\n' } }],
    [{ tool: 'write_file', arguments: { path: 'sub/b.txt', content: 'b\n' } }],
    [{ tool: 'write_file', arguments: { path: '/etc/c.txt', content: 'c\n' } }],
    [{ tool: 'exec', arguments: { command: 'echo asked', network: true } }],
  ])
  session = (await client.request('session/create', { folder: daemon.folder })).session.id
  const watched = await watch(client, session)
  const { task } = await client.request('task/submit', { session, prompt: 'go' })
  const { id } = await watched.asked()
  await client.request('approval/answer', { approval: id, outcome: { type: 'allowOnce' } })
  await watched.ended(task)
  await client.request('change/keep', { session, selections: [{ path: 'a.txt' }] })
  await client.request('change/discard', { session, selections: [{ path: 'sub/b.txt' }] })
  await client.request('session/setMode', { session, mode: 'ask' })
  await provider.close()
})
afterEach(() => daemon.dispose())

async function exported(...args: string[]): Promise<AuditEntry[]> {
  const { code, out, err } = await paddock(daemon, ['audit', 'export', ...args])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  return out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

const kinds = (entries: readonly AuditEntry[]) =>
  entries.map(({ kind, verdict }) => (verdict ? `${kind} ${verdict}` : kind))

describe('paddock audit export', () => {
  test('is every decision, those of policy and those of people, in order and each with its reason', async () => {
    const entries = await exported()
    expect(kinds(entries)).toEqual([
      'begun',
      'call allow',
      'call allow',
      'call deny',
      'question ask',
      'answer allow',
      'call allow',
      'keep',
      'discard',
      'mode',
    ])
    const [, write, , outside, , answer, allowed] = entries
    expect(write).toMatchObject({
      session,
      folder: daemon.folder,
      who: { type: 'policy' },
      what: { tool: 'write_file', files: [join(daemon.folder, 'a.txt')] },
      why: { rule: expect.any(String), reason: expect.any(String), risk: 'low' },
      evidence: { action: expect.stringMatching(/^[0-9a-f]{64}$/), sandbox: 'bubblewrap' },
    })
    expect(outside).toMatchObject({ who: { type: 'policy' }, what: { files: ['/etc/c.txt'] } })
    expect(answer).toMatchObject({ who: { type: 'person', name: 'window 1' }, what: { text: 'echo asked' } })
    expect(allowed?.evidence?.action).toBe(answer?.evidence?.action)
    expect(allowed).toMatchObject({ who: { type: 'person', name: 'window 1' }, evidence: { network: true } })
  })

  test('by session, folder, file and time', async () => {
    expect(kinds(await exported('--session', session))).toHaveLength(9)
    expect(await exported('--session', 's_none')).toEqual([])
    expect(kinds(await exported('--folder', '.'))).toHaveLength(9)
    expect(kinds(await exported('--file', 'a.txt'))).toEqual(['call allow', 'keep'])
    expect(kinds(await exported('--file', 'sub'))).toEqual(['call allow', 'discard'])
    expect(kinds(await exported('--since', '1h'))).toHaveLength(10)
    expect(await exported('--until', '2020-01-01')).toEqual([])
    expect(await paddock(daemon, ['audit', 'export', '--since', 'yesterday'])).toMatchObject({ code: 2, out: '' })
  })

  test('can be verified by whoever has it, as its help says', async () => {
    let before = ''
    for (const { hash, ...entry } of await exported()) {
      expect(
        createHash('sha256')
          .update(`${before}\n${canonicalJson(entry)}`)
          .digest('hex'),
      ).toBe(hash)
      before = hash
    }
  })

  test('what a deleted session did is still in it, and that it was deleted, by whom', async () => {
    await client.request('session/delete', { session })
    const entries = await exported('--session', session)
    expect(kinds(entries)).toHaveLength(10)
    expect(entries.at(-1)).toMatchObject({ kind: 'sessionDeleted', who: { name: 'window 1' } })
  })

  test('of many pages is written to its end', async () => {
    for (let i = 0; i < 1_200; i++) await client.request('session/setMode', { session, mode: i % 2 ? 'ask' : 'auto' })
    const entries = await exported()
    expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 1_210 }, (_, i) => i + 1))
  })
})

describe('paddock audit verify', () => {
  const database = () => join(daemon.dataFolder, 'paddock.db')

  async function tamper(...statements: string[]): Promise<void> {
    await client.request('daemon/shutdown', { whenIdle: false })
    await client.closed
    const opened = new DatabaseSync(database(), { timeout: 10_000 })
    opened.exec('DROP TRIGGER audit_stays; DROP TRIGGER audit_stays_so')
    for (const statement of statements) opened.exec(statement)
    opened.close()
    await daemon.connect()
  }

  test('of a record as it was written is exit code 0 and its head', async () => {
    const { code, out } = await paddock(daemon, ['audit', 'verify'])
    expect(code).toBe(0)
    expect(out).toMatch(/^10 entries, as they were written\.\nHead 10 [0-9a-f]{64}\n$/)
    const told = JSON.parse((await paddock(daemon, ['audit', 'verify', '--json'])).out)
    expect(told.head.hash).toBe((await exported()).at(-1)?.hash)
  })

  test.each([
    ["UPDATE audit SET body = replace(body, 'echo asked', 'echo quiet')", /^Entry 5: altered\./],
    ['DELETE FROM audit WHERE seq = 4', /^Entry 4: missing\./],
    ['DELETE FROM audit WHERE seq > 7', /^Entry 8: truncated\./],
  ])('after %s is exit code 1 and the first entry at fault', async (statement, message) => {
    await tamper(statement)
    const { code, out } = await paddock(daemon, ['audit', 'verify'])
    expect(out).toMatch(message)
    expect(code).toBe(1)
  })

  test('of a daemon that was killed is whole', async () => {
    await daemon.kill()
    await daemon.connect()
    expect(await paddock(daemon, ['audit', 'verify'])).toMatchObject({ code: 0 })
  })
})
