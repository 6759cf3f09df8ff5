import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BackgroundProcesses } from '../../daemon/agent/background.ts'
import { search } from '../../daemon/agent/tools/search.ts'
import { memorySandbox } from '../support/memorySandbox.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paddock-search-'))
  const files = {
    'a.ts': 'one\ntwo (2)\n',
    'src/b.ts': 'two\n',
    'src/c.js': 'two\n',
    '-e': 'two\n',
    'node_modules/x/d.ts': 'two\n',
    '.git/e.ts': 'two\n',
    '.hidden/f.ts': 'two\n',
    'g.bin': 'two\0two\n',
    'h é.ts': 'zwei 漢字\n',
  }
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  await symlink('/etc', join(folder, 'outside'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Searches with the real grep; the lines found, sorted. */
async function check(args: object): Promise<string[]> {
  const sandbox = memorySandbox({
    root: folder,
    exec: ({ line }) => {
      const [program = '', ...rest] = line as readonly string[]
      return new Promise((resolve) => {
        execFile(program, rest, { cwd: folder }, (error, stdout, stderr) =>
          resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
        )
      })
    },
  })
  const plan = search().plan(args, { root: folder })
  if (plan.type !== 'planned') throw new Error(plan.message)
  const { signal } = new AbortController()
  const result = await plan.run({
    sandbox,
    signal,
    onOutput: () => {},
    beforeWrite: async () => {},
    background: new BackgroundProcesses(() => {}),
    tag: '',
    waits: () => false,
  })
  return result.output.split('\n').toSorted()
}

describe('search with the real grep', () => {
  test.each<[string, object, string[]]>([
    [
      'everywhere but .git, node_modules and binaries',
      { pattern: 'two' },
      ['-e:1:two', '.hidden/f.ts:1:two', 'a.ts:2:two (2)', 'src/b.ts:1:two', 'src/c.js:1:two'],
    ],
    ['in a folder', { pattern: 'two', path: 'src' }, ['src/b.ts:1:two', 'src/c.js:1:two']],
    ['in files by name', { pattern: 'two', path: 'src', glob: '*.ts' }, ['src/b.ts:1:two']],
    ['in one file', { pattern: 't|o', path: 'src/b.ts' }, ['src/b.ts:1:two']],
    ['in a file with the name of an option', { pattern: 'two', path: '-e' }, ['./-e:1:two']],
    ['an extended expression', { pattern: '^tw(o|a) \\(2\\)$' }, ['a.ts:2:two (2)']],
    ['a pattern that begins like an option', { pattern: '--help|zwei' }, ['h é.ts:1:zwei 漢字']],
    ['nothing', { pattern: 'three' }, ['No match.']],
    ['through no link', { pattern: '^root:' }, ['No match.']],
  ])('%s', async (_name, args, expected) => {
    expect(await check(args)).toEqual(expected)
  })

  test('says what is wrong with a pattern or a path', async () => {
    expect((await check({ pattern: '(' })).join()).toMatch(/grep: .*[Uu]nmatched/)
    expect((await check({ pattern: 'x', path: 'nowhere' })).join()).toMatch(/No such file/)
  })
})
