import { describe, expect, test } from 'vitest'
import type { Action } from '#protocol/approval.ts'
import type { GuardReport } from '#protocol/guard.ts'
import type { NetworkRule } from '#protocol/network.ts'
import type { Mode, PolicyRule } from '#protocol/policy.ts'
import { actionHash, grantKey } from '../../../daemon/approval/actionHash.ts'
import { decide, type PolicyContext, reasonAbout } from '../../../daemon/approval/policy/decide.ts'
import { command, context, home, program, read, report, root, runs, set, short, verdict, write } from './reports.ts'

const deny = (...program: (string | string[])[]): PolicyRule => ({ verdict: 'deny', program })
const ask = (...program: (string | string[])[]): PolicyRule => ({ verdict: 'ask', program })
const allow = (...program: (string | string[])[]): PolicyRule => ({ verdict: 'allow', program })
const online = (...program: string[]): PolicyRule => ({ verdict: 'allow', program, network: true })

/** What becomes of a line of programs under rules of the user's. */
function under(rules: PolicyRule[], guard: GuardReport, more: Partial<PolicyContext> = {}, action = command('x')) {
  return verdict(action, guard, { policy: [set(rules)], ...more })
}

describe('a program that is denied', () => {
  test.each<[string, PolicyRule, string, string]>([
    ['as it stands', deny('git', 'push'), 'git push origin', 'deny'],
    ['by its path', deny('git', 'push'), '/usr/bin/git push', 'deny'],
    ['by a path of its own', deny('git', 'push'), './git push', 'deny'],
    ['in capitals', deny('git', 'push'), 'GIT push', 'deny'],
    ['behind an option', deny('git', 'push'), 'git --no-pager push', 'deny'],
    ['behind an option and its value', deny('git', 'push'), 'git -C dir push', 'deny'],
    ['behind many', deny('git', 'push'), 'git -C a -c b=c --git-dir d push -f', 'deny'],
    ['not as a message', deny('git', 'push'), 'git commit -m push', 'allow'],
    ['not as another word', deny('git', 'push'), 'git log push', 'allow'],
    ['not another program', deny('git'), 'git-lfs x', 'allow'],
    ['where its command is unknown', deny('git', 'push'), 'git ? x', 'ask'],
    ['where an option is unknown', deny('git', 'push'), 'git -C ? push', 'deny'],
    ['where it is unknown itself', deny('git', 'push'), '? push', 'ask'],
    ['by a choice', deny('npm', ['publish', 'unpublish']), 'npm unpublish', 'deny'],
    ['by an option', deny('git', 'push', '--force'), 'git push origin main --force', 'deny'],
    ['by an option with a value', deny('git', 'push', '--force'), 'git push --force=yes', 'deny'],
    ['by an option cut short', deny('git', 'push', '--force'), 'git push --forc', 'deny'],
    ['not without it', deny('git', 'push', '--force'), 'git push origin', 'allow'],
    ['by letters in another order', deny('rm', '-rf'), 'rm -fr x', 'deny'],
    ['by letters apart', deny('rm', '-rf'), 'rm -r -v -f x', 'deny'],
    ['by one letter too few', deny('rm', '-rf'), 'rm -r x', 'allow'],
    ['by options that are unknown', deny('rm', '-rf'), 'rm ? x', 'ask'],
    ['exactly', { ...deny('make'), exactly: true }, 'make', 'deny'],
    ['exactly, and more', { ...deny('make'), exactly: true }, 'make all', 'allow'],
    ['exactly, and unknown', { ...deny('make'), exactly: true }, 'make ?', 'ask'],
  ])('%s', (_name, rule, line, expected) => {
    expect(under([rule], runs(line))).toBe(expected)
  })

  test('is denied at any place of a line, and though the rest was not understood', () => {
    expect(under([deny('rm')], runs('ls', 'cat a', 'rm x'))).toBe('deny')
    expect(under([deny('rm')], { ...runs('ls', 'rm x'), understood: false })).toBe('deny')
    expect(under([deny('rm')], report({ programs: [program('rm x', { via: ['sudo', 'xargs'] })] }))).toBe('deny')
  })

  test('A18: is denied whatever a stronger or weaker source allows, grants or the mode', () => {
    const policy = [
      set([allow('git')], {}, 'managed'),
      set([allow('git', 'push')], {}, 'workspace'),
      set([deny('git', 'push')], {}, 'repository'),
    ]
    const grants = new Set([actionHash('exec', command('git push'))])
    for (const mode of ['plan', 'ask', 'auto', 'unattended'] as Mode[]) {
      const rules = [allow('git', 'push')]
      expect(verdict(command('git push'), runs('git push'), { policy, mode, grants, rules })).toBe('deny')
    }
  })

  test('a thousand options before a word cost little and are not let through', () => {
    const line = `git ${'-x '.repeat(20_000)}push`
    const start = process.cpuUsage()
    expect(under([deny('git', 'push')], runs(line))).not.toBe('allow')
    expect(process.cpuUsage(start).user / 1_000).toBeLessThan(100)
  })
})

