import { describe, expect, test } from 'vitest'
import type { Examine } from '../../../daemon/approval/policy/examples.ts'
import { parsePolicy } from '../../../daemon/approval/policy/parsePolicy.ts'
import { report, runs } from './reports.ts'

/** Lines of plain words. */
const examine: Examine = (action) => (action.type === 'command' ? runs(...action.command.split(' && ')) : report())
const parse = (text: string) => parsePolicy(text, '/p.yaml', examine)

/** Each trouble as its place, what holds for it, and what it is about. */
const told = (text: string) =>
  parse(text).troubles.map(
    ({ line, column, holds, rule = '', what }) =>
      `${line}:${column} ${holds ? 'holds ' : ''}${rule && `[${rule}] `}${what}`,
  )

describe('a policy file', () => {
  const rules = [
    { name: 'no push', verdict: 'deny', program: ['git', 'push'], match: ['git push'], not_match: ['git pull'] },
    { verdict: 'ask', path: 'src/**', access: ['write'] },
    { verdict: 'allow', host: '*.example.com', ports: [443] },
  ]
  const yaml = `# ours
version: 1
mode: ask
denyUnansweredAfter: 10
rules:
  - name: no push # never
    verdict: deny
    program: [git, push]
    match: [git push]
    not_match:
      - git pull
  - {verdict: ask, path: src/**, access: [write]}
  - verdict: allow
    host: "*.example.com"
    ports: [443]
`
  const expected = { rules, items: [0, 1, 2], mode: 'ask', denyUnansweredAfter: 10, troubles: [] }
  const json = { version: 1, mode: 'ask', denyUnansweredAfter: 10, rules }

  test.each([
    ['as YAML', yaml],
    ['as JSON', JSON.stringify(json)],
    ['as JSON over lines', JSON.stringify(json, null, 2)],
    ['as JSON with tabs', JSON.stringify(json, null, '\t')],
    ['with CRLF', yaml.replaceAll('\n', '\r\n')],
    ['with a byte order mark', `\ufeff${yaml}`],
    ['as one document of a stream', `---\n${yaml}...\n`],
  ])('says the same %s', (_name, text) => {
    expect(parse(text)).toEqual(expected)
  })

  test.each([
    ['', []],
    ['# nothing yet\n', []],
    ['version: 1', []],
    ['version: 1\nrules:\n', []],
  ])('%j says nothing, without trouble', (text, troubles) => {
    expect(parse(text)).toMatchObject({ rules: [], troubles })
  })
})

