import { afterEach, describe, expect, test, vi } from 'vitest'
import { examined, examinedAction, root } from './examined.ts'

const long = 100_000

/** Lines that are made to be slow to read, to break a reader, or to show as something else. */
const lines: Record<string, string> = {
  '100,000 letters': 'a'.repeat(long),
  '100,000 characters of commands': 'ls; '.repeat(long / 4),
  '10,000 characters of commands': 'ls; '.repeat(2_499),
  '10,000 characters of a pipeline': 'cat | '.repeat(1_660).concat('cat'),
  '10,000 characters of a list': 'ls && '.repeat(1_660).concat('ls'),
  '10,000 characters of one word': `echo ${'a'.repeat(9_990)}`,
  '5,000 round brackets': '('.repeat(5_000) + ')'.repeat(5_000),
  '5,000 open brackets': '('.repeat(5_000),
  '5,000 braces': `echo ${'{a,'.repeat(2_500)}${'}'.repeat(2_500)}`,
  '5,000 square brackets': '['.repeat(5_000),
  '5,000 substitutions': '$('.repeat(5_000),
  '1,600 quoted substitutions': '"$(echo '.repeat(1_200),
  '5,000 backticks': '`'.repeat(5_000),
  '5,000 quotes': `echo ${'"'.repeat(5_001)}`,
  '3,000 heredocs': 'cat <<A '.repeat(1_250),
  'heredocs in braces': '{ <<a '.repeat(1_666),
  'nested ifs': 'if '.repeat(3_300),
  'nested whiles': `${'while a; do '.repeat(800)}${'; done'.repeat(60)}`,
  'nested cases': 'case x in x) '.repeat(760),
  'nested functions': 'f() { '.repeat(1_600),
  'nested tests': `[[ ${'( '.repeat(4_900)}`,
  'nested arithmetic': `echo $((${'('.repeat(4_900)}`,
  'a product of braces': `echo ${'{a,b}'.repeat(1_900)}`,
  'a long sequence': 'echo {1..999999} {1..999999}',
  'evals in evals': `${'eval '.repeat(1_990)} ls`,
  'wrappers of wrappers': `${'sudo env nice '.repeat(700)} ls`,
  'shells in shells': Array.from({ length: 12 })
    .reduce<string>((line) => `sh -c ${JSON.stringify(line)}`, 'ls')
    .slice(0, 9_999),
  'many options': `sed ${'-e s/a/b/ '.repeat(990)}`,
  'a long sed script': `sed '${'s/a/b/;'.repeat(1_400)}'`,
  'a sed script that is none': `sed '${'s/a'.repeat(3_300)}'`,
  'a long awk script': `awk '${'{print "a"}'.repeat(900)}'`,
  'a long code': `python3 -c '${'open(a,'.repeat(1_400)}'`,
  'long SQL': `psql -c '${'update a set b; '.repeat(600)}'`,
  'harmless options of Node before one that is not': `NODE_OPTIONS='--trace-m${'--experimental-s'.repeat(600)} -r a' node a.js`,
  'harmless options of Java before one that is not': `JAVA_TOOL_OPTIONS='${'-Xmx1g '.repeat(1_400)}-javaagent:a' java A`,
  'a NUL': 'ls \0 -la',
  'only carriage returns': 'ls\rrm -rf src\r',
  'a lone surrogate': 'ls \ud800',
  'what is no UTF-8': Buffer.from([0x6c, 0x73, 0x20, 0xff, 0xfe]).toString('utf8'),
  nothing: '',
  'only blanks': '   ',
  'only a comment': '# ls',
}

describe.each(Object.entries(lines))('A14: %s', (_name, line) => {
  test('is read or refused in bounded time', () => {
    // What other processes cost a run is not the guard's: its own cost is the least of several.
    let least = Number.POSITIVE_INFINITY
    for (let run = 0; run < 20 && least >= 50; run++) {
      const begin = process.cpuUsage()
      examined(line)
      const { user, system } = process.cpuUsage(begin)
      least = Math.min(least, (user + system) / 1_000)
    }
    expect(least).toBeLessThan(50)
  })
})

test.each([
  '100,000 letters',
  '5,000 round brackets',
  '3,000 heredocs',
  'a NUL',
  'only carriage returns',
  'a lone surrogate',
  'what is no UTF-8',
  'evals in evals',
  'nested ifs',
])('%s: not understood, and said why', (name) => {
  const { understood, effect, risk, reasons } = examined(lines[name] as string)
  expect([understood, effect, risk]).toEqual([false, 'unknown', 'high'])
  expect(reasons).not.toEqual([])
})

describe('paths that are not what they seem', () => {
  test.each([
    'src/a',
    `${root}/../x`,
    `${root}/a/`,
    `${root}//a`,
    `${root}/a\0`,
    `${root}/a\u202Eb`,
    `${root}/a\nb`,
    `${root}/\u200B.git`,
    '',
  ])('%j', (path) => {
    for (const action of [
      { type: 'read', path },
      { type: 'list', path },
      { type: 'search', path, pattern: 'x' },
      { type: 'write', path, size: 1, sha256: '' },
    ] as const) {
      const { understood, reasons } = examinedAction(action)
      expect([understood, reasons[0]?.code]).toEqual([false, 'odd-path'])
    }
  })
})

describe('on a machine that is busy with other things', () => {
  afterEach(() => void vi.restoreAllMocks())

  test('an everyday line was asked about as one that takes too long to read', () => {
    let now = 0
    // Between any two looks at the clock, somebody else had the processor.
    vi.spyOn(performance, 'now').mockImplementation(() => {
      now += 1_000
      return now
    })
    const line = Array.from({ length: 40 }, (_, at) => `if test -f src/${at}.ts; then npm test ${at}; fi`).join('\n')
    expect(examined(line)).toMatchObject({ understood: true })
  })
})
