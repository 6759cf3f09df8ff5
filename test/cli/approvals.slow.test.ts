import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DaemonClient } from '#client/daemonClient.ts'
import type { Approval } from '#protocol/approval.ts'
import type { ScriptedProvider } from '../../daemon/agent/models/scripted.ts'
import { scriptSteps, type Watched, watch } from '../support/conversation.ts'
import { eventually } from '../support/eventually.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'
import { paddock, startPaddock } from './paddock.ts'

let daemon: TestDaemon
let client: DaemonClient
let watched: Watched
let provider: ScriptedProvider
let task: string

const asks = (command: string, purpose = 'harmless') => ({
  tool: 'exec',
  arguments: { command, network: true, purpose },
})
const hostile = `echo one >> ran.txt ${' '.repeat(500)}; echo \u202etwo\u202c`

beforeEach(async () => {
  daemon = testDaemon()
  client = await daemon.connect('window 1')
  provider = await scriptSteps(client, [[asks(hostile)], [asks('echo again >> ran.txt')]])
  const { session } = await client.request('session/create', { folder: daemon.folder })
  watched = await watch(client, session.id)
  ;({ task } = await client.request('task/submit', { session: session.id, prompt: 'go' }))
})
afterEach(async () => {
  await provider.close()
  await daemon.dispose()
})

const ran = () =>
  existsSync(join(daemon.folder, 'ran.txt')) ? readFileSync(join(daemon.folder, 'ran.txt'), 'utf8') : ''
const lastEnd = (approval: Approval) => approval.id.slice(-6)

describe('paddock approvals', () => {
  test('B1, B9: list and show hide nothing, and keep our facts apart from what the model claims', async () => {
    const approval = await watched.asked()
    const list = await paddock(daemon, ['approvals', 'list'])
    expect(list).toMatchObject({ code: 0, err: '' })
    expect(list.out).toMatch(/^ID +RISK +SINCE +ACTION\n\S+ +(medium|high) +\d+ s +echo one >> ran\.txt⟨501 blanks⟩/)
    const listed = JSON.parse((await paddock(daemon, ['approvals', 'list', '--json'])).out)
    expect(listed).toEqual({ approvals: [approval] })
    const short = list.out.split('\n')[1]?.split(' ')[0] ?? ''
    const shown = await paddock(daemon, ['approvals', 'show', short])
    expect(shown.code).toBe(0)
    expect(shown.out).toContain('⟨501 blanks⟩; echo ⟨U+202E⟩two⟨U+202C⟩')
    expect(shown.out).toContain(`(${hostile.length} characters)`)
    expect(shown.out).toContain(approval.hash)
    expect(shown.out).toContain('What the guard found: effect')
    expect(shown.out).not.toMatch(/[\u202e\u202c]/)
    const [facts, claim] = shown.out.split('What the model says of it; nobody checked that')
    expect(facts).not.toContain('harmless')
    expect(claim).toContain('harmless')
    expect(JSON.parse((await paddock(daemon, ['approvals', 'show', approval.id, '--json'])).out)).toEqual(approval)
  })

  test('allow runs it once and it is asked again; whoever comes later is told who was first', async () => {
    const first = await watched.asked()
    expect(await paddock(daemon, ['approvals', 'allow', lastEnd(first)])).toMatchObject({
      code: 0,
      out: 'Allowed once.\n',
    })
    const second = await watched.asked(2)
    for (const id of [first.id, lastEnd(first)]) {
      for (const args of [
        ['allow', id],
        ['deny', id],
        ['show', id],
      ]) {
        const late = await paddock(daemon, ['approvals', ...args])
        expect(late).toMatchObject({ code: 3, out: '' })
        expect(late.err).toContain('already answered: allowOnce, by command line')
      }
    }
    expect(watched.state().approvals.map(({ id }) => id)).toEqual([second.id])
    const denied = await paddock(daemon, ['approvals', 'deny', second.id, '--guidance', 'use the mirror'])
    expect(denied).toMatchObject({ code: 0, out: 'Denied.\n' })
    await watched.ended(task)
    expect(watched.ofType('toolFinished')).toMatchObject([
      { outcome: 'ok' },
      { outcome: 'denied', output: expect.stringContaining('use the mirror') },
    ])
    expect(ran()).toBe('')
    expect(await paddock(daemon, ['approvals', 'list'])).toMatchObject({
      code: 0,
      out: 'Nothing waits for an answer.\n',
    })
  })

  test('a grant says what it covers, and is recorded with its rules', async () => {
    const { id } = await watched.asked()
    const rule = '{"verdict":"allow","program":["echo"],"network":true}'
    const granted = await paddock(daemon, ['approvals', 'allow', id, '--for', 'session', '--rule', rule])
    expect(granted).toMatchObject({ code: 0, err: '' })
    expect(granted.out).toContain(rule)
    const { entries } = await client.request('audit/list', { filter: { kind: 'answer' } })
    expect(entries).toMatchObject([
      {
        verdict: 'allow',
        who: { type: 'person', name: 'command line' },
        evidence: { approval: id, outcome: 'allowForSession', rules: [rule] },
      },
    ])
  })

  test('abort denies it and ends the task', async () => {
    const { id } = await watched.asked()
    expect(await paddock(daemon, ['approvals', 'abort', id])).toMatchObject({
      code: 0,
      out: 'Denied, and the task ends.\n',
    })
    expect(await watched.ended(task)).toMatchObject({ type: 'taskCancelled', by: 'command line' })
  })

  test('what is not there, is not clear or makes no sense', async () => {
    const { id } = await watched.asked()
    for (const verb of ['allow', 'deny', 'abort', 'show']) {
      expect(await paddock(daemon, ['approvals', verb, 'a_nowhere'])).toMatchObject({
        code: 4,
        err: 'There is no approval a_nowhere.\n',
      })
    }
    for (const args of [
      ['allow'],
      ['allow', id, 'more'],
      ['allow', 'a_'],
      ['allow', id, '--for', 'ever'],
      ['allow', id, '--rule', '{}'],
      ['allow', id, '--for', 'user', '--rule', 'not json'],
      ['allow', id, '--for', 'session', '--rule', '{"verdict":"deny","program":["echo"]}'],
      ['fly'],
      ['toString'],
    ]) {
      expect(await paddock(daemon, ['approvals', ...args]), args.join(' ')).toMatchObject({ code: 2, out: '' })
    }
    expect(watched.state().approvals.map((approval) => approval.id)).toEqual([id])
  })

  test('watch prints questions as they come, and can answer none', async () => {
    const first = await watched.asked()
    const watching = startPaddock(daemon, ['approvals', 'watch'])
    let out = ''
    watching.stdout?.on('data', (bytes) => {
      out += bytes
    })
    await eventually(() => out).toContain(first.id)
    await client.request('approval/answer', { approval: first.id, outcome: { type: 'allowOnce' } })
    const second = await watched.asked(2)
    await eventually(() => out).toContain(`${second.id}  `)
    expect(out).toContain(`${first.id}  settled`)
    expect(out).not.toMatch(/\u202e/)
    watching.kill('SIGINT')
    expect((await watching.said).code).toBe(0)
    expect(watched.state().approvals).toHaveLength(1)
  })
})