describe('a program that is allowed', () => {
  const asks = { mode: 'ask' as const }
  test.each<[string, PolicyRule, string, string]>([
    ['as it stands', allow('npm', 'test'), 'npm test', 'allow'],
    ['with more words', allow('npm', 'test'), 'npm test -- --watch', 'allow'],
    ['exactly', { ...allow('npm', 'test'), exactly: true }, 'npm test', 'allow'],
    ['exactly, and more', { ...allow('npm', 'test'), exactly: true }, 'npm test x', 'ask'],
    ['by a path of the system', allow('git', 'status'), '/usr/bin/git status', 'allow'],
    ['not by a path of its own', allow('git', 'status'), './git status', 'ask'],
    ['by the path that the rule says', allow('./run', 'a'), './run a', 'allow'],
    ['not by another path of that name', allow('./run', 'a'), 'run a', 'ask'],
    ['not in capitals', allow('git'), 'GIT status', 'ask'],
    ['not behind an option', allow('git', 'status'), 'git -C x status', 'ask'],
    ['not where a word is unknown', allow('git', 'push'), 'git ?', 'ask'],
    ['where a later word is unknown', allow('npm'), 'npm ?', 'allow'],
    ['not where it is unknown itself', allow('npm'), '?', 'ask'],
    ['not with fewer words', allow('npm', 'test'), 'npm', 'ask'],
    ['not by the beginning of a word', allow('npm', 'test'), 'npm tests', 'ask'],
  ])('%s', (_name, rule, line, expected) => {
    expect(under([rule], runs(line), asks)).toBe(expected)
  })

  test('covers a line only with all others', () => {
    expect(under([allow('npm')], runs('npm test', 'make'), asks)).toBe('ask')
    expect(under([allow('npm'), allow('make')], runs('npm test', 'make'), asks)).toBe('allow')
    const policy = [set([allow('npm')]), set([allow('make')], {}, 'workspace')]
    expect(verdict(command('x'), runs('npm test', 'make'), { ...asks, policy })).toBe('allow')
    const looks = report({ programs: [program('npm test'), program('tail -5', { effect: 'look' })] })
    expect(under([allow('npm')], looks, asks)).toBe('allow')
  })

  test('covers nothing that was not understood or does not show', () => {
    expect(under([allow('npm')], { ...runs('npm test'), understood: false }, asks)).toBe('ask')
    expect(under([allow('npm')], runs('npm test'), asks, command('npm\u200b test'))).toBe('ask')
  })

  test('covers no file that the line writes beside it', () => {
    const to = (path: string) => report({ programs: [program('npm test')], paths: [{ path, effect: 'write' }] })
    expect(under([allow('npm')], to(`${root}/.git/hooks/post-commit`), asks)).toBe('ask')
    expect(under([allow('npm'), { verdict: 'allow', path: 'out.txt' }], to(`${root}/out.txt`), asks)).toBe('allow')
    expect(
      under([allow('npm'), { verdict: 'allow', path: 'out.txt', access: ['read'] }], to(`${root}/out.txt`), asks),
    ).toBe('ask')
    expect(under([allow('npm')], to('/dev/null'), asks)).toBe('allow')
    const touches = report({ programs: [program('touch a')], paths: [{ path: `${root}/a`, effect: 'write' }] })
    expect(under([allow('touch')], touches, asks)).toBe('allow')
  })

  test('covers it behind what only carries it, and behind nothing else that goes without saying', () => {
    const through = (carrier: string, listed = true) => {
      const inner = program('npm test', { start: 2, end: 10, via: [carrier] })
      return report({ programs: listed ? [program(`${carrier} npm test`, { end: 20 }), inner] : [inner] })
    }
    expect(under([allow('npm')], through('timeout'), asks)).toBe('allow')
    expect(under([allow('npm')], through('sudo'), asks)).toBe('ask')
    expect(under([allow('npm')], through('sudo', false), asks)).toBe('ask')
    expect(under([allow('npm'), allow('sudo')], through('sudo'), asks)).toBe('allow')
  })

  test('reaches any public host only where its rule says so', () => {
    const install = command('npm install', true)
    expect(under([allow('npm')], runs('npm install'), {}, install)).toBe('ask')
    expect(under([online('npm')], runs('npm install'), {}, install)).toBe('allow')
    expect(under([online('npm')], runs('npm install', 'make'), {}, install)).toBe('ask')
    const piped = report({ programs: [program('npm install'), program('tail -5', { effect: 'look' })] })
    expect(under([online('npm')], piped, {}, install)).toBe('allow')
    const sends = report({ programs: [program('npm install'), program('curl x', { effect: 'look' })] })
    expect(under([online('npm')], sends, {}, install)).toBe('ask')
    const writes = (path: string) => report({ programs: [program('npm i')], paths: [{ path, effect: 'write' }] })
    expect(under([online('npm')], writes(`${home}/.bashrc`), {}, install)).toBe('ask')
    expect(under([online('npm')], writes(`${root}/log`), {}, install)).toBe('allow')
  })

  test('is not let out of the sandbox or the workspace by a rule', () => {
    expect(under([allow('ls')], runs('ls'), { sandboxed: false })).toBe('ask')
    expect(under([allow('ls')], runs('ls'), {}, command('ls', false, '/etc'))).toBe('ask')
    expect(under([{ verdict: 'allow', command: 'ls' }], runs('ls'), { sandboxed: false }, command('ls'))).toBe('ask')
    const hidden = command('npm\u202e i', true)
    expect(under([online('npm')], runs('npm i'), {}, hidden)).toBe('ask')
  })
})

