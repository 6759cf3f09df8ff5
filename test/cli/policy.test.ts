import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'
import { paddock } from './paddock.ts'

let daemon: TestDaemon
beforeEach(async () => {
  daemon = testDaemon()
  await daemon.connect()
})
afterEach(() => daemon.dispose())

function repository(text: string): void {
  mkdirSync(join(daemon.folder, '.paddock'), { recursive: true })
  writeFileSync(join(daemon.folder, '.paddock/policy.yaml'), text)
}

describe('paddock policy', () => {
  test('explains actions of words and of lines', async () => {
    repository('version: 1\nrules:\n- {verdict: deny, path: secrets, name: ours, reason: Not here.}\n')
    const reads = '{"type": "read", "path": "secrets/\u202ea"}'
    const { code, out } = await paddock(daemon, ['policy', 'explain', reads])
    expect(code).toBe(0)
    expect(out).toContain('deny   {"type": "read", "path": "secrets/⟨U+202E⟩a"}')
    expect(out).toContain('by the repository policy’s “ours”')
    expect(out).toContain('Not here.')
    const lines = await paddock(
      daemon,
      ['policy', 'explain', '--json'],
      `${reads}\n\n{"type": "read", "path": "a"}\r\n{`,
    )
    expect(JSON.parse(lines.out).explanations).toMatchObject([
      { decision: { verdict: 'deny', rule: 'ours' } },
      { decision: { verdict: 'allow', rule: 'look-in-workspace' } },
      { type: 'notUnderstood' },
    ])
    const plan = await paddock(daemon, ['policy', 'explain', '--mode', 'plan', '{"type": "write", "path": "a"}'])
    expect(plan.out).toMatch(/^deny .*\n.*“plan-mode”/)
  })

  test('says what the guard saw in a command line and what would allow it', async () => {
    const { out } = await paddock(daemon, ['policy', 'explain', 'git push origin main'])
    expect(out).toMatch(/^ask {4}git push origin main\n {7}by Paddock’s own “consequential”/)
    expect(out).toContain('saw  understood, effect run; programs git')
    expect(out).toContain('{"verdict":"allow","program":["git","push","origin","main"],"exactly":true}')
  })

  test('shows every source with its troubles', async () => {
    repository('version: 1\nrules:\n- {verdict: allow, host: a.b}\n- x\n')
    const { code, out } = await paddock(daemon, ['policy', 'sources'])
    expect(code).toBe(0)
    expect(out).toMatch(/repository .*not trusted: what it allows is not in force, 1 rules/)
    expect(out).toContain('! line 4, column 3, rule 2: a rule must be a map.')
    expect(out).toMatch(/user {8}\S+ \(not there\)/)
  })

  test('trusts what was shown, and only where somebody says yes', async () => {
    repository('version: 1\nrules:\n- {verdict: allow, host: a.b}\n')
    const trusted = async () =>
      JSON.parse((await paddock(daemon, ['policy', 'sources', '--json'])).out).sources.find(
        ({ source }: { source: string }) => source === 'repository',
      ).trusted
    const unsaid = await paddock(daemon, ['policy', 'trust'], 'y\n')
    expect([unsaid.code, await trusted()]).toEqual([3, false])
    expect(unsaid.out).toContain('{"verdict":"allow","host":"a.b","name":"allow a.b"}')
    expect([(await paddock(daemon, ['policy', 'trust', '--yes'])).code, await trusted()]).toEqual([0, true])
    expect([(await paddock(daemon, ['policy', 'trust', '--undo'])).code, await trusted()]).toEqual([0, false])
  })

  test.each([
    [['policy', 'jump']],
    [['policy', 'explain', '--mode', 'yolo', 'ls']],
    [['policy', 'sources', 'x']],
    [['policy', 'toString']],
  ])('%j is said wrong', async (args) => {
    const { code, err } = await paddock(daemon, args)
    expect([code, err]).toEqual([2, expect.stringContaining('See "paddock help".')])
  })
})
