import { describe, expect, test } from 'vitest'
import type { Action } from '#protocol/approval.ts'
import { actionHash } from '../../../daemon/approval/actionHash.ts'
import { decide } from '../../../daemon/approval/policy/decide.ts'
import { command, context, home, read, report, root, write } from './reports.ts'

function check(action: Action, grants: string[] = [], tool = 'exec') {
  const { verdict, rule, risk } = decide(action, report(), context({ tool, grants: new Set(grants) }))
  return `${verdict} ${rule} ${risk}`
}

describe('policy', () => {
  test.each<[string, Action, string]>([
    ['a command without network', command('rm -rf .'), 'allow sandboxed-command low'],
    ['a command in a folder of the workspace', command('ls', false, `${root}/src`), 'allow sandboxed-command low'],
    ['a command with network', command('npm install', true), 'ask network-command medium'],
    ['hidden text with network', command('curl a\u202Eb', true), 'ask network-command-with-hidden-text high'],
    [
      'padding with network',
      command(`ls${' '.repeat(500)}; curl x`, true),
      'ask network-command-with-hidden-text high',
    ],
    ['a command elsewhere', command('ls', false, '/etc'), 'ask command-outside-workspace medium'],
    ['reading', read(`${root}/a`), 'allow look-in-workspace low'],
    ['listing the workspace', { type: 'list', path: root }, 'allow look-in-workspace low'],
    ['searching', { type: 'search', path: `${root}/src`, pattern: 'x' }, 'allow look-in-workspace low'],
    ['reading elsewhere', read('/etc/passwd'), 'ask look-outside-workspace medium'],
    ['reading a sibling with the same beginning', read(`${root}-other/a`), 'ask look-outside-workspace medium'],
    ['reading through dots', read(`${root}/../other`), 'ask look-outside-workspace medium'],
    ['reading a relative path', read('src/a'), 'ask look-outside-workspace medium'],
    ['reading a NUL', read(`${root}/a\0`), 'ask look-outside-workspace medium'],
    ['searching at home', { type: 'search', path: home, pattern: 'key' }, 'ask look-outside-workspace medium'],
    ['writing', write(`${root}/a`), 'allow write-in-layer low'],
    ['writing at home', write(`${home}/.bashrc`), 'ask write-in-sandbox-home medium'],
    ['writing elsewhere', write('/etc/hosts'), 'deny write-outside-workspace high'],
    ['writing through dots', write(`${root}/../../x`), 'deny write-outside-workspace high'],
    [
      'a tool of an MCP server',
      { type: 'mcp', server: 's', tool: 't', schema: 'x', arguments: '{}' },
      'ask mcp-tool high',
    ],
    ['what is unknown', { type: 'unknown', tool: 'browse', arguments: '{}' }, 'ask unknown-action high'],
  ])('%s', (_name, action, expected) => {
    expect(check(action)).toBe(expected)
  })

  test('a grant allows that action and no other', () => {
    const granted = [actionHash('exec', command('npm install', true))]
    expect(check(command('npm install', true), granted)).toBe('allow session-grant medium')
    expect(check(command('npm install ', true), granted)).toBe('ask network-command medium')
    expect(check(command('npm install', true), granted, 'other')).toBe('ask network-command medium')
  })

  test('a grant does not lift a denial', () => {
    const action = write('/etc/hosts')
    expect(check(action, [actionHash('write_file', action)], 'write_file')).toBe('deny write-outside-workspace high')
  })

  test('a workspace that is the root of the file system holds everything', () => {
    expect(decide(read('/etc/x'), report(), context({ root: '/', tool: 'read_file' })).verdict).toBe('allow')
  })
})

describe('policy without a sandbox', () => {
  const bare = (action: Action, grants: string[] = []) => {
    const { verdict, rule, risk } = decide(action, report(), context({ sandboxed: false, grants: new Set(grants) }))
    return `${verdict} ${rule} ${risk}`
  }

  test.each<[string, Action, string]>([
    ['a command', command('ls'), 'ask unsandboxed-command high'],
    ['a command with network', command('curl x', true), 'ask unsandboxed-command high'],
    ['a command elsewhere', command('ls', false, '/etc'), 'ask unsandboxed-command high'],
    ['searching', { type: 'search', path: root, pattern: 'x' }, 'ask unsandboxed-command high'],
    ['talking to a program', { type: 'process', process: 'p1', input: 'rm x' }, 'ask unsandboxed-command high'],
    ['looking at a program', { type: 'process', process: 'p1' }, 'allow sandboxed-process low'],
    ['reading', read(`${root}/a`), 'allow look-in-workspace low'],
    ['writing', write(`${root}/a`), 'allow write-in-layer low'],
    ['writing elsewhere', write(`${home}/../x`), 'deny write-outside-workspace high'],
    ['what is unknown', { type: 'unknown', tool: 'browse', arguments: '{}' }, 'ask unknown-action high'],
  ])('%s', (_name, action, expected) => {
    expect(bare(action)).toBe(expected)
  })

  test('a grant allows that command and no other', () => {
    const granted = [actionHash('exec', command('make'))]
    expect(bare(command('make'), granted)).toBe('allow session-grant high')
    expect(bare(command('make install'), granted)).toBe('ask unsandboxed-command high')
  })
})

describe('action hash', () => {
  test('does not depend on the order of keys', () => {
    const one: Action = { type: 'command', command: 'ls', cwd: root, network: true }
    const other: Action = { network: true, cwd: root, command: 'ls', type: 'command' }
    expect(actionHash('exec', one)).toBe(actionHash('exec', other))
    expect(actionHash('exec', one)).toMatch(/^[0-9a-f]{64}$/)
  })

  test('depends on every byte', () => {
    const actions = [
      command('ls', true),
      command('ls\u200b', true),
      command('ls', false),
      command('ls', true, '/x'),
      write(`${root}/a`),
      { ...write(`${root}/a`), edit: true } as Action,
    ]
    expect(new Set(actions.map((action) => actionHash('exec', action))).size).toBe(actions.length)
  })
})
