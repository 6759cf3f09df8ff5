import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { PolicyRule } from '#protocol/policy.ts'
import type { Examine } from '../../../daemon/approval/policy/examples.ts'
import { policyPlaces } from '../../../daemon/approval/policy/policyPlaces.ts'
import { PolicySources } from '../../../daemon/approval/policy/policySources.ts'
import { eventually } from '../../support/eventually.ts'
import { command, report, runs, verdict } from './reports.ts'

const examine: Examine = (action) => (action.type === 'command' ? runs(action.command) : report())
const uid = process.getuid?.() ?? 0
const isRoot = uid === 0

let base: string
let folder: string
let sources: PolicySources
let files: Record<'managed' | 'user' | 'repository', string>

beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'paddock-policy-')))
  folder = join(base, 'shop')
  files = {
    managed: join(base, 'etc/paddock/policy.yaml'),
    user: join(base, 'config/paddock/policy.yaml'),
    repository: join(folder, '.paddock/policy.yaml'),
  }
  for (const file of Object.values(files)) mkdirSync(dirname(file), { recursive: true, mode: 0o755 })
  sources = open()
})
afterEach(() => {
  sources.close()
  rmSync(base, { recursive: true, force: true })
})

function open(): PolicySources {
  return new PolicySources({
    examine,
    places: {
      dataFolder: join(base, 'data'),
      managed: { file: files.managed, owners: { users: [uid], closedTo: 0o022 } },
      user: { file: files.user, owners: { users: [uid], closedTo: 0o002 } },
    },
  })
}

const text = (...rules: string[]) => `version: 1\nrules:\n${rules.map((rule) => `- ${rule}\n`).join('')}`
const noPush = '{verdict: deny, program: [git, push]}'
const pushes = '{verdict: allow, program: [git, push]}'
const makes: PolicyRule = { verdict: 'allow', program: ['make'] }

function decided(line: string, mode: 'ask' | 'auto' = 'auto') {
  return verdict(command(line), runs(line), { mode, policy: sources.of(folder).sets })
}
const stateOf = (source: string) => sources.list(folder).find((state) => state.source === source)

describe('policies on disk', () => {
  test('no file says nothing', () => {
    expect(sources.of(folder)).toMatchObject({ mode: undefined, hostRules: [], denyUnansweredAfterMs: undefined })
    expect(sources.list(folder).map(({ source, exists, troubles }) => [source, exists, troubles.length])).toEqual([
      ['managed', false, 0],
      ['user', false, 0],
      ['workspace', false, 0],
      ['repository', false, 0],
    ])
  })

  test('a rule holds from when it is written until it is removed, and the same one is the same object', () => {
    const before = sources.of(folder)
    expect(sources.of(folder)).toBe(before)
    writeFileSync(files.user, text(noPush))
    expect(decided('git push')).toBe('deny')
    const now = sources.of(folder)
    utimesSync(files.user, 1, 1)
    expect(sources.of(folder)).toBe(now)
    writeFileSync(files.user, text('{verdict: deny, program: [rm]}'))
    expect([decided('git push'), decided('rm x')]).toEqual(['allow', 'deny'])
    rmSync(files.user)
    expect(decided('rm x')).toBe('allow')
  })

  test('settings come from the strongest that may say them', () => {
    writeFileSync(files.managed, 'version: 1\nmode: ask\ndenyUnansweredAfter: 60\n')
    writeFileSync(files.user, 'version: 1\nmode: plan\ndenyUnansweredAfter: 5\n')
    writeFileSync(files.repository, 'version: 1\nmode: unattended\ndenyUnansweredAfter: 1\n')
    expect(sources.of(folder)).toMatchObject({ mode: 'plan', denyUnansweredAfterMs: 300_000 })
  })

  test('hosts go to the way out, allows only where nothing holds them', () => {
    writeFileSync(files.user, text('{verdict: allow, host: a.b}', '{verdict: deny, host: c.d, ports: [22]}'))
    writeFileSync(files.repository, text('{verdict: allow, host: evil.example}', '{verdict: ask, host: e.f}'))
    const denied = { verdict: 'deny', host: 'c.d', ports: [22] }
    const asked = { verdict: 'ask', host: 'e.f' }
    expect(sources.of(folder).hostRules).toEqual([{ verdict: 'allow', host: 'a.b' }, denied, asked])
    writeFileSync(files.user, text('{verdict: allow, host: a.b}', '{verdict: deny, host: c.d, ports: [22]}', 'x'))
    expect(sources.of(folder).hostRules).toEqual([denied, asked])
  })

  test('a user’s file may be a link, as of dotfiles', () => {
    const target = join(base, 'dotfiles.yaml')
    writeFileSync(target, text(noPush))
    symlinkSync(target, files.user)
    expect(decided('git push')).toBe('deny')
    sources.addRules(folder, 'user', [makes])
    expect(readFileSync(target, 'utf8')).toContain('make')
    writeFileSync(target, text())
    expect(decided('git push')).toBe('allow')
  })
})

