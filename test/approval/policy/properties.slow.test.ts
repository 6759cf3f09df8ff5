import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import type { Action } from '#protocol/approval.ts'
import type { GuardReport } from '#protocol/guard.ts'
import type { Mode, PolicyRule } from '#protocol/policy.ts'
import { decide, type PolicyContext } from '../../../daemon/approval/policy/decide.ts'
import { parsePolicy } from '../../../daemon/approval/policy/parsePolicy.ts'
import { proposeRules } from '../../../daemon/approval/policy/proposeRules.ts'
import { type RuleSet, ruleSet } from '../../../daemon/approval/policy/ruleSet.ts'
import { runs } from '../../support/seed.ts'
import { context, home, report, root } from './reports.ts'

type Program = GuardReport['programs'][number]

const name = fc.constantFrom('git', 'npm', 'rm', 'make')
const word = fc.constantFrom('push', 'test', '-f', '-rf', '--force', 'x', 'origin', '-C')
const path = fc.constantFrom(
  `${root}/src/a`,
  `${root}/src`,
  `${root}/.env`,
  `${home}/.ssh/id`,
  '/etc/passwd',
  root,
  '/home',
)
const pattern = fc.constantFrom('src/**', 'src', '**', '**/.env', '~/.ssh', '~/**', '/etc/*', '/**', '*')
const host = fc.constantFrom('a.example', 'b.a.example', 'c.test')
const hosts = fc.constantFrom('a.example', '*.example', '*.a.example', '*', 'c.test')
const access = fc.subarray(['read', 'write', 'delete'] as const, { minLength: 1 })
const verdicts = ['deny', 'ask', 'allow'] as const
const verdict = fc.constantFrom(...verdicts)
const modes: Mode[] = ['plan', 'ask', 'auto', 'unattended']
const line = fc.constantFrom('git push', 'make', 'npm test && rm x')

const about: fc.Arbitrary<Omit<PolicyRule, 'verdict'>> = fc.oneof(
  fc.record(
    {
      program: fc.tuple(name, fc.array(word, { maxLength: 2 })).map(([first, rest]) => [first, ...rest]),
      exactly: fc.constant(true as const),
      network: fc.constant(true as const),
    },
    { requiredKeys: ['program'] },
  ),
  fc.record({ command: line, network: fc.constant(true as const) }, { requiredKeys: ['command'] }),
  fc.record({ path: pattern, access }, { requiredKeys: ['path'] }),
  fc.record({ host: hosts, ports: fc.constantFrom(443, 22).map((port) => [port]) }, { requiredKeys: ['host'] }),
  fc.record({ tool: fc.constantFrom('exec', 'issues') }),
)
const rule: fc.Arbitrary<PolicyRule> = fc
  .tuple(verdict, about)
  .map(([says, { network, ...what }]) => ({ ...what, ...(network && says === 'allow' && { network }), verdict: says }))
const rules = fc.array(rule, { maxLength: 6 })

const program: fc.Arbitrary<Program> = fc
  .record({
    name: fc.option(name, { freq: 8 }),
    rest: fc.array(fc.option(word, { freq: 8 }), { maxLength: 3 }),
    via: fc.constantFrom<string[]>([], [], ['sudo'], ['timeout']),
    effect: fc.constantFrom('look', 'write', 'run', 'unknown'),
  })
  .map(({ name: called, rest, via, effect }) => ({
    name: called,
    argv: [called, ...rest],
    start: 0,
    end: 1,
    via,
    effect,
  }))
