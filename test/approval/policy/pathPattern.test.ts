import { describe, expect, test } from 'vitest'
import { foldName, isFault, readNames, readPathPattern } from '../../../daemon/approval/policy/pathPattern.ts'
import { home, read, report, root, set, verdict, write } from './reports.ts'

/** Whether an allow of this pattern lets a file be read. */
const allows = (pattern: string, path: string, place = { root, home }) =>
  verdict(read(path), report(), { ...place, mode: 'auto', policy: [set([{ verdict: 'allow', path: pattern }])] }) ===
  'allow'
const denies = (pattern: string, path: string) =>
  verdict(write(path), report(), { policy: [set([{ verdict: 'deny', path: pattern }])] }) === 'deny'

describe('a path that is allowed', () => {
  test.each<[string, string, boolean]>([
    ['~/notes/**', `${home}/notes/a.md`, true],
    ['~/notes/**', `${home}/notes/deep/er/a.md`, true],
    ['~/notes/**', `${home}/notes`, false],
    ['~/notes/**', `${home}/notes2/a.md`, false],
    ['~/notes/', `${home}/notes/a.md`, true],
    ['$HOME/notes/*', `${home}/notes/a.md`, true],
    [`$\{HOME}/notes/*`, `${home}/notes/deep/a.md`, false],
    ['/usr/share/*/readme', '/usr/share/x/readme', true],
    ['/usr/share/*/readme', '/usr/share/x/y/readme', false],
    ['/usr/**/readme', '/usr/readme', true],
    ['/usr/**/readme', '/usr/a/b/readme', true],
    ['/etc/host?', '/etc/hosts', true],
    ['/etc/host?', '/etc/host', false],
    ['/etc/host?', '/etc/host😀', true],
    ['/etc/hosts', '/etc/HOSTS', false],
    ['/etc/hosts', '/etc//hosts', false],
    ['/etc/**', '/etc/../root/x', false],
    ['/etc/**', '/etc/x\0', false],
    // Below the workspace, and nowhere else.
    ['src/**', '/other/src/x', false],
    ['src/**', `${home}/src/x`, false],
    ['**', '/etc/passwd', false],
  ])('%s: %s', (pattern, path, expected) => {
    expect(allows(pattern, path)).toBe(expected)
  })

  test('A17: src/** is that of the workspace’s root, in a workspace whatever it lies below', () => {
    const place = { root: '/w', home: '/h' }
    const policy = [set([{ verdict: 'allow', path: 'src/**' }])]
    const asks = { ...place, mode: 'ask', policy } as const
    expect(verdict(write('/w/src/x'), report(), asks)).toBe('allow')
    expect(verdict(write('/w/other/src/x'), report(), asks)).toBe('ask')
    expect(verdict(write('/w/srcs/x'), report(), asks)).toBe('ask')
  })
})

describe('A17: a path that is denied', () => {
  test.each<[string, string, boolean]>([
    ['secrets', `${root}/secrets`, true],
    ['secrets', `${root}/secrets/deep/key`, true],
    ['secrets/', `${root}/secrets`, true],
    ['secrets/**', `${root}/secrets`, true],
    ['secrets', `${root}/Secrets/KEY`, true],
    ['secrets', `${root}/secret\u200bs/key`, true],
    ['secrets', `${root}/secrets./key`, true],
    ['caf\u00e9', `${root}/cafe\u0301`, true],
    ['secrets', `${root}/other/secrets`, false],
    ['**/.env', `${root}/a/b/.ENV`, true],
    ['**/.env', `${root}/.env`, true],
    ['*.pem', `${root}/key.pem`, true],
    ['*.pem', `${root}/deep/key.pem`, false],
    [`${root}/dist`, `${root}/dist/x`, true],
    ['~/shop/dist', `${root}/dist/x`, true],
    ['secrets', `${root}/x/../secrets/key`, true],
  ])('%s: %s', (pattern, path, expected) => {
    expect(denies(pattern, path)).toBe(expected)
  })

  test('a name that macOS gives a folder twice is one name', () => {
    const policy = [set([{ verdict: 'deny', path: '/var/keys', access: ['read'] }])]
    expect(verdict(read('/private/var/keys/a'), report(), { policy })).toBe('deny')
  })

  test('what may lie below a tree is asked about', () => {
    const policy = [set([{ verdict: 'deny', path: 'src/keys/**' }])]
    const removes = (path: string) => report({ paths: [{ path, effect: 'delete', tree: true }] })
    const command = { type: 'command', command: 'rm', cwd: root, network: false } as const
    expect(verdict(command, removes(`${root}/src`), { policy })).toBe('ask')
    expect(verdict(command, removes('/home'), { policy })).toBe('ask')
    expect(verdict(command, removes(`${root}/src/keys/a`), { policy })).toBe('deny')
    expect(verdict(command, removes(`${root}/lib`), { policy })).toBe('allow')
    const search = { type: 'search', path: root, pattern: 'x' } as const
    expect(verdict(search, report(), { policy: [set([{ verdict: 'deny', path: '**/.env' }])] })).toBe('ask')
  })

  test('a deny of one access leaves the others', () => {
    const policy = [set([{ verdict: 'deny', path: 'dist', access: ['write', 'delete'] }])]
    expect(verdict(read(`${root}/dist/x`), report(), { policy })).toBe('allow')
    expect(verdict(write(`${root}/dist/x`), report(), { policy })).toBe('deny')
  })

  test('a path longer than any system knows is asked about', () => {
    const policy = [set([{ verdict: 'deny', path: 'a/**/b' }])]
    expect(verdict(write(`${root}/${'a/'.repeat(50_000)}`), report(), { policy })).not.toBe('allow')
  })
})

describe('a pattern', () => {
  test.each(['a\\b', 'a[b]', '{a,b}', '!a', 'a/../b', '..', 'a**', '**b/c', '~bob/x', '$USER/x', 'a/$HOME', 'a\0'])(
    '%s is not understood',
    (written) => {
      expect(isFault(readPathPattern(written))).toBe(true)
    },
  )

  test('costs little however it is meant to cost much', () => {
    const pattern = readPathPattern(`${'*a'.repeat(300)}/${'**/a/'.repeat(200)}b`)
    if (isFault(pattern)) throw new Error(pattern.what)
    const start = process.cpuUsage()
    readNames(pattern, ['a'.repeat(3_000), ...Array.from({ length: 500 }, () => 'a')])
    expect(process.cpuUsage(start).user / 1_000).toBeLessThan(200)
  })

  test('spells names of one file in one way', () => {
    for (const name of ['.git', '.GIT', '.g\u200cit', '.git.', '.git ', '\uff0egit'])
      expect(foldName(name)).toBe('.git')
    expect(foldName('..')).toBe('..')
  })
})