describe('a policy file that cannot be vouched for', () => {
  test('of the machine’s that others may write, only what tightens is in force', () => {
    writeFileSync(files.managed, text(noPush, '{verdict: allow, program: [make]}'))
    expect([decided('git push'), decided('make', 'ask')]).toEqual(['deny', 'allow'])
    chmodSync(files.managed, 0o666)
    expect([decided('git push'), decided('make', 'ask')]).toEqual(['deny', 'ask'])
    expect(stateOf('managed')?.troubles).toMatchObject([{ holds: false }])
    chmodSync(files.managed, 0o644)
    expect(decided('make', 'ask')).toBe('allow')
    chmodSync(dirname(files.managed), 0o777)
    expect(decided('make', 'ask')).toBe('ask')
  })

  test.skipIf(!isRoot)(
    'of the machine’s that belongs to somebody else, only what tightens is in force (only root can give a file away)',
    () => {
      writeFileSync(files.managed, text(noPush, '{verdict: allow, program: [make]}'))
      chownSync(files.managed, 12_345, 12_345)
      expect([decided('git push'), decided('make', 'ask')]).toEqual(['deny', 'ask'])
    },
  )

  const kinds: [string, (file: string) => void][] = [
    ['a folder', (file) => mkdirSync(file)],
    ['a pipe that nobody writes', (file) => execFileSync('mkfifo', [file])],
    ['larger than any policy', (file) => writeFileSync(file, `version: 1\n${'#'.repeat(1 << 20)}`)],
    ['no UTF-8', (file) => writeFileSync(file, Buffer.from([0x61, 0xff, 0xfe]))],
    ['no YAML', (file) => writeFileSync(file, 'version: 1\nrules: [')],
  ]
  test.each(kinds)('a user’s that is %s is told, and everything is asked about', (_name, make) => {
    make(files.user)
    expect(decided('ls')).toBe('ask')
    expect(stateOf('user')?.troubles).toMatchObject([{ file: files.user, holds: true }])
    rmSync(files.user, { recursive: true })
    expect(decided('ls')).toBe('allow')
  })
  test.each(kinds)('a repository’s that is %s is told, and changes nothing', (_name, make) => {
    make(files.repository)
    expect(decided('ls')).toBe('allow')
    expect(stateOf('repository')?.troubles).toHaveLength(1)
  })
})