const guard: fc.Arbitrary<GuardReport> = fc
  .record({
    understood: fc.constantFrom(true, true, true, false),
    effect: fc.constantFrom('look', 'write', 'run'),
    programs: fc.array(program, { maxLength: 3 }),
    paths: fc.array(
      fc.record(
        { path, effect: fc.constantFrom('read', 'write', 'delete'), tree: fc.constant(true as const) },
        { requiredKeys: ['path', 'effect'] },
      ),
      { maxLength: 2 },
    ),
    hosts: fc.array(host, { maxLength: 1 }),
    grave: fc.option(fc.nat(2), { freq: 2 }),
  })
  .map(({ grave, ...seen }) => {
    const isThere = grave !== null && grave < seen.programs.length
    const reasons = isThere ? [{ code: 'publishes', text: 'x', program: grave, consequential: true as const }] : []
    return report({ ...seen, reasons })
  })
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    arbitrary: fc.record({
      type: fc.constant('command' as const),
      command: line,
      cwd: fc.constantFrom(root, root, '/etc'),
      network: fc.boolean(),
    }),
    weight: 4,
  },
  fc.record({ type: fc.constantFrom('read' as const, 'list' as const), path }),
  fc.record({ type: fc.constant('search' as const), path, pattern: fc.constant('x') }),
  fc.record({ type: fc.constant('write' as const), path, size: fc.constant(1), sha256: fc.constant('') }),
  fc.record({ type: fc.constant('connect' as const), host, port: fc.constantFrom(443, 22), command: fc.constant('') }),
  fc.record({ type: fc.constant('unknown' as const), tool: fc.constant('issues'), arguments: fc.constant('') }),
  fc.constant<Action>({ type: 'process', process: 'p', input: 'x' }),
)
const source = fc.constantFrom<RuleSet['source'][]>('managed', 'user', 'workspace', 'repository')
const written = fc.array(fc.tuple(source, rules), { maxLength: 3 })
const place = fc.record({ mode: fc.constantFrom(...modes), sandboxed: fc.constantFrom(true, true, true, false), rules })

interface Tried {
  readonly action: Action
  readonly guard: GuardReport
  readonly written: readonly (readonly [RuleSet['source'], readonly PolicyRule[]])[]
  readonly place: Pick<PolicyContext, 'mode' | 'sandboxed' | 'rules'>
}
const tried: fc.Arbitrary<Tried> = fc.record({ action, guard, written, place })

/** How much is let happen: 0 denied, 1 asked about, 2 allowed. */
function freedom({ action: what, guard: seen, written: files, place: standing }: Tried, more: readonly RuleSet[] = []) {
  const policy = [...files.map(([from, said]) => ruleSet(from, { rules: said })), ...more]
  const tool = what.type === 'unknown' ? what.tool : 'exec'
  return verdicts.indexOf(decide(what, seen, context({ ...standing, tool, policy })).verdict)
}

const check = <T>(values: fc.Arbitrary<T>, holds: (value: T) => void) =>
  fc.assert(fc.property(values, holds), { numRuns: runs(800) })