describe('a command that is named whole', () => {
  const line = 'eval "$x" && curl -s y'
  const guard = report({ understood: false, effect: 'unknown', programs: [program('eval ?'), program('curl -s y')] })
  const whole: PolicyRule = { verdict: 'allow', command: line }

  test('is allowed byte for byte, though it was not understood', () => {
    expect(under([whole], guard, {}, command(line))).toBe('allow')
    expect(under([whole], guard, {}, command(`${line} `))).toBe('ask')
    expect(under([whole], guard, {}, command(line, true))).toBe('ask')
    expect(under([{ ...whole, network: true }], guard, {}, command(line, true))).toBe('allow')
  })

  test('is asked about where something else may be denied in it', () => {
    expect(under([whole, deny('curl', '-s')], guard, {}, command(line))).toBe('deny')
    const unknown = { ...guard, programs: [program('? x')] }
    expect(under([whole, deny('rm')], unknown, {}, command(line))).toBe('ask')
  })
})

describe('what is grave', () => {
  const grave = (line: string, more: Partial<GuardReport> = {}) =>
    report({
      programs: [program(line)],
      risk: 'high',
      reasons: [{ code: 'publishes', text: 'It publishes.', program: 0, consequential: true }],
      ...more,
    })

  test.each<[string, PolicyRule | undefined, string, string]>([
    ['is asked about in auto', undefined, 'git push', 'ask'],
    ['is not allowed by a broad rule', allow('git'), 'git push', 'ask'],
    ['is allowed by one that names it', allow('git', 'push'), 'git push origin main', 'allow'],
    ['is not allowed by a group of commands', allow('docker', 'system'), 'docker system prune', 'ask'],
    ['is allowed by a command of a group', allow('docker', 'system', 'prune'), 'docker system prune -a', 'allow'],
    ['is not allowed by options', allow('rm', '-rf'), 'rm -rf build', 'ask'],
    ['is allowed by all its words', allow('rm', '-rf', 'build'), 'rm -rf build', 'allow'],
    ['is not allowed by too few', allow('rm', '-rf', 'build'), 'rm -rf build src', 'ask'],
    ['is not allowed by an option before', allow('git', '-C', 'x'), 'git -C x push', 'ask'],
    ['is allowed by the whole line', { verdict: 'allow', command: 'x' }, 'git push', 'allow'],
  ])('%s', (_name, rule, line, expected) => {
    expect(under(rule ? [rule] : [], grave(line))).toBe(expected)
  })

  test('is denied where nobody can be asked, and says why', () => {
    const { verdict, rule, risk, reason } = decide(command('x'), grave('git push'), context({ mode: 'unattended' }))
    expect([verdict, rule, risk]).toEqual(['deny', 'consequential', 'high'])
    expect(reason).toContain('It publishes.')
  })

  test('is asked about where it belongs to no program', () => {
    const guard = grave('x', { reasons: [{ code: 'destroys-data', text: 'It overwrites.', consequential: true }] })
    expect(under([allow('x')], guard)).toBe('ask')
  })
})