describe('A16: trouble in a policy file', () => {
  test.each<[string, string, string[]]>([
    ['no version', 'rules: []', ['1:1 holds the version must be 1']],
    ['another version', 'version: 2\nrules: []', ['1:10 holds the version must be 1']],
    ['no map', '- a', ['1:1 holds a policy is a map of version, mode, denyUnansweredAfter and rules']],
    [
      'no YAML',
      'version: 1\nrules: [',
      ['2:9 holds this is no YAML: Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ],
    ['a word too many', 'version: 1\nrulez: []', ['2:1 holds “rulez” is nothing that a policy has']],
    ['rules twice', 'version: 1\nrules: []\nrules: []', ['3:1 holds “rules” stands here twice']],
    ['rules as a map', 'version: 1\nrules: {a: 1}', ['2:8 holds rules must be a list']],
    ['no such mode', 'version: 1\nmode: yolo', ['2:7 holds there is no such mode']],
    ['no such time', 'version: 1\ndenyUnansweredAfter: never', ['2:22 this is no such time']],
    ['a time that is negative', 'version: 1\ndenyUnansweredAfter: -1', ['2:22 this is no such time']],
  ])('%s', (_name, text, expected) => {
    expect(told(text).slice(0, 1)).toEqual(expected)
  })

  // ‸ stands where the trouble is told to be.
  test.each<[string, string, string]>([
    ['no verdict', '‸{program: [ls]}', 'holds [rule 1] it has no “verdict”'],
    ['another verdict', '{verdict: ‸alow, program: [ls]}', 'holds [rule 1] “verdict” cannot be this'],
    ['no map', '‸deny rm', 'holds [rule 1] a rule must be a map'],
    ['an empty item', '‸', 'holds [rule 1] a rule must be a map'],
    [
      'nothing it is about',
      '‸{name: x, verdict: deny}',
      'holds [x] A rule is about exactly one of program, command, path, host and tool',
    ],
    [
      'two things it is about',
      '‸{verdict: allow, host: a.b, tool: t}',
      '[rule 1] A rule is about exactly one of program, command, path, host and tool',
    ],
    ['a word too many', '{verdict: deny, ‸programm: [rm]}', 'holds [rule 1] “programm” is nothing that a rule has'],
    ['a key twice', '{verdict: deny, ‸verdict: allow, tool: t}', 'holds [rule 1] “verdict” stands here twice'],
    ['an allow with a key twice', '{verdict: allow, tool: t, ‸tool: u}', '[rule 1] “tool” stands here twice'],
    ['a number for a word', '{verdict: deny, program: [kill, ‸-9]}', 'holds [rule 1] “program” cannot be this'],
    ['a text for a list', '{verdict: deny, program: ‸rm}', 'holds [rule 1] “program” cannot be this'],
    ['no words', '{verdict: deny, program: ‸[]}', 'holds [rule 1] “program” cannot be this'],
    ['a port too high', '{verdict: deny, host: a.b, ports: [‸70000]}', 'holds [rule 1] “ports” cannot be this'],
    ['no host', '{verdict: deny, host: ‸"http://a.b"}', 'holds [rule 1] this is no host'],
    [
      'a broken pattern',
      '{verdict: deny, path: ‸"a[b]"}',
      'holds [rule 1] only *, ? and ** are special here, and brackets and ! stand for nothing',
    ],
    ['access of a host', '{verdict: deny, host: a.b, access: ‸[read]}', 'holds [rule 1] “access” says nothing here'],
    [
      'network of a deny',
      '{verdict: deny, program: [rm], network: ‸true}',
      'holds [rule 1] “network” says nothing here',
    ],
    ['exactly of a path', '{verdict: allow, path: a, exactly: ‸true}', '[rule 1] “exactly” says nothing here'],
    ['no such schema', '{verdict: allow, tool: t, schema: ‸abc}', '[rule 1] “schema” cannot be this'],
    ['an alias', '{verdict: deny, program: ‸*x}', 'holds [rule 1] an alias stands here'],
    ['a key that is a list', '{verdict: deny, ‸[a]: b}', 'holds [rule 1] “” is nothing that a rule has'],
    [
      '__proto__ as a key',
      '{verdict: deny, ‸__proto__: {tool: t}}',
      'holds [rule 1] “__proto__” is nothing that a rule has',
    ],
    ['toString as a key', '{verdict: deny, ‸toString: t}', 'holds [rule 1] “toString” is nothing that a rule has'],
    [
      'an example that fails',
      '{verdict: deny, program: [rm], match: [‸ls]}',
      'holds [rule 1] an example of “match” fails: the rule does not decide “ls”',
    ],
    [
      'one that it must not decide',
      '{verdict: allow, program: [rm], not_match: [ls, ‸rm a]}',
      '[rule 1] an example of “not_match” fails: the rule decides “rm a”',
    ],
    [
      'one that it may decide',
      '{verdict: deny, program: [rm], not_match: [‸"? a"]}',
      'holds [rule 1] an example of “not_match” fails: the rule may decide “? a”',
    ],
    [
      'one that is no action',
      '{verdict: deny, tool: t, match: [‸"{}"]}',
      'holds [rule 1] an example of “match” fails: “{}” is no action',
    ],
  ])('of a rule: %s', (_name, marked, expected) => {
    const rule = marked.replace('‸', '')
    const text = `rules:\n  - ${rule}\n  - {verdict: deny, program: [rm]}\nversion: 1\n`
    const [first] = told(text).filter((line) => !line.includes('Unresolved alias'))
    expect(first).toBe(`2:${marked.indexOf('‸') + 5} ${expected}`)
    // The others are in force.
    expect(parse(text).rules).toContainEqual({ verdict: 'deny', program: ['rm'] })
    expect(parse(text).rules).toHaveLength(1)
    expect(parse(text).troubles[0]?.fix).toMatch(/[.]$/)
  })

  test.each([
    '{verdict: allow, path: "src/**", match: [src/a, ./src/b/c], not_match: [other/src/a, ~/src/a]}',
    '{verdict: deny, path: "~/.ssh", match: [~/.ssh/id, "{\\"type\\": \\"read\\", \\"path\\": \\"/home/user/.SSH/id\\"}"]}',
    '{verdict: deny, path: dist, access: [delete], match: [dist/a], not_match: [src/a]}',
    '{verdict: deny, path: dist, access: [write], match: [dist/a], not_match: [src/a]}',
    '{verdict: allow, host: "*.a.b", match: [x.a.b, "x.a.b:443"], not_match: [a.b, "x.a.b:22"]}',
    '{verdict: deny, tool: t, match: [t], not_match: [u]}',
    '{verdict: allow, tool: github/issues, match: [github/issues], not_match: [gitlab/issues, github/pulls, issues]}',
    `{verdict: allow, tool: github/issues, schema: ${'a'.repeat(64)}, match: [github/issues]}`,
    '{verdict: allow, program: [npm], network: true, match: [npm i], not_match: [npm i && make]}',
    '{verdict: allow, command: "npm i", match: [npm i], not_match: [npm i x]}',
  ])('none where all examples hold: %s', (rule) => {
    expect(told(`version: 1\nrules:\n- ${rule}`)).toEqual([])
  })

  test('a name twice is told, and both rules are in force', () => {
    const rule = '- {name: x, verdict: deny, program: [rm]}'
    const { rules, troubles } = parse(`version: 1\nrules:\n${rule}\n${rule}`)
    expect(rules).toHaveLength(2)
    expect(troubles).toMatchObject([{ line: 4, column: 10, holds: false }])
  })

  test('A16: rules may have any name', () => {
    for (const name of ['__proto__', 'toString', 'constructor']) {
      const { rules, troubles } = parse(`version: 1\nrules:\n- {name: ${name}, verdict: deny, tool: ${name}}`)
      expect([rules, troubles]).toEqual([[{ name, verdict: 'deny', tool: name }], []])
    }
  })
})

describe('a hostile policy file', () => {
  const bomb = Array.from(
    { length: 30 },
    (_, at) => `a${at + 1}: &a${at + 1} [${Array(10).fill(`*a${at}`).join(', ')}]`,
  )
  test.each<[string, string]>([
    ['aliases of aliases', `a0: &a0 [x]\n${bomb.join('\n')}\nversion: 1\nrules: *a30`],
    ['an alias of itself', 'version: 1\nrules: &a [*a]'],
    ['open brackets', '['.repeat(500_000)],
    ['open braces', `version: 1\nrules: ${'{a: '.repeat(200_000)}`],
    ['lists in lists', '- '.repeat(250_000)],
    ['one long text', `version: 1\nrules:\n- {verdict: deny, command: "${'x'.repeat(110_000)}"}`],
    ['quotes', '"'.repeat(500_000)],
    ['many keys', Array.from({ length: 50_000 }, (_, at) => `k${at}: 1`).join('\n')],
    ['many rules that are none', `version: 1\nrules:\n${'- x\n'.repeat(200_000)}`],
    ['many rules', `version: 1\nrules:\n${'- {verdict: deny, tool: t}\n'.repeat(20_000)}`],
    ['NUL', 'version: 1\0\nrules: []'],
    ['tags', 'version: !!binary 1\nrules: !x [!!js/function a]'],
    ['a merge', 'version: 1\nrules:\n- {<<: {verdict: allow}, tool: t}'],
  ])('%s: told in bounded time', (_name, text) => {
    const start = process.cpuUsage()
    const { troubles } = parse(text.slice(0, 1 << 17))
    expect(troubles.length).toBeGreaterThan(0)
    expect(troubles.length).toBeLessThanOrEqual(100)
    expect(troubles.some(({ holds }) => holds)).toBe(true)
    expect(process.cpuUsage(start).user / 1_000).toBeLessThan(2_000)
  })
})