describe('a repository’s policy', () => {
  test('only tightens until just its content is trusted', () => {
    writeFileSync(files.repository, text(noPush, '{verdict: allow, program: [make]}'))
    const check = () => [decided('git push'), decided('make', 'ask'), stateOf('repository')?.trusted]
    expect(check()).toEqual(['deny', 'ask', false])
    const sha256 = stateOf('repository')?.sha256 ?? ''
    sources.trust(folder, sha256)
    expect(check()).toEqual(['deny', 'allow', true])
    // Another daemon knows it too.
    sources.close()
    sources = open()
    expect(check()).toEqual(['deny', 'allow', true])
    writeFileSync(files.repository, `${text(noPush, '{verdict: allow, program: [make]}')}# more\n`)
    expect(check()).toEqual(['deny', 'ask', false])
    expect(() => sources.trust(folder, sha256)).toThrow('another one by now')
    sources.trust(folder, stateOf('repository')?.sha256 ?? '')
    sources.trust(folder, null)
    expect(check()).toEqual(['deny', 'ask', false])
  })

  test('D6: is trusted in one workspace, not in another with the same content', () => {
    writeFileSync(files.repository, text('{verdict: allow, program: [make]}'))
    sources.trust(folder, stateOf('repository')?.sha256 ?? '')
    const nested = join(folder, 'vendor/lib')
    mkdirSync(join(nested, '.paddock'), { recursive: true })
    writeFileSync(join(nested, '.paddock/policy.yaml'), readFileSync(files.repository))
    expect(sources.list(nested).find(({ source }) => source === 'repository')?.trusted).toBe(false)
  })

  test('that is a link, or lies behind one, is not read', () => {
    const outside = join(base, 'outside')
    mkdirSync(outside)
    writeFileSync(join(outside, 'policy.yaml'), text(noPush))
    symlinkSync(join(outside, 'policy.yaml'), files.repository)
    expect([decided('git push'), stateOf('repository')?.troubles[0]?.what]).toEqual([
      'allow',
      'it, or the folder that it lies in, is a link',
    ])
    rmSync(dirname(files.repository), { recursive: true })
    symlinkSync(outside, dirname(files.repository))
    expect([decided('git push'), stateOf('repository')?.troubles[0]?.what]).toEqual([
      'allow',
      'it, or the folder that it lies in, is a link',
    ])
  })
})

describe('editing a policy', () => {
  test('makes the file for this user alone, and keeps comments and layout', () => {
    sources.addRules(folder, 'workspace', [makes])
    const { file = '' } = stateOf('workspace') ?? {}
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700)
    expect(readFileSync(file, 'utf8')).toBe(
      `# Rules for ${folder}.\nversion: 1\nrules:\n  - verdict: allow\n    program: [ make ]\n`,
    )
    expect(decided('make', 'ask')).toBe('allow')

    const mine = '# mine\nversion: 1 # of it\n\nrules:\n  # never\n  - {verdict: deny, program: [git, push]} # no\n'
    writeFileSync(files.user, mine)
    sources.addRules(folder, 'user', [{ verdict: 'deny', path: '~/.ssh/**', access: ['read', 'write'] }, makes])
    const edited = readFileSync(files.user, 'utf8')
    for (const line of mine.split('\n').filter(Boolean)) expect(edited).toContain(line.replace(/[{}]/g, '').slice(0, 8))
    expect(edited).toContain('# never')
    expect(edited).toContain('# no')
    sources.removeRule(folder, 'user', 'deny read write ~/.ssh/**')
    sources.removeRule(folder, 'user', 'allow make …')
    expect(readFileSync(files.user, 'utf8')).not.toContain('.ssh')
    expect(decided('git push')).toBe('deny')
    sources.removeRule(folder, 'user', 'deny git push …')
    expect(decided('git push')).toBe('allow')
  })

  test('keeps JSON', () => {
    writeFileSync(files.user, JSON.stringify({ version: 1, mode: 'ask', rules: [{ verdict: 'deny', tool: 't' }] }))
    sources.addRules(folder, 'user', [makes])
    expect(JSON.parse(readFileSync(files.user, 'utf8'))).toEqual({
      version: 1,
      mode: 'ask',
      rules: [{ verdict: 'deny', tool: 't' }, makes],
    })
    sources.removeRule(folder, 'user', 'deny tool t')
    expect(JSON.parse(readFileSync(files.user, 'utf8'))).toMatchObject({ rules: [makes] })
  })

  test('adds no rule twice', () => {
    sources.addRules(folder, 'workspace', [makes])
    const { file = '' } = stateOf('workspace') ?? {}
    const before = readFileSync(file, 'utf8')
    sources.addRules(folder, 'workspace', [makes])
    expect(readFileSync(file, 'utf8')).toBe(before)
  })

  test('removes the rule that it says, though another before it cannot be read', () => {
    writeFileSync(files.user, text('{verdict: allow, tol: x}', noPush, '{verdict: deny, tool: t}'))
    sources.removeRule(folder, 'user', 'deny git push …')
    expect(readFileSync(files.user, 'utf8')).toMatch(/tol.*\n.*tool/)
  })

  test.each<[string, string | undefined, PolicyRule[]]>([
    ['a file that is no YAML', 'rules: [', [makes]],
    ['a file that is a list', '- a', [makes]],
    ['a name that is taken', text('{name: x, verdict: deny, tool: t}'), [{ ...makes, name: 'x' }]],
    ['a rule that cannot be understood', undefined, [{ verdict: 'allow', path: 'a[b]' }]],
    ['a rule whose examples fail', undefined, [{ ...makes, match: ['ls'] }]],
    ['more than a policy may hold', undefined, [{ verdict: 'allow', command: 'x'.repeat(100_000), reason: 'x' }]],
  ])('is refused for %s, and leaves it as it was', (_name, content, rules) => {
    const many = _name.startsWith('more')
      ? Array.from({ length: 11 }, (_, at) => ({ ...rules[0]!, reason: `${at}` }))
      : rules
    if (content !== undefined) writeFileSync(files.user, content)
    expect(() => sources.addRules(folder, 'user', many)).toThrow('policy was not changed')
    expect(existsSync(files.user) ? readFileSync(files.user, 'utf8') : undefined).toBe(content)
  })

  test('is refused for a rule that is not there', () => {
    expect(() => sources.removeRule(folder, 'user', 'toString')).toThrow('no rule of it is called')
  })
})