describe('modes', () => {
  const look = report({ effect: 'look', programs: [program('ls', { effect: 'look' })] })
  const process = (input?: string): Action => ({ type: 'process', process: 'p1', ...(input && { input }) })
  const connect: Action = { type: 'connect', host: 'a.example', port: 443, command: '' }
  const unknown = report({ understood: false, effect: 'unknown' })
  test.each<[string, Action, GuardReport, string]>([
    ['a look', command('ls'), look, 'allow allow allow allow'],
    ['a run', command('make'), runs('make'), 'deny ask allow allow'],
    ['what was not understood', command('x'), unknown, 'deny ask ask deny'],
    ['a look with network', command('ls', true), look, 'ask ask ask deny'],
    ['reading', read(`${root}/a`), look, 'allow allow allow allow'],
    ['reading elsewhere', read('/etc/x'), look, 'ask ask ask deny'],
    ['writing', write(`${root}/a`), report({ effect: 'write' }), 'deny ask allow allow'],
    ['writing elsewhere', write('/etc/x'), report({ effect: 'write' }), 'deny deny deny deny'],
    ['asking a program', process(), look, 'allow allow allow allow'],
    ['telling a program', process('x'), report(), 'deny ask allow allow'],
    ['reaching a host', connect, report(), 'deny ask ask deny'],
    ['what is unknown', { type: 'unknown', tool: 't', arguments: '{}' }, unknown, 'deny ask ask deny'],
  ])('%s', (_name, action, guard, expected) => {
    const modes = ['plan', 'ask', 'auto', 'unattended'] as const
    expect(modes.map((mode) => verdict(action, guard, { mode })).join(' ')).toBe(expected)
  })

  test('no rule lifts what plan denies', () => {
    const policy = [set([allow('make'), { verdict: 'allow', path: '**' }])]
    expect(verdict(command('make'), runs('make'), { mode: 'plan', policy })).toBe('deny')
    expect(verdict(write(`${root}/a`), report(), { mode: 'plan', policy })).toBe('deny')
  })

  test('a managed mode holds beside the session’s own', () => {
    const policy = [set([], { mode: 'ask' }, 'managed')]
    expect(verdict(command('make'), runs('make'), { mode: 'auto', policy })).toBe('ask')
    expect(verdict(command('make'), runs('make'), { mode: 'unattended', policy })).toBe('deny')
    expect(verdict(command('make'), runs('make'), { mode: 'auto', policy: [set([], { mode: 'ask' })] })).toBe('allow')
  })

  test('a grant lifts an ask, and no more', () => {
    const grants = new Set([actionHash('exec', command('git push'))])
    expect(verdict(command('git push'), runs('git push'), { policy: [set([ask('git')])], grants })).toBe('allow')
    expect(verdict(command('git push'), runs('git push'), { mode: 'plan', grants })).toBe('deny')
  })
})

