import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DaemonClient } from '#client/daemonClient.ts'
import type { PolicyRule } from '#protocol/policy.ts'
import { eventually } from '../support/eventually.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'

let daemon: TestDaemon
let client: DaemonClient
let folder: string

beforeEach(async () => {
  daemon = testDaemon()
  ;({ folder } = daemon)
  client = await daemon.connect()
})
afterEach(() => daemon.dispose())

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}
const repository = () => join(folder, '.paddock/policy.yaml')
const sourcesOf = async (source: string) =>
  (await client.request('policy/sources', { folder })).sources.find((each) => each.source === source)

describe('policy/sources', () => {
  test('says what there is, by whatever path the folder is called', async () => {
    write(join(daemon.dataFolder, 'policy.yaml'), 'version: 1\nmode: ask\nrules:\n- {verdict: deny, tool: t}\n- x\n')
    const link = `${folder}-link`
    symlinkSync(folder, link)
    const { sources } = await client.request('policy/sources', { folder: link })
    expect(sources.find(({ source }) => source === 'user')).toMatchObject({
      path: join(daemon.dataFolder, 'policy.yaml'),
      exists: true,
      holds: true,
      mode: 'ask',
      rules: [{ name: 'deny tool t', verdict: 'deny', tool: 't' }],
      troubles: [{ line: 5, column: 3, rule: 'rule 2', holds: true }],
    })
    expect(sources.find(({ source }) => source === 'repository')).toMatchObject({ path: repository(), exists: false })
  })

  test('refuses what is no folder', async () => {
    await expect(client.request('policy/sources', { folder: 'x' })).rejects.toMatchObject({
      data: { type: 'folderNotUsable' },
    })
    await expect(client.request('policy/sources', { folder: `${folder}/x` })).rejects.toMatchObject({
      data: { type: 'folderNotUsable' },
    })
  })
})

describe('policy/trust', () => {
  test('D3: trusts just the content that was seen', async () => {
    write(repository(), 'version: 1\nrules:\n- {verdict: allow, host: a.example}\n')
    const seen = await sourcesOf('repository')
    expect(seen).toMatchObject({ trusted: false, tightensOnly: true })
    const explain = async () =>
      (await client.request('policy/explain', { folder, actions: ['{"type": "connect", "host": "a.example"}'] }))
        .explanations[0]
    expect(await explain()).toMatchObject({ decision: { verdict: 'ask', rule: 'undecided-host' } })
    await client.request('policy/trust', { folder, sha256: seen?.sha256 ?? '' })
    expect(await explain()).toMatchObject({ decision: { verdict: 'allow', source: 'repository' } })
    write(repository(), 'version: 1\nrules:\n- {verdict: allow, host: "*.example"}\n')
    expect(await explain()).toMatchObject({ decision: { verdict: 'ask' } })
    await expect(client.request('policy/trust', { folder, sha256: seen?.sha256 ?? '' })).rejects.toMatchObject({
      data: { type: 'settingRefused', setting: 'policy' },
    })
  })
})

