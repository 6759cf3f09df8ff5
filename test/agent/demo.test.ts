import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import type { Decision } from '#protocol/approval.ts'
import type { SessionEvent } from '#protocol/event.ts'
import { BackgroundProcesses } from '../../daemon/agent/background.ts'
import type { Gate } from '../../daemon/agent/gate.ts'
import { runTask } from '../../daemon/agent/loop.ts'
import type { Message } from '../../daemon/agent/model.ts'
import { demoModelName, demoScript } from '../../daemon/agent/models/demo.ts'
import { openaiModel } from '../../daemon/agent/models/openai.ts'
import { startScriptedProvider } from '../../daemon/agent/models/scripted.ts'
import { systemPrompt } from '../../daemon/agent/prompt/systemPrompt.ts'
import { tools } from '../../daemon/agent/tools/tools.ts'
import { builtinRule } from '../../daemon/approval/policy/builtin.ts'
import { memorySandbox, type ScriptedExec } from '../support/memorySandbox.ts'

const demoFolder = fileURLToPath(new URL('../fixtures/demo', import.meta.url))
const root = '/project'
const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

interface Demo {
  readonly events: SessionEvent[]
  readonly last: string
  readonly asked: string[]
  readonly files: Map<string, string>
  readonly messages: Message[]
}

/** Runs the demo model over HTTP through the real loop, tools and policy, on files in memory. */
async function demo(params: {
  files: Record<string, string>
  exec?: ScriptedExec
  answer?: 'allow' | 'deny'
  before?: Message[]
}): Promise<Demo> {
  const { files, exec = realCommands, answer = 'allow', before = [] } = params
  const provider = await startScriptedProvider(demoScript({ paceMs: 0 }), demoModelName)
  cleanups.push(() => provider.close())
  const box = memorySandbox({ root, files, exec })
  const events: SessionEvent[] = []
  const asked: string[] = []
  const messages: Message[] = [...before, { role: 'user', text: 'Make the tests pass.' }]
  const gate: Gate = {
    async pass({ action }) {
      const { verdict, name, risk, reason } = builtinRule(action, { root, home: '/home/ann', sandboxed: true })
      const decision: Decision = { verdict, rule: name, risk, reason }
      if (decision.verdict === 'allow') return { type: 'allowed', decision }
      asked.push(`${decision.rule}: ${action.type === 'command' ? action.command : action.type}`)
      return answer === 'allow'
        ? { type: 'allowed', decision }
        : { type: 'denied', decision, guidance: 'The user denied this: not today.' }
    },
    stillAllows: async () => true,
  }
  const end = await runTask({
    task: 't',
    model: openaiModel(provider),
    tools: tools(),
    sandbox: async () => box,
    root,
    system: systemPrompt({ root, skills: [] }),
    messages,
    stepsDone: 0,
    unfinished: [],
    gate,
    beforeWrite: async () => {},
    afterStep: async () => {},
    remember: async () => {},
    background: new BackgroundProcesses(() => {}),
    network: { begin: () => 'tag', end: () => {}, waits: () => false },
    emit: (event) => events.push(event),
    live: () => {},
    signal: new AbortController().signal,
    maxSteps: 15,
  })
  expect(end).toEqual({ type: 'completed' })
  const last = events.findLast((event) => event.type === 'modelReplied')
  const after = new Map(
    [...Object.keys(files), 'package-lock.json'].flatMap((path): [string, string][] => {
      const text = box.text(path)
      return text === undefined ? [] : [[path, text]]
    }),
  )
  return { events, last: last?.type === 'modelReplied' ? last.text : '', asked, files: after, messages }
}

/** Really runs the command, in a folder with the sandbox's files, with a registry that cannot be reached. */
const realCommands: ScriptedExec = async ({ line, cwd = root }, _options, sandbox) => {
  const folder = await mkdtemp(join(tmpdir(), 'paddock-demo-'))
  cleanups.push(() => rm(folder, { recursive: true, force: true }))
  for (const path of demoPaths) {
    const text = sandbox.text(path)
    if (text === undefined) continue
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  expect(cwd).toBe(root)
  const env = {
    PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
    HOME: folder,
    npm_config_registry: 'http://127.0.0.1:9/',
  }
  const result = await new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile('bash', ['-c', String(line)], { cwd: folder, env }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    )
  })
  const lock = await readFile(join(folder, 'package-lock.json'), 'utf8').catch(() => undefined)
  if (lock !== undefined) sandbox.put('package-lock.json', lock)
  return result
}

const demoPaths = ['package.json', 'README.md', 'src/cart.js', 'src/products.js', 'src/receipt.js', 'test/cart.test.js']

async function demoFiles(): Promise<Record<string, string>> {
  const entries = demoPaths.map(async (path) => [path, await readFile(join(demoFolder, path), 'utf8')] as const)
  return Object.fromEntries(await Promise.all(entries))
}

