import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type ProfileParams, seatbeltProfile } from '../../daemon/sandbox/seatbelt/profile.ts'
import { seatbeltProvider, whyNot } from '../../daemon/sandbox/seatbelt/seatbeltProvider.ts'

const params: ProfileParams = {
  root: '/Users/ann/Library/paddock/layers/s1/copy',
  home: '/Users/ann/Library/paddock/workspaces/1/home',
  temporary: '/Users/ann/Library/paddock/workspaces/1/seatbelt/tmp',
  userHome: '/Users/ann',
  tools: ['/Users/ann/.cargo/bin'],
  hide: ['/Users/ann/Library/paddock', '/Users/ann/shop'],
}

/** The rules, in order, each as its verdict, operations and filters. */
function rulesOf(profile: string) {
  return [...profile.matchAll(/^\((allow|deny) ([^(\n]*?)(?:\n? *(\([\s\S]*?\)))?\)$/gm)].map(
    ([, verdict, operations, filters = '']) => ({ verdict, operations: operations!.trim().split(' '), filters }),
  )
}

/** What the profile says of an operation on a path: of the rules that fit, the last one. */
function verdictOn(profile: string, operation: string, path: string): string {
  let verdict = 'deny'
  for (const { verdict: says, operations, filters } of rulesOf(profile)) {
    const fits = operations.some(
      (name) => name === operation || (name.endsWith('*') && operation.startsWith(name.slice(0, -1))),
    )
    const isThere = [...filters.matchAll(/\((subpath|literal) "((?:[^"\\]|\\.)*)"\)/g)].some(([, how, named]) => {
      const at = named!.replace(/\\(.)/g, '$1')
      return at === path || (how === 'subpath' && path.startsWith(at === '/' ? at : `${at}/`))
    })
    if (fits && (filters === '' || isThere)) verdict = says!
  }
  return verdict
}

describe('the profile of seatbelt', () => {
  const profile = seatbeltProfile(params)

  test('begins with denying everything, and its brackets close', () => {
    expect(profile.startsWith('(version 1)\n(deny default)\n')).toBe(true)
    const bare = profile.replace(/"(?:[^"\\]|\\.)*"/g, '')
    expect(bare.split('(').length).toBe(bare.split(')').length)
    expect(profile.endsWith(')\n')).toBe(true)
  })

  test.each([
    ['the copy', `${params.root}/src/a.ts`, 'allow', 'allow'],
    ['the home inside', `${params.home}/.npmrc`, 'allow', 'allow'],
    ['temporary files', `${params.temporary}/x`, 'allow', 'allow'],
    ['the system’s programs', '/usr/bin/git', 'allow', 'deny'],
    ['programs of the user’s home', '/Users/ann/.cargo/bin/cargo', 'allow', 'deny'],
    ['nothing', '/dev/null', 'allow', 'allow'],
    ['the user’s keys', '/Users/ann/.ssh/id_ed25519', 'deny', 'deny'],
    ['the user’s own workspace', '/Users/ann/shop/src/a.ts', 'deny', 'deny'],
    ['the daemon’s token', '/Users/ann/Library/paddock/endpoint.json', 'deny', 'deny'],
    ['another session’s layer', '/Users/ann/Library/paddock/layers/s2/copy/a', 'deny', 'deny'],
    ['a sibling with the same beginning', `${params.root}-other/a`, 'deny', 'deny'],
    ['passwords', '/private/etc/master.passwd', 'deny', 'deny'],
    ['other users', '/Users/bob/a', 'deny', 'deny'],
    ['disks', '/Volumes/Backup/a', 'deny', 'deny'],
    ['the machine’s temporary files', '/private/tmp/a', 'deny', 'deny'],
  ])('%s', (_name, path, read, write) => {
    expect([verdictOn(profile, 'file-read-data', path), verdictOn(profile, 'file-write-data', path)]).toEqual([
      read,
      write,
    ])
  })

  test('without a proxy nothing goes out; with one, only to its port', () => {
    expect(profile).toContain('(deny network*)')
    expect(profile).not.toContain('network-outbound')
    const open = seatbeltProfile({ ...params, proxyPort: 3128 })
    expect(open.match(/network-outbound.*/g)).toEqual(['network-outbound (remote ip "localhost:3128"))'])
  })

  test('a path with quotes stays one string, and one that cannot be written is refused', () => {
    const root = '/Users/ann/a" (allow default) "\\'
    expect(verdictOn(seatbeltProfile({ ...params, root }), 'file-read-data', `${root}/x`)).toBe('allow')
    expect(seatbeltProfile({ ...params, root })).toContain('(subpath "/Users/ann/a\\" (allow default) \\"\\\\")')
    expect(() => seatbeltProfile({ ...params, root: '/Users/ann/a\n(allow default)' })).toThrow('cannot be named')
  })

  test('identity files are read-only', () => {
    const shown = seatbeltProfile({ ...params, identity: '/Users/ann/Library/paddock/workspaces/1/identity' })
    const path = '/Users/ann/Library/paddock/workspaces/1/identity/sandbox.json'
    expect([verdictOn(shown, 'file-read-data', path), verdictOn(shown, 'file-write-data', path)]).toEqual([
      'allow',
      'deny',
    ])
  })
})

describe('the kind seatbelt', () => {
  test('says where it cannot be had, and what to do', () => {
    expect(whyNot('linux', {}, true)).toMatchObject({ fix: expect.stringContaining('bubblewrap') })
    expect(whyNot('darwin', {}, false)).toMatchObject({ why: expect.stringContaining('sandbox-exec') })
    expect(whyNot('darwin', {}, true)).toMatchObject({ why: expect.stringContaining('never tried') })
    expect(whyNot('darwin', { PADDOCK_TRY_SEATBELT: '1' }, true)).toBeUndefined()
  })

  test.skipIf(process.platform === 'darwin')('refuses to open on anything but a Mac', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'paddock-seatbelt-'))
    const provider = seatbeltProvider({ hide: [] })
    expect(await provider.probe()).toMatchObject({ type: 'unavailable', kind: 'seatbelt' })
    const layer = { type: 'copy', lower: folder, copy: folder } as const
    const opening = provider.open({ layer, home: folder, store: folder })
    await expect(opening).rejects.toMatchObject({ data: { type: 'sandboxUnavailable', kind: 'seatbelt' } })
    rmSync(folder, { recursive: true })
  })
})