describe('policy/explain', () => {
  test('says what the guard saw, every rule that matches and which one decided', async () => {
    write(repository(), 'version: 1\nrules:\n- {verdict: deny, path: secrets, name: ours}\n')
    const rules: PolicyRule[] = [{ verdict: 'ask', path: '**', access: ['write'], name: 'mine' }]
    await client.request('policy/addRules', { folder, source: 'workspace', rules })
    const actions = ['{"type": "write", "path": "secrets/a"}', '{"type": "read", "path": "a"}', '{"type": "jump"}', ' ']
    const { explanations } = await client.request('policy/explain', { folder, actions })
    expect(explanations).toMatchObject([
      {
        type: 'explained',
        asked: actions[0],
        action: { type: 'write', path: join(folder, 'secrets/a') },
        builtin: 'write-in-layer',
        matches: [
          { source: 'repository', rule: 'ours', verdict: 'deny', certain: true },
          { source: 'workspace', rule: 'mine', verdict: 'ask', certain: true },
        ],
        decision: { verdict: 'deny', rule: 'ours', source: 'repository' },
        because: 'A deny of any source beats every ask and allow.',
      },
      { type: 'explained', matches: [], decision: { verdict: 'allow', rule: 'look-in-workspace' } },
      { type: 'notUnderstood', asked: actions[2] },
      { type: 'notUnderstood', asked: ' ' },
    ])
  })

  test('asks for a session as it stands, and for any mode', async () => {
    const { session } = await client.request('session/create', { folder, mode: 'plan' })
    const actions = ['{"type": "write", "path": "a"}']
    const verdicts = async (more: object) =>
      (await client.request('policy/explain', { folder, actions, ...more })).explanations.map(
        (each) => each.type === 'explained' && each.decision.verdict,
      )
    expect(await verdicts({ session: session.id })).toEqual(['deny'])
    expect(await verdicts({ session: session.id, mode: 'ask' })).toEqual(['ask'])
    expect(await verdicts({})).toEqual(['allow'])
    await expect(verdicts({ session: 'x' })).rejects.toMatchObject({ data: { type: 'sessionNotFound' } })
  })

  test('a session that was told no mode has the policy’s, and one that is told another has that', async () => {
    write(join(daemon.dataFolder, 'policy.yaml'), 'version: 1\nmode: plan\n')
    const { session } = await client.request('session/create', { folder })
    const verdict = async () => {
      const actions = ['{"type": "write", "path": "a"}']
      const [explained] = (await client.request('policy/explain', { folder, session: session.id, actions }))
        .explanations
      return explained?.type === 'explained' && explained.decision.verdict
    }
    expect(await verdict()).toBe('deny')
    await client.request('session/setMode', { session: session.id, mode: 'auto' })
    expect(await verdict()).toBe('allow')
  })

  test('survives whatever it is asked', async () => {
    const hostile = [
      '['.repeat(5_000),
      `{"type": ${'['.repeat(5_000)}`,
      '\0',
      '{"type": "__proto__"}',
      '{"__proto__": 1}',
      'x'.repeat(100_000),
    ]
    const { explanations } = await client.request('policy/explain', { folder, actions: hostile })
    expect(explanations).toHaveLength(hostile.length)
  })
})

describe('policy/addRules and removeRule', () => {
  test('change what is in force and tell every client', async () => {
    const heard: string[] = []
    const other = await daemon.connect('other')
    other.on('policy/changed', ({ folder: changed }) => heard.push(changed))
    await client.request('policy/explain', { folder, actions: [] })
    const rules: PolicyRule[] = [{ verdict: 'deny', path: 'dist' }]
    const { sources } = await client.request('policy/addRules', { folder, source: 'user', rules })
    expect(sources.find(({ source }) => source === 'user')?.rules).toEqual([{ name: 'deny dist', ...rules[0] }])
    await eventually(() => heard).toEqual([folder])
    await client.request('policy/removeRule', { folder, source: 'user', name: 'deny dist' })
    expect((await sourcesOf('user'))?.rules).toEqual([])
    await eventually(() => heard).toHaveLength(2)
    const { entries } = await client.request('audit/list', { filter: { kind: 'rules' } })
    expect(entries.map(({ who, what, why, evidence }) => [who.name, what.text, why?.source, evidence?.rules])).toEqual([
      ['test', 'rule removed: deny dist', 'user', undefined],
      ['test', 'rules added', 'user', ['{"verdict":"deny","path":"dist"}']],
    ])
  })

  test('are refused for what cannot be understood', async () => {
    const rules: PolicyRule[] = [{ verdict: 'allow', path: '../x' }]
    await expect(client.request('policy/addRules', { folder, source: 'user', rules })).rejects.toMatchObject({
      data: { type: 'settingRefused' },
    })
    await expect(
      client.request('policy/addRules', { folder, source: 'managed' as 'user', rules }),
    ).rejects.toMatchObject({ data: { type: 'invalidParams' } })
    expect(await sourcesOf('user')).toMatchObject({ exists: false })
  })
})