describe('whoever listens', () => {
  test('hears of changes that nobody asked for', async () => {
    const heard: string[] = []
    sources.of(folder)
    sources.listen((changed) => heard.push(changed))
    writeFileSync(files.user, text(noPush))
    await eventually(() => heard).toEqual([folder])
    // As editors write.
    writeFileSync(`${files.repository}.new`, text('{verdict: ask, program: [make]}'))
    renameSync(`${files.repository}.new`, files.repository)
    await eventually(() => heard).toHaveLength(2)
    rmSync(dirname(files.repository), { recursive: true })
    await eventually(() => heard).toHaveLength(3)
    mkdirSync(dirname(files.repository))
    writeFileSync(files.repository, text('{verdict: ask, program: [make]}'))
    await eventually(() => heard).toHaveLength(4)
    expect(decided('make')).toBe('ask')
  })

  test('hears at once of a rule for every workspace, in each that is known', async () => {
    const other = join(base, 'other')
    mkdirSync(other)
    for (const known of [folder, other]) sources.of(known)
    const heard: string[] = []
    sources.listen((changed) => heard.push(changed))
    sources.addRules(folder, 'user', [makes])
    await new Promise((resolve) => setImmediate(resolve))
    expect(heard.toSorted()).toEqual([other, folder].toSorted())
  })

  test('hears nothing of what makes no difference', async () => {
    writeFileSync(files.user, text(noPush))
    const heard: string[] = []
    sources.of(folder)
    sources.listen((changed) => heard.push(changed))
    writeFileSync(files.user, text(noPush))
    writeFileSync(join(folder, 'a'), 'x')
    sources.of(folder)
    writeFileSync(files.repository, text(pushes))
    await eventually(() => heard).toEqual([folder])
    sources.addRules(folder, 'workspace', [makes])
    await eventually(() => heard).toHaveLength(2)
  })
})

describe('where policies are', () => {
  test.each([
    ['linux', { XDG_CONFIG_HOME: '/x' }, '/x/paddock/policy.yaml', true],
    ['darwin', {}, /Library\/Application Support\/paddock\/policy\.yaml$/, true],
    ['win32', { APPDATA: '/roaming' }, '/roaming/paddock/policy.yaml', false],
  ] as const)('%s', (platform, env, file, managed) => {
    const places = policyPlaces('/data', false, env, platform)
    expect(places.user.file).toMatch(file)
    expect(places.managed !== undefined).toBe(managed)
    expect(places.managed?.owners ?? { users: [0] }).toMatchObject({ users: [0] })
  })
})