describe('the demo', () => {
  test('does its whole walk and tells the truth of it', async () => {
    const { events, last, asked, files } = await demo({ files: await demoFiles() })
    const calls = events.flatMap((event) => (event.type === 'modelReplied' ? event.calls : []))
    expect(calls.map(({ tool }) => tool)).toEqual([
      'list_dir',
      'read_file',
      'read_file',
      'read_file',
      'read_file',
      'exec',
      'edit_file',
      'edit_file',
      'exec',
      'edit_file',
      'exec',
    ])
    const first = events.find((event) => event.type === 'modelReplied')
    expect(first).toMatchObject({
      text: expect.stringMatching(/^I am Paddock’s \*\*demo model\*\*.*Paddock: Set Model and Key…/),
    })
    expect(asked).toEqual([
      'network-command: npm install --package-lock-only --no-audit --no-fund --no-update-notifier',
    ])
    expect(last).toContain('`src/cart.js`: corrected the discount from ten pieces on, and the rounding.')
    expect(last).toContain('`README.md`: corrected the total for 11 apples.')
    expect(last).toContain('Tests: 2 failed before, all 5 pass now.')
    expect(last).toContain('`package-lock.json`: written, after you allowed it.')
    expect(files.get('README.md')).toContain('| 11 apples             | 3.47 € |')
    expect(files.get('package-lock.json')).toContain('"name": "corner-shop"')
    expect(files.get('src/cart.js')).toContain('Math.round(sum)')
    expect(files.get('src/cart.js')).toContain('quantity >= bulkQuantity')
  })

  test('says so when the approval is denied', async () => {
    const { last, files } = await demo({ files: await demoFiles(), answer: 'deny' })
    expect(last).toContain(
      '`package-lock.json`: not written; the command was not run: “The user denied this: not today.”',
    )
    expect(files.has('package-lock.json')).toBe(false)
  })

  test('says so when its corrections do not help', async () => {
    const stubborn: ScriptedExec = () => ({ code: 1, stdout: 'ℹ pass 3\nℹ fail 2\n' })
    const { last, asked, files } = await demo({ files: await demoFiles(), exec: stubborn })
    expect(last).toContain('Tests: 2 failed before, and 2 still fail (exit code 1).')
    expect(last).not.toContain('package-lock')
    expect(asked).toEqual([])
    expect(files.get('README.md')).toContain('3.46 €')
  })

  test('says so when the tests cannot be run', async () => {
    const noNode: ScriptedExec = () => ({ code: 127, stderr: 'bash: node: command not found\n' })
    const { last, files } = await demo({ files: await demoFiles(), exec: noNode })
    expect(last).toMatch(/^The tests could not be run here: “.*node: command not found”/)
    expect(Object.fromEntries(files)).toEqual(await demoFiles())
  })

  test('leaves code alone that is right already', async () => {
    const first = await demo({ files: await demoFiles() })
    const again = await demo({ files: Object.fromEntries(first.files) })
    expect(again.last).toMatch(/^All tests pass already/)
    expect(again.files).toEqual(first.files)
  })

  test('in another folder only looks around', async () => {
    const files = { 'README.md': '# My thing\n\nText.\n', 'src/x.ts': 'x', 'package.json': '{}' }
    const { events, last } = await demo({ files })
    const calls = events.flatMap((event) => (event.type === 'modelReplied' ? event.calls : []))
    expect(calls.map(({ tool }) => tool)).toEqual(['list_dir', 'read_file', 'read_file'])
    expect(last).toMatch(/^This folder has 3 entries, and its README.md begins with “My thing”/)
    expect((await demo({ files: {} })).last).toMatch(/^This folder has 0 entries\. /)
  })

  test('does not pretend to understand a second prompt', async () => {
    const before: Message[] = [
      { role: 'user', text: 'Make the tests pass.' },
      { role: 'assistant', text: 'Done.', calls: [] },
    ]
    const { events, last } = await demo({ files: await demoFiles(), before })
    expect(last).toMatch(/^I am only the demo model/)
    expect(events.some(({ type }) => type === 'toolStarted')).toBe(false)
  })
})

test('the demo workspace has two mistakes in one file, apart from each other, and two skills', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'paddock-demo-'))
  cleanups.push(() => rm(folder, { recursive: true, force: true }))
  await cp(demoFolder, folder, { recursive: true })
  expect((await readdir(join(folder, '.agents/skills'))).toSorted()).toEqual(['add-product', 'check-prices'])
  const lines = (await readFile(join(folder, 'src/cart.js'), 'utf8')).split('\n')
  const at = (text: string) => lines.findIndex((line) => line.includes(text))
  expect(at('Math.floor') - at('quantity > bulkQuantity')).toBeGreaterThan(3)
})
