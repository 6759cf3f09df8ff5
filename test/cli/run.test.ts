import { execFile, spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { LoggedEvent } from '#protocol/event.ts'
import { type ScriptedProvider, startScriptedProvider } from '../../daemon/agent/models/scripted.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'

const cli = new URL('../../dist/cli.mjs', import.meta.url).pathname
let daemon: TestDaemon
let provider: ScriptedProvider
beforeEach(async () => {
  daemon = testDaemon()
  writeFileSync(join(daemon.folder, 'a.txt'), 'one\n')
  provider = await startScriptedProvider(({ messages }) => {
    const done = messages.filter(({ role }) => role === 'assistant').length
    if (done === 0) return call('edit_file', { path: 'a.txt', old_text: 'one', new_text: 'two' })
    if (done === 1) return call('exec', { command: 'echo asked', network: true })
    return { type: 'reply', text: 'All done.' }
  })
  // The command line starts the daemon; this connection is for ending it.
  await daemon.connect()
})
afterEach(async () => {
  await provider.close()
  await daemon.dispose()
})

function call(tool: string, args: object) {
  return { type: 'reply', text: `I use ${tool}.`, calls: [{ tool, arguments: args }] } as const
}

async function paddock(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  return paddockBy([], ...args)
}

async function paddockBy(
  nodeOptions: readonly string[],
  ...args: string[]
): Promise<{ code: number | null; out: string; err: string }> {
  const env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    PADDOCK_HOME: daemon.dataFolder,
    PADDOCK_MODEL: provider.model,
    OPENAI_BASE_URL: provider.baseUrl,
    OPENAI_API_KEY: provider.apiKey,
  }
  const child = spawn(process.execPath, [...nodeOptions, cli, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  child.stdout.on('data', (bytes) => (out += bytes))
  child.stderr.on('data', (bytes) => (err += bytes))
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, out, err }
}

describe('paddock run', () => {
  test('D10: shows progress and lists the changes; what nobody can answer is denied; the folder does not move', async () => {
    const { code, out, err } = await paddock('run', 'change it', '--folder', daemon.folder)
    expect(err).toBe('')
    expect(code).toBe(0)
    expect(out).toContain('I use edit_file.')
    expect(out).toMatch(/\? echo asked .*with network/)
    expect(out).toContain('Denied by command line.')
    expect(out).toContain('All done.')
    expect(out).toMatch(/modified a\.txt {2}\+1 -1/)
    expect(readFileSync(join(daemon.folder, 'a.txt'), 'utf8')).toBe('one\n')
  })

  test('--json is every event of the task as a line', async () => {
    const { code, out } = await paddock('run', 'change it', '--folder', daemon.folder, '--json')
    expect(code).toBe(0)
    const lines = out.trimEnd().split('\n')
    const last = lines.pop() ?? ''
    const events = lines.map((line) => JSON.parse(line) as LoggedEvent)
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => (events[0]?.seq ?? 0) + i))
    expect(events[0]?.event.type).toBe('taskSubmitted')
    expect(events.at(-1)?.event.type).toBe('taskCompleted')
    expect(JSON.parse(last)).toMatchObject({ changes: [{ path: 'a.txt', status: 'modified' }], skipped: [] })
  })

  test('an older Node was told that the daemon ended at its start, and nothing of why', async () => {
    const { code, err } = await paddockBy(['--no-experimental-sqlite'], 'run', 'change it', '--folder', daemon.folder)
    expect(code).toBe(4)
    expect(err).toMatch(/needs a Node .* 22\.13 or newer, and this is v/)
  })

  test('a failed task is exit code 1 and its reason', async () => {
    await provider.close()
    provider = await startScriptedProvider(() => ({ type: 'status', status: 401, body: '{}' }))
    const { code, out } = await paddock('run', 'go', '--folder', daemon.folder)
    expect(code).toBe(1)
    expect(out).toContain('Failed:')
  })

  test.each([
    [['run'], /What is the task/],
    [['run', 'x', '--bogus'], /bogus/],
    [['frobnicate'], /no command "frobnicate"/],
    [['toString'], /no command/],
    [['daemon', 'fly'], /status", "stop" or "logs/],
  ])('%j is a usage error', async (args, message) => {
    const { code, err } = await paddock(...args)
    expect(code).toBe(2)
    expect(err).toMatch(message)
  })

  test('the file that npx runs is a program of its own', async () => {
    const { stdout } = await promisify(execFile)(cli, ['help'])
    expect(stdout).toContain('paddock run')
  })

  test('a folder that cannot be a workspace is told', async () => {
    const { code, err } = await paddock('run', 'x', '--folder', '/nowhere/at/all')
    expect(code).toBe(1)
    expect(err).toContain('There is no such folder')
  })
})

describe('paddock daemon', () => {
  test('status, logs and stop', async () => {
    const status = await paddock('daemon', 'status', '--json')
    expect(JSON.parse(status.out)).toMatchObject({ running: true, dataFolder: daemon.dataFolder })
    expect((await paddock('daemon', 'status')).out).toContain('Running: pid')
    expect((await paddock('daemon', 'logs')).out).toContain('answers, pid')
    expect(await paddock('daemon', 'stop')).toMatchObject({ code: 0, out: 'Stopped.\n' })
    expect(await paddock('daemon', 'status')).toMatchObject({ code: 1, out: 'No daemon is running.\n' })
    expect(await paddock('daemon', 'stop')).toMatchObject({ code: 0, out: 'No daemon is running.\n' })
  })
})
