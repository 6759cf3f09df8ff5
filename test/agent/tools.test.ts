import { describe, expect, test } from 'vitest'
import { BackgroundProcesses } from '../../daemon/agent/background.ts'
import type { ToolResult } from '../../daemon/agent/tool.ts'
import { tools } from '../../daemon/agent/tools/tools.ts'
import { type MemorySandbox, memorySandbox } from '../support/memorySandbox.ts'

const byName = new Map(tools().map((tool) => [tool.spec.name, tool]))

interface Run {
  readonly result: ToolResult
  readonly action: unknown
  readonly watched: string
  readonly written: { path: string; before: string | null; mode: number }[]
}

async function run(sandbox: MemorySandbox, name: string, args: unknown): Promise<Run> {
  const plan = byName.get(name)?.plan(args, { root: sandbox.root })
  if (plan?.type !== 'planned') throw new Error(`not planned: ${plan?.message}`)
  let watched = ''
  const written: Run['written'] = []
  const result = await plan.run({
    sandbox,
    signal: new AbortController().signal,
    background: new BackgroundProcesses(() => {}),
    tag: 'tag',
    waits: () => false,
    onOutput: (text) => {
      watched += text
    },
    beforeWrite: async (path, bytes, mode) => {
      written.push({ path, before: bytes && Buffer.from(bytes).toString('latin1'), mode })
    },
  })
  return { result, action: plan.action, watched, written }
}

async function check(sandbox: MemorySandbox, name: string, args: unknown): Promise<string> {
  const { result } = await run(sandbox, name, args)
  return `${result.outcome}: ${result.output}`
}

function invalid(name: string, args: unknown): string {
  const plan = byName.get(name)?.plan(args, { root: '/project' })
  return plan?.type === 'invalid' ? plan.message : 'planned'
}

describe('arguments', () => {
  test.each<[string, unknown, RegExp]>([
    ['exec', {}, /command/],
    ['exec', { command: '' }, /command/],
    ['exec', { command: 'ls', timeout_seconds: '5' }, /timeout_seconds: .*expected number, received string/],
    ['exec', { command: 'ls', network: 'true' }, /network: .*expected boolean, received string/],
    ['exec', { command: 'ls', cwd: '/' }, /[Uu]nrecognized key.*cwd/],
    ['exec', { command: 'ls\0' }, /NUL/],
    ['exec', { command: 'ls', timeout_seconds: 99_999 }, /timeout_seconds/],
    ['read_file', { path: '' }, /path is empty/],
    ['read_file', { path: 'a\0b' }, /NUL/],
    ['read_file', { path: '~/x' }, /~ is not expanded/],
    ['read_file', { path: 'a', start_line: 0 }, /start_line/],
    ['read_file', { path: 'a', start_line: 5, end_line: 4 }, /before start_line/],
    ['write_file', { path: 'a' }, /content/],
    ['edit_file', { path: 'a', old_text: '', new_text: 'x' }, /old_text/],
    ['edit_file', { path: 'a', old_text: 'x', new_text: 'x' }, /the same/],
    ['search', { pattern: 'a\nb' }, /one line/],
    ['search', { pattern: 'a', glob: 'src/*.ts' }, /file names/],
    ['list_dir', [], /arguments/],
  ])('%s %j', (name, args, message) => {
    expect(invalid(name, args)).toMatch(message)
  })

  test.each([
    ['a/../b.ts', '/project/b.ts'],
    ['./', '/project'],
    ['/project//src/', '/project/src'],
    ['../../etc/passwd', '/etc/passwd'],
    ['/etc/../etc/x', '/etc/x'],
  ])('the action names the plain path of %s', async (path, plain) => {
    const { action } = await run(memorySandbox(), 'read_file', { path })
    expect(action).toEqual({ type: 'read', path: plain })
  })
})