describe('whatever the rules', () => {
  test('a deny or ask that is added never lets more happen', () => {
    check(fc.tuple(tried, source, rule), ([it, from, added]) => {
      if (added.verdict === 'allow') return
      expect(freedom(it, [ruleSet(from, { rules: [added] })])).toBeLessThanOrEqual(freedom(it))
    })
  })

  test('an allow that is added never lets less happen', () => {
    check(fc.tuple(tried, source, rule), ([it, from, added]) => {
      const allow = ruleSet(from, { rules: [{ ...added, verdict: 'allow' }] })
      expect(freedom(it, [allow])).toBeGreaterThanOrEqual(freedom(it))
    })
  })

  test('their order, and that of their files, changes nothing', () => {
    check(tried, (it) => {
      const turned = {
        ...it,
        written: it.written.map(([from, said]) => [from, said.toReversed()] as const).toReversed(),
      }
      expect(freedom(turned)).toBe(freedom(it))
    })
  })

  test('a repository that is not trusted never lets more happen', () => {
    check(fc.tuple(tried, rules, fc.constantFrom(...modes)), ([it, said, mode]) => {
      const repository = ruleSet('repository', { rules: said, mode, tightensOnly: true })
      expect(freedom(it, [repository])).toBeLessThanOrEqual(freedom(it))
    })
  })

  test('a file that cannot be read whole never lets more happen, and allows nothing without a question', () => {
    const trouble = { file: '', line: 1, column: 1, what: '', fix: '', holds: true }
    check(fc.tuple(tried, source), ([it, from]) => {
      const held = freedom(it, [ruleSet(from, { rules: [], troubles: [trouble] })])
      expect(held).toBe(Math.min(freedom(it), 1) - (it.place.mode === 'unattended' && freedom(it) === 2 ? 1 : 0))
    })
  })

  test('a stricter mode never lets more happen', () => {
    check(tried, (it) => {
      const [plan, ask, auto, unattended] = modes.map((mode) => freedom({ ...it, place: { ...it.place, mode } }))
      expect(plan).toBeLessThanOrEqual(ask ?? -1)
      expect(ask).toBeLessThanOrEqual(auto ?? -1)
      expect(unattended).toBeLessThanOrEqual(auto ?? -1)
    })
  })

  test('what is only known when it runs is never allowed because it is not known', () => {
    check(fc.tuple(tried, fc.nat(2), fc.nat(3)), ([it, which, at]) => {
      const programs = it.guard.programs.map((one, index) => {
        if (index !== which) return one
        const argv = one.argv.with(Math.min(at, one.argv.length - 1), null)
        return { ...one, argv, name: argv[0] === null ? null : one.name }
      })
      const unknown = freedom({ ...it, guard: { ...it.guard, programs } })
      if (freedom(it) < 2) expect(unknown).toBeLessThan(2)
    })
  })

  test('what is proposed allows the action, and no program with other words', () => {
    let judged = 0
    check(fc.tuple(tried, guard, fc.nat(), word), ([it, unrelated, which, more]) => {
      const policy = it.written.map(([from, said]) => ruleSet(from, { rules: said }))
      const standing = context({ ...it.place, mode: 'ask', policy })
      const proposed = proposeRules(it.action, it.guard, standing)
      if (proposed.length === 0) return
      const granted = { ...standing, rules: [...standing.rules, ...proposed] }
      expect(decide(it.action, it.guard, granted).verdict).toBe('allow')
      if (it.action.type !== 'command') return
      const action = { ...it.action, command: `${it.action.command} # another` }
      const words = new Set(proposed.map((one) => JSON.stringify(one.program)))
      const bare = context({ mode: 'ask' })
      for (const other of [unrelated, it.guard, withWord(it.guard, which, more)]) {
        const [before, after] = [standing, granted].map((each) => decide(action, other, each).verdict)
        if (before !== after) {
          expect(other.programs.some(({ argv }) => words.has(JSON.stringify(argv))) || other.paths.length > 0).toBe(
            true,
          )
        }
        const [without, alone] = [bare, { ...bare, rules: proposed }].map((each) => decide(action, other, each).verdict)
        if (without === 'allow' || alone !== 'allow') continue
        for (const { argv, effect } of other.programs) {
          if (effect === 'look') continue
          expect(words).toContain(JSON.stringify(argv))
          judged += 1
        }
      }
    })
    // A rule for words that none of the others has would show nothing.
    expect(judged).toBeGreaterThan(0)
  })
})

/** The same, but one of its programs has a word more. */
function withWord(guard: GuardReport, which: number, word: string): GuardReport {
  const at = which % Math.max(1, guard.programs.length)
  const programs = guard.programs.map((one, index) => (index === at ? { ...one, argv: [...one.argv, word] } : one))
  return { ...guard, programs }
}

describe('however a file is written', () => {
  test('its rules are the same', () => {
    check(rules, (said) => {
      const file = { version: 1, rules: said }
      const texts = [
        JSON.stringify(file),
        JSON.stringify(file, null, 4).replaceAll('\n', '\r\n'),
        stringify(file),
        stringify(file, { collectionStyle: 'flow', lineWidth: 40 }),
        stringify(file, { defaultStringType: 'QUOTE_SINGLE', indent: 4 }),
        `# first\n${stringify(file).replaceAll('\n', ' # said\n')}`,
      ]
      for (const text of texts) {
        const { rules: read, troubles } = parsePolicy(text, '/p', () => report())
        expect([read, troubles]).toEqual([said, []])
      }
    })
  })
})