describe('hosts and tools', () => {
  const connect = (host: string, port = 443): Action => ({ type: 'connect', host, port, command: '' })
  const rule = (verdict: PolicyRule['verdict'], host: string, ports?: number[]): PolicyRule => ({
    verdict,
    host,
    ...(ports && { ports }),
  })
  test.each<[string, PolicyRule[], Action, string]>([
    ['nothing said', [], connect('a.example'), 'ask'],
    ['allowed', [rule('allow', 'a.example')], connect('a.example'), 'allow'],
    ['allowed in other letters', [rule('allow', 'A.Example')], connect('a.example'), 'allow'],
    ['allowed on another port', [rule('allow', 'a.example')], connect('a.example', 22), 'ask'],
    ['allowed below', [rule('allow', '*.example')], connect('a.b.example'), 'allow'],
    ['not itself below', [rule('allow', '*.example')], connect('example'), 'ask'],
    ['another with that end', [rule('allow', '*.example.com')], connect('evilexample.com'), 'ask'],
    ['denied beside allowed', [rule('allow', '*'), rule('deny', '*.example')], connect('a.example'), 'deny'],
    ['denied on every port', [rule('deny', 'a.example')], connect('a.example', 22), 'deny'],
    ['asked beside allowed', [rule('allow', '*'), rule('ask', 'a.example')], connect('a.example', 22), 'ask'],
  ])('%s', (_name, rules, action, expected) => {
    expect(verdict(action, report(), { tool: 'network', policy: [set(rules)] })).toBe(expected)
  })

  test('what the workspace’s settings say of hosts counts like rules, and of commands they say nothing', () => {
    const withSettings = (rules: PolicyRule[], undecided: 'ask' | 'deny' = 'ask') =>
      verdict(connect('a.example'), report(), {
        tool: 'network',
        network: { undecided, rules: rules as NetworkRule[] },
      })
    expect(withSettings([rule('allow', 'a.example')], 'deny')).toBe('allow')
    expect(withSettings([rule('ask', 'a.example'), rule('allow', '*')], 'deny')).toBe('ask')
    expect(withSettings([rule('deny', '*'), rule('allow', 'a.example')])).toBe('deny')
    expect(withSettings([], 'deny')).toBe('deny')
    const guard = { ...runs('curl a.example'), hosts: ['a.example'] }
    const network = { undecided: 'deny' as const, rules: [rule('deny', '*')] as NetworkRule[] }
    expect(verdict(command('curl a.example'), guard, { network })).toBe('allow')
  })

  test('a host that a rule asks about is, once it was allowed for the session, not asked about for each command', () => {
    const wanted = { ...connect('a.example'), command: 'npm install' } as Action
    const policy = [set([rule('ask', 'a.example')])]
    const grants = new Set([grantKey('network', wanted)])
    const other = { ...connect('a.example'), command: 'curl a.example' } as Action
    expect(verdict(other, report(), { tool: 'network', policy })).toBe('ask')
    expect(verdict(other, report(), { tool: 'network', policy, grants })).toBe('allow')
    expect(verdict(connect('a.example', 22), report(), { tool: 'network', policy, grants })).toBe('ask')
    expect(verdict(connect('b.example'), report(), { tool: 'network', policy, grants })).toBe('ask')
    const denied = [...policy, set([rule('deny', 'a.example')])]
    expect(verdict(other, report(), { tool: 'network', policy: denied, grants })).toBe('deny')
  })

  test('a command that names a denied host is denied', () => {
    const guard = { ...runs('curl a.example'), hosts: ['a.example'] }
    expect(under([rule('deny', 'a.example')], guard)).toBe('deny')
    expect(under([rule('deny', 'a.example', [22])], guard)).toBe('ask')
    expect(under([rule('deny', 'a.example', [22])], { ...guard, hosts: ['a.example:443'] })).toBe('allow')
    expect(under([rule('deny', 'a.example')], { ...guard, hosts: ['a@b/c'] })).toBe('ask')
  })

  test('a tool of an MCP server is allowed by server, name and what it says of itself', () => {
    const schema = 'a'.repeat(64)
    const call = { type: 'mcp', server: 'github', tool: 'issues', schema, arguments: '{}' } as const
    const other = { ...call, schema: 'b'.repeat(64) }
    const more = (rule: PolicyRule) => ({ tool: 'mcp__github__issues', policy: [set([rule])] })
    const bound = more({ verdict: 'allow', tool: 'github/issues', schema })
    expect(verdict(call, report(), bound)).toBe('allow')
    expect(verdict(other, report(), bound)).toBe('ask')
    expect(verdict({ ...call, server: 'gitlab' }, report(), bound)).toBe('ask')
    expect(verdict({ type: 'unknown', tool: 'github/issues', arguments: '{}' }, report(), bound)).toBe('ask')
    expect(verdict(call, report(), more({ verdict: 'allow', tool: 'issues' }))).toBe('ask')
    expect(verdict(other, report(), more({ verdict: 'allow', tool: 'github/issues' }))).toBe('allow')
    expect(verdict(call, report(), more({ verdict: 'deny', tool: 'GitHub/Issues' }))).toBe('deny')
    expect(verdict(other, report(), more({ verdict: 'deny', tool: 'github/issues', schema }))).toBe('ask')
    // Paddock's own tools are judged by what they do.
    expect(under([{ verdict: 'allow', tool: 'exec' }], runs('make'), { mode: 'ask' })).toBe('ask')
    expect(under([{ verdict: 'deny', tool: 'exec' }], runs('make'))).toBe('deny')
  })
})