describe('exec', () => {
  test('says how it ended and what it printed', async () => {
    const sandbox = memorySandbox({ exec: () => ({ code: 3, stdout: 'out\n', stderr: 'err\n' }) })
    const { result, action, watched } = await run(sandbox, 'exec', {
      command: 'make',
      purpose: 'build',
      timeout_seconds: 9,
    })
    expect(result).toMatchObject({ outcome: 'error', summary: 'exit 3 in 0.0 s', evidence: { kind: 'memory' } })
    expect(result.output).toBe('[exit 3 in 0.0 s]\nout\n\n[stderr]\nerr\n')
    expect(action).toEqual({ type: 'command', command: 'make', cwd: '/project', network: false })
    expect(watched).toBe('out\nerr\n')
    expect(sandbox.commands).toMatchObject([{ line: 'make', cwd: '/project', timeoutMs: 9000, network: false }])
  })

  test('marks what was left out and tears no character', async () => {
    const flood = 'é'.repeat(100_000)
    const output = await check(memorySandbox({ exec: () => ({ stdout: flood }) }), 'exec', { command: 'x' })
    expect(output).toMatch(/^ok: \[exit 0 in 0.0 s\]\né+\n\[… 134,464 bytes left out …\]\né+$/)
    expect(Buffer.byteLength(output)).toBeLessThan(66 * 1024)
    const torn = await check(memorySandbox({ exec: () => ({ stdout: `a${flood}` }) }), 'exec', { command: 'x' })
    expect(torn).not.toContain('\uFFFD')
  })

  test.each([
    [{ type: 'timedOut', afterMs: 65_000 } as const, 'stopped at its time limit of 1 min 5 s'],
    [{ type: 'signalled', signal: 'SIGKILL' } as const, 'killed by SIGKILL'],
    [{ type: 'failedToStart', why: 'no such folder' } as const, 'did not start (no such folder)'],
  ])('%j', async (end, said) => {
    const output = await check(memorySandbox({ exec: () => ({ end }) }), 'exec', { command: 'x' })
    expect(output).toBe(`error: [${said} in 0.0 s]\n[no output]`)
  })
})

test('a command that ran into a limit of the sandbox says which, to the model and in its evidence', async () => {
  const limitsHit = ['memoryMiB', 'diskMiB'] as const
  const { result } = await run(memorySandbox({ exec: () => ({ code: 137, limitsHit }) }), 'exec', { command: 'x' })
  expect(result.output).toBe('[exit 137, at the sandbox’s limit on memory and disk space, in 0.0 s]\n[no output]')
  expect(result.evidence).toMatchObject({ limitsHit: ['memoryMiB', 'diskMiB'] })
})

