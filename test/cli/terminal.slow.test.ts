import { spawn, spawnSync } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DaemonClient } from '#client/daemonClient.ts'
import type { ScriptedProvider } from '../../daemon/agent/models/scripted.ts'
import { scriptSteps, type Watched, watch } from '../support/conversation.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'

const cli = new URL('../../dist/cli.mjs', import.meta.url).pathname
/** Of util-linux: runs a command at a pseudo-terminal. Other systems have another program of this name. */
const script = '/usr/bin/script'
const hasTerminal = process.platform === 'linux' && spawnSync(script, ['--version']).status === 0
let daemon: TestDaemon
let other: DaemonClient
let watched: Watched
let provider: ScriptedProvider
beforeEach(async () => {
  daemon = testDaemon()
  other = await daemon.connect('window')
  const network = (command: string) => [{ tool: 'exec', arguments: { command, network: true } }]
  provider = await scriptSteps(other, [network('echo first'), network('echo second')])
  const { session } = await other.request('session/create', { folder: daemon.folder })
  watched = await watch(other, session.id)
})
afterEach(async () => {
  await provider.close()
  await daemon.dispose()
})

/** `paddock run` at a pseudo-terminal of its own. */
function atTerminal() {
  const quoted = [process.execPath, cli, 'run', 'go', '--session', watched.id].map((word) => `'${word}'`).join(' ')
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], TERM: 'xterm', PADDOCK_HOME: daemon.dataFolder }
  const child = spawn(script, ['-qefc', quoted, '/dev/null'], { env, stdio: ['pipe', 'pipe', 'inherit'] })
  let shown = ''
  const waiting = new Set<() => void>()
  child.stdout.setEncoding('utf8').on('data', (text) => {
    shown += text
    for (const look of waiting) look()
  })
  return {
    code: new Promise<number | null>((resolve) => child.on('close', resolve)),
    shown: () => shown,
    type: (text: string) => child.stdin.write(text),
    /** Settles when so many questions stand there. */
    asked: (count: number) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (shown.split('deny (N)?').length <= count) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
  }
}

const outcomes = () =>
  watched.events.flatMap(({ event }) => (event.type === 'approvalAnswered' ? [[event.outcome.type, event.by]] : []))

describe.skipIf(!hasTerminal)('paddock run at a terminal', () => {
  test('a question answered in another window is no longer asked, and the next answer is the next question’s', async () => {
    const terminal = atTerminal()
    await terminal.asked(1)
    terminal.type('y')
    const { id } = await watched.asked(1)
    await other.request('approval/answer', { approval: id, outcome: { type: 'deny' } })
    await terminal.asked(2)
    terminal.type('s\r')
    expect(await terminal.code).toBe(0)
    expect(outcomes()).toEqual([
      ['deny', 'window'],
      ['allowForSession', 'command line'],
    ])
    expect(terminal.shown()).toContain('Answered elsewhere.')
  })

  test('a task that ends while the question stands ends the program, without Enter', async () => {
    const terminal = atTerminal()
    await terminal.asked(1)
    const { task } = await watched.asked(1)
    await other.request('task/cancel', { session: watched.id, task })
    expect(await terminal.code).toBe(3)
    expect(terminal.shown()).toContain('Cancelled.')
  })

  test('what was typed before the question was shown does not allow it', async () => {
    const terminal = atTerminal()
    terminal.type('y\ryes\ry')
    await terminal.asked(1)
    terminal.type('\r')
    await terminal.asked(2)
    terminal.type('y\r')
    expect(await terminal.code).toBe(0)
    expect(outcomes().map(([outcome]) => outcome)).toEqual(['deny', 'allowOnce'])
  })

  test('Ctrl+C at a question cancels the task', async () => {
    const terminal = atTerminal()
    await terminal.asked(1)
    terminal.type('\x03')
    expect(await terminal.code).toBe(3)
  })
})
