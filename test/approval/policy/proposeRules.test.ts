import { describe, expect, test } from 'vitest'
import type { Action } from '#protocol/approval.ts'
import type { GuardReport } from '#protocol/guard.ts'
import type { PolicyContext } from '../../../daemon/approval/policy/decide.ts'
import { proposeRules } from '../../../daemon/approval/policy/proposeRules.ts'
import { command, context, home, program, read, report, root, runs, set, verdict, write } from './reports.ts'

function propose(action: Action, guard: GuardReport, more: Partial<PolicyContext> = {}) {
  return proposeRules(action, guard, context({ mode: 'ask', ...more }))
}

describe('what is proposed', () => {
  test('is each program that was not allowed yet, by all its words', () => {
    const rules = propose(
      command('npm test && make all | tail'),
      {
        ...runs('npm test', 'make all'),
        programs: [program('npm test'), program('make all'), program('make all'), program('tail', { effect: 'look' })],
      },
      { policy: [set([{ verdict: 'allow', program: ['npm', 'test'] }])] },
    )
    expect(rules).toEqual([{ verdict: 'allow', program: ['make', 'all'], exactly: true }])
  })

  test('allows what is displayed and nothing more', () => {
    const rules = propose(command('git push origin main'), runs('git push origin main'))
    const said = (line: string) => verdict(command(line), runs(line), { mode: 'ask', rules })
    expect(said('git push origin main')).toBe('allow')
    expect(said('git push origin main --force')).toBe('ask')
    expect(said('git push origin')).toBe('ask')
  })

  test('says that a command reaches any public host', () => {
    const rules = propose(command('npm install', true), runs('npm install'), { mode: 'auto' })
    expect(rules).toEqual([{ verdict: 'allow', program: ['npm', 'install'], exactly: true, network: true }])
  })

  test.each<[string, GuardReport]>([
    ['a word that is only known when it runs', runs('git push ?')],
    ['a program that runs what it is told', runs('python3 -c print(1)')],
    ['a program behind another', report({ programs: [program('sudo make'), program('make', { via: ['sudo'] })] })],
    ['what was not understood', { ...runs('make'), understood: false }],
    ['an empty word', report({ programs: [{ ...program('make'), argv: ['make', ''] }] })],
    ['what is grave in no program', { ...runs('make'), reasons: [{ code: 'x', text: 'x', consequential: true }] }],
    ['nothing that it is known to run', report()],
  ])('is the whole line for %s', (_name, guard) => {
    expect(propose(command('the line'), guard)).toEqual([{ verdict: 'allow', command: 'the line' }])
  })

  test('names files that a line writes', () => {
    const to = (path: string) => report({ programs: [program('make')], paths: [{ path, effect: 'write' }] })
    expect(propose(command('make > log'), to(`${root}/log`))).toEqual([
      { verdict: 'allow', program: ['make'], exactly: true },
      { verdict: 'allow', path: 'log', access: ['write'] },
    ])
    expect(propose(command('make > "[a]"'), to(`${root}/[a]`))).toEqual([{ verdict: 'allow', command: 'make > "[a]"' }])
  })

  test.each<[Action, unknown]>([
    [read('/etc/hosts'), [{ verdict: 'allow', path: '/etc/hosts', access: ['read'] }]],
    [read(`${home}/notes/a b`), [{ verdict: 'allow', path: '~/notes/a b', access: ['read'] }]],
    [write(`${root}/src/a.ts`), [{ verdict: 'allow', path: 'src/a.ts', access: ['write'] }]],
    [write(`${root}/~x`), [{ verdict: 'allow', path: './~x', access: ['write'] }]],
    [read(`/etc/*`), []],
    [read(`/etc/a/../b`), []],
    [write('/etc/hosts'), []],
    [
      { type: 'search', path: '/usr/share', pattern: 'x' },
      [{ verdict: 'allow', path: '/usr/share/**', access: ['read'] }],
    ],
    [
      { type: 'connect', host: 'a.example', port: 8443, command: '' },
      [{ verdict: 'allow', host: 'a.example', ports: [8443] }],
    ],
    [
      { type: 'mcp', server: 'github', tool: 'issues', schema: 'a'.repeat(64), arguments: '{}' },
      [{ verdict: 'allow', tool: 'github/issues', schema: 'a'.repeat(64) }],
    ],
    [{ type: 'unknown', tool: 't', arguments: '' }, []],
    [{ type: 'process', process: 'p1', input: 'x' }, []],
  ])('%j', (action, expected) => {
    expect(propose(action, report())).toEqual(expected)
  })

  test('is nothing where no rule would allow it', () => {
    const asks = [set([{ verdict: 'ask', program: ['make'] }])]
    expect(propose(command('make'), runs('make'), { policy: asks })).toEqual([])
    expect(propose(command('make'), runs('make'), { sandboxed: false })).toEqual([])
    expect(propose(command('ls', false, '/etc'), runs('ls'))).toEqual([])
    expect(propose(command('a\u202eb', true), runs('a'))).toEqual([])
    expect(propose(command('make'), runs('make'), { mode: 'auto' })).toEqual([])
  })
})