describe('what a decision says', () => {
  test('the strongest rule by verdict, source and name, wherever it stands', () => {
    const policy = [
      set([ask('git')], {}, 'managed'),
      set([
        { ...deny('git'), name: 'b' },
        { ...deny('git'), name: 'a', reason: 'Not here.' },
      ]),
    ]
    const { decision, matches, because } = reasonAbout(command('git x'), runs('git x'), context({ policy }))
    expect(decision).toEqual({ verdict: 'deny', rule: 'a', source: 'user', risk: 'low', reason: 'Not here.' })
    expect(matches.map(({ source, rule }) => `${source} ${rule.name}`)).toEqual([
      'user a',
      'user b',
      'managed ask git …',
    ])
    expect(because).toContain('beats')
  })

  test('all rules that allow it together', () => {
    const policy = [set([allow('npm'), allow('make')])]
    const { decision, because } = reasonAbout(command('x'), runs('npm i', 'make'), context({ policy, mode: 'ask' }))
    expect(short(decision)).toBe('allow allow make …')
    expect(because).toContain('allow make …, allow npm …')
  })

  test('rules may be called like anything', () => {
    const names = ['__proto__', 'toString', 'constructor', 'hasOwnProperty']
    const rules = names.flatMap((name) => [
      { ...deny(name, name), name },
      { verdict: 'deny' as const, tool: name },
    ])
    const policy = [set(rules)]
    for (const name of names) {
      expect(verdict(command('x'), runs(`${name} ${name}`), { policy })).toBe('deny')
      expect(verdict(command('x'), runs('ls'), { policy, tool: name })).toBe('deny')
    }
    expect(verdict(command('x'), runs('valueOf'), { policy })).toBe('allow')
  })
})

describe('a rule that cannot be read', () => {
  const trouble = { file: '/p', line: 1, column: 1, what: 'x', fix: 'y', holds: true }
  test('where it may forbid, nothing is allowed without a question', () => {
    const policy = [set([allow('make')], { troubles: [trouble] })]
    const { verdict, rule, source } = decide(command('make'), runs('make'), context({ policy }))
    expect([verdict, rule, source]).toEqual(['ask', 'policy-not-readable', 'user'])
    const other = { troubles: [{ ...trouble, holds: false }] }
    expect(under([], runs('make'), { policy: [set([], other)] })).toBe('allow')
  })

  test('in a file that nobody vouches for it changes nothing', () => {
    const policy = [set([], { troubles: [trouble], tightensOnly: true }, 'repository')]
    expect(verdict(command('make'), runs('make'), { policy })).toBe('allow')
  })
})