describe('read_file', () => {
  const lines = (count: number, from = 1) =>
    Array.from({ length: count }, (_, index) => `line ${from + index}\n`).join('')

  test.each<[string, string | Uint8Array, object, string]>([
    ['whole', 'a\nb\n', {}, 'ok: a\nb\n'],
    ['without an end', 'a\nb', {}, 'ok: a\nb'],
    ['empty', '', {}, 'ok: [The file is empty.]'],
    [
      'a part',
      lines(5),
      { start_line: 2, end_line: 3 },
      'ok: line 2\nline 3\n[Lines 2 to 3 of a file of 35 bytes; go on with start_line 4.]',
    ],
    ['to the end', lines(3), { start_line: 2 }, 'ok: line 2\nline 3\n[Lines 2 to 3, the end of the file.]'],
    ['beyond the end', lines(3), { start_line: 9 }, 'error: f has only 3 lines; start_line was 9.'],
    ['CRLF', 'a\r\nb\r\n', {}, 'ok: a\nb\n[The file has CRLF line ends; edit_file keeps them.]'],
    ['BOM', '\uFEFFa\n', {}, 'ok: a\n[The file begins with a byte order mark.]'],
    ['not UTF-8', Uint8Array.of(97, 0xff, 10), {}, 'ok: a\uFFFD\n[Not valid UTF-8: \uFFFD stands for other bytes.]'],
    [
      'binary',
      Uint8Array.of(97, 0, 10),
      {},
      'error: f cannot be read as text (binary file, 3 bytes). Look at it with exec.',
    ],
  ])('%s', async (_name, content, args, expected) => {
    expect(await check(memorySandbox({ files: { f: content } }), 'read_file', { path: 'f', ...args })).toBe(expected)
  })

  test('stops at 2,000 lines and says where to go on', async () => {
    const output = await check(memorySandbox({ files: { f: lines(2500) } }), 'read_file', { path: 'f' })
    expect(output).toMatch(/line 2000\n\[Lines 1 to 2000 of a file of [\d,]+ bytes; go on with start_line 2001.\]$/)
  })

  test('stops at 100 KB, inside a long line', async () => {
    const output = await check(memorySandbox({ files: { f: 'é'.repeat(5_000_000) } }), 'read_file', { path: 'f' })
    expect(output).toContain('[Cut inside line 1: a result holds at most 100,000 bytes.')
    expect(Buffer.byteLength(output)).toBeLessThan(101_000)
    expect(output).not.toContain('\uFFFD')
  })

  test('finds lines far into a huge file', async () => {
    const sandbox = memorySandbox({ files: { f: lines(400_000) } })
    const output = await check(sandbox, 'read_file', { path: 'f', start_line: 399_999, end_line: 399_999 })
    expect(output).toMatch(/^ok: line 399999\n\[Lines 399999 to 399999 of/)
  })

  test('tells what is not there, and what is no file', async () => {
    const sandbox = memorySandbox({ files: { 'd/f': 'x' } })
    expect(await check(sandbox, 'read_file', { path: 'g' })).toBe('error: /project/g does not exist.')
    expect(await check(sandbox, 'read_file', { path: 'd' })).toBe('error: /project/d is not a regular file.')
  })
})

describe('write_file', () => {
  test('creates, and tells what was there before it replaces', async () => {
    const sandbox = memorySandbox({ files: { old: 'was\n' } })
    const created = await run(sandbox, 'write_file', { path: 'a/b.txt', content: 'x\ny' })
    expect(created.result).toMatchObject({ outcome: 'ok', summary: 'created, 2 lines' })
    expect(created.written).toEqual([{ path: '/project/a/b.txt', before: null, mode: 0o644 }])
    expect(created.action).toMatchObject({ type: 'write', path: '/project/a/b.txt', size: 3 })
    const replaced = await run(sandbox, 'write_file', { path: 'old', content: 'is\n' })
    expect(replaced.result.summary).toBe('replaced, 1 line')
    expect(replaced.written).toEqual([{ path: '/project/old', before: 'was\n', mode: 0o644 }])
    expect(sandbox.text('a/b.txt')).toBe('x\ny')
    expect(sandbox.text('old')).toBe('is\n')
  })

  test('does not write what is there already', async () => {
    const { result, written } = await run(memorySandbox({ files: { f: 'x' } }), 'write_file', {
      path: 'f',
      content: 'x',
    })
    expect(result.summary).toBe('unchanged')
    expect(written).toEqual([])
  })

  test('refuses links, folders, devices and what the sandbox refuses', async () => {
    const sandbox = memorySandbox({ files: { 'd/f': 'x' } })
    sandbox.putLink('link', '/etc/hosts')
    sandbox.putOther('pipe')
    const write = (path: string) => check(sandbox, 'write_file', { path, content: 'y' })
    expect(await write('link')).toMatch(/^error: .*symbolic link to \/etc\/hosts/)
    expect(await write('d')).toMatch(/^error: .*not a regular file but a folder/)
    expect(await write('pipe')).toMatch(/^error: .*not a regular file/)
    expect(await write('/etc/x')).toBe('error: /etc/x is read-only.')
  })
})

describe('edit_file', () => {
  test('keeps every other byte, CRLF, BOM and mode', async () => {
    const sandbox = memorySandbox()
    sandbox.put('f', '\uFEFFone\r\ntwo\r\nthree', 0o755)
    const { result, written } = await run(sandbox, 'edit_file', {
      path: 'f',
      old_text: 'one\ntwo',
      new_text: 'uno\ndue',
    })
    expect(result).toMatchObject({ outcome: 'ok', summary: 'edited, at line 1' })
    expect(sandbox.text('f')).toBe('\uFEFFuno\r\ndue\r\nthree')
    expect(written).toMatchObject([{ path: '/project/f', mode: 0o755 }])
    expect(await sandbox.stat('/project/f')).toMatchObject({ mode: 0o755 })
  })

  test('changes nothing when it cannot be exact', async () => {
    const sandbox = memorySandbox({
      files: { f: 'a\nb\na\n', bin: Uint8Array.of(0, 1), latin: Uint8Array.of(0xe9, 10) },
    })
    const edit = (path: string, old_text: string) => check(sandbox, 'edit_file', { path, old_text, new_text: 'x' })
    expect(await edit('f', 'c')).toMatch(/^error: Nothing was changed: old_text does not occur in f/)
    expect(await edit('f', 'a')).toMatch(/occurs 2 times in f \(lines 1, 3\)/)
    expect(await edit('g', 'a')).toMatch(/g does not exist. Create it with write_file/)
    expect(await edit('bin', 'a')).toMatch(/not UTF-8 text/)
    expect(await edit('latin', 'a')).toMatch(/not UTF-8 text/)
    expect(sandbox.text('f')).toBe('a\nb\na\n')
  })

  test('replaces all where asked to', async () => {
    const sandbox = memorySandbox({ files: { f: 'a\nb\na\n' } })
    const { result } = await run(sandbox, 'edit_file', { path: 'f', old_text: 'a', new_text: 'x', all: true })
    expect(result.output).toBe('f edited, 2 places.')
    expect(sandbox.text('f')).toBe('x\nb\nx\n')
  })

  test('the action is bound to what is replaced and by what', () => {
    const hash = (old_text: string, new_text: string, all?: boolean) => {
      const plan = byName.get('edit_file')?.plan({ path: 'f', old_text, new_text, all }, { root: '/project' })
      return plan?.type === 'planned' && plan.action.type === 'write' && plan.action.sha256
    }
    expect(new Set([hash('a', 'b'), hash('a', 'c'), hash('b', 'c'), hash('a', 'b', true)]).size).toBe(4)
  })

  test('refuses a file too big to hold', async () => {
    const sandbox = memorySandbox({ files: { f: Buffer.alloc(33 * 1024 * 1024, 97) } })
    expect(await check(sandbox, 'edit_file', { path: 'f', old_text: 'b', new_text: 'x' })).toMatch(
      /too many for this tool/,
    )
  })
})

describe('list_dir', () => {
  test('marks what is what, and spells out odd names', async () => {
    const sandbox = memorySandbox({ files: { 'src/a.ts': '', 'b.ts': '', 'x\ny\u202E': '' } })
    sandbox.putLink('link', 'b.ts')
    expect(await check(sandbox, 'list_dir', {})).toBe('ok: b.ts\nlink@\nsrc/\nx⟨U+000A⟩y⟨U+202E⟩')
    expect(await check(sandbox, 'list_dir', { path: 'src' })).toBe('ok: a.ts')
    expect(await check(sandbox, 'list_dir', { path: 'b.ts' })).toBe('error: /project/b.ts is not a folder.')
  })

  test('stops at a thousand', async () => {
    const files = Object.fromEntries(Array.from({ length: 1005 }, (_, index) => [`f${index}`, '']))
    expect(await check(memorySandbox({ files }), 'list_dir', {})).toMatch(
      /\[The folder has more than these 1000 entries.\]$/,
    )
  })
})

describe('search', () => {
  test('hands pattern and path over as they are', async () => {
    const sandbox = memorySandbox({ exec: () => ({ stdout: 'src/-a:1:x $(id)\n' }) })
    const { result, action } = await run(sandbox, 'search', { pattern: '-e $(id)', path: '-a', glob: '*.ts' })
    const line = sandbox.commands[0]?.line as string[]
    expect(line[0]).toBe('grep')
    expect(line.slice(-5)).toEqual(['--include=*.ts', '-e', '-e $(id)', '--', './-a'])
    expect(action).toEqual({ type: 'search', path: '/project/-a', pattern: '-e $(id)' })
    expect(result).toMatchObject({ outcome: 'ok', output: 'src/-a:1:x $(id)', summary: '1 matching line' })
  })

  test('of the whole workspace names no path', async () => {
    const sandbox = memorySandbox()
    await run(sandbox, 'search', { pattern: 'x' })
    expect([...(sandbox.commands[0]?.line ?? [])].slice(-3)).toEqual(['-e', 'x', '--'])
  })

  test('no match is an answer, a bad pattern an error', async () => {
    expect(await check(memorySandbox({ exec: () => ({ code: 1 }) }), 'search', { pattern: 'x' })).toBe('ok: No match.')
    const broken = memorySandbox({ exec: () => ({ code: 2, stderr: 'grep: Unmatched (\n' }) })
    expect(await check(broken, 'search', { pattern: '(' })).toBe('error: [grep: Unmatched (]')
  })

  test('bounds matches and lines', async () => {
    const stdout = `a:1:${'x'.repeat(1000)}\n`.repeat(500)
    const output = await check(memorySandbox({ exec: () => ({ stdout }) }), 'search', { pattern: 'x' })
    expect(output.split('\n').length).toBeLessThanOrEqual(201)
    expect(output).toContain('[There are more matches; narrow the search.]')
    expect(output).toMatch(/x \[… 704 more\]/)
  })
})

test('the first request stays small', async () => {
  const { systemPrompt } = await import('../../daemon/agent/prompt/systemPrompt.ts')
  const system = systemPrompt({ root: '/home/ann/shop', skills: [] })
  const specs = tools().map(({ spec }) => ({ type: 'function', function: spec }))
  expect(Buffer.byteLength(JSON.stringify({ system, specs }))).toBeLessThan(5500)
})

test('the model is told where nothing fences in what it runs', async () => {
  const { systemPrompt } = await import('../../daemon/agent/prompt/systemPrompt.ts')
  const bare = systemPrompt({ root: '/copy', skills: [], unsandboxed: true })
  expect(bare).toContain('no sandbox')
  expect(systemPrompt({ root: '/copy', skills: [] })).not.toContain('no sandbox')
})
