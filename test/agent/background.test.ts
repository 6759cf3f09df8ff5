import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { BackgroundProcesses } from '../../daemon/agent/background.ts'
import type { ToolContext } from '../../daemon/agent/tool.ts'
import { tools } from '../../daemon/agent/tools/tools.ts'
import { type Sandbox, SandboxGone, type SandboxProcess } from '../../daemon/sandbox/sandbox.ts'
import { memorySandbox } from '../support/memorySandbox.ts'

/** A program that the test speaks for. */
function program() {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  let end: (end: Awaited<SandboxProcess['ended']>) => void = () => {}
  let lose: (error: Error) => void = () => {}
  const ended = new Promise<Awaited<SandboxProcess['ended']>>((resolve, reject) => {
    end = resolve
    lose = reject
  })
  const signals: string[] = []
  const kill = (signal = 'SIGTERM') => void signals.push(signal)
  const process: SandboxProcess = { type: 'started', stdin, stdout, stderr, kill, resize: () => {}, ended }
  return { process, stdin, stdout, stderr, end, lose, signals }
}

function bench() {
  const programs: ReturnType<typeof program>[] = []
  const box: Sandbox = Object.assign(memorySandbox(), {
    start: async () => {
      const started = program()
      started.stdout.write(`listens ${programs.length}\n`)
      programs.push(started)
      return started.process
    },
  })
  const living: number[] = []
  const background = new BackgroundProcesses((count) => living.push(count))
  const { signal } = new AbortController()
  const context: ToolContext = {
    ...{ sandbox: box, signal, background, tag: 'tag', waits: () => false },
    onOutput: () => {},
    beforeWrite: async () => {},
  }
  const call = async (name: string, args: object) => {
    const plan = tools()
      .find(({ spec }) => spec.name === name)
      ?.plan(args, { root: '/project' })
    if (plan?.type !== 'planned') return `invalid: ${plan?.message}`
    const { outcome, output } = await plan.run(context)
    return `${outcome}: ${output}`
  }
  const serve = () => call('exec', { command: 'serve', background: true })
  return { programs, living, call, serve, box, background }
}

describe('programs in the background', () => {
  test('one is started and said what it printed first', async () => {
    const { serve } = bench()
    expect(await serve()).toBe('ok: [p1 runs]\nlistens 0\n')
  })

  test('each look tells what came since the last one, both streams as they came', async () => {
    const { serve, call, programs } = bench()
    await serve()
    programs[0]?.stderr.write('a warning\n')
    expect(await call('process', { process: 'p1' })).toBe('ok: [p1 runs]\na warning\n')
    expect(await call('process', { process: 'p1', wait_seconds: 0 })).toBe('ok: [p1 runs]\n[no new output]')
  })

  test('one that floods waits now and then, and loses nothing by it', async () => {
    const { serve, background, programs } = bench()
    await serve()
    const { stdout } = programs[0]!
    let pauses = 0
    stdout.on('pause', () => {
      pauses += 1
    })
    const piece = Buffer.alloc(64 << 10)
    for (let count = 0; count < 48; count++) stdout.write(piece)
    let seen = 0
    while (seen < 48 * piece.byteLength) {
      const { output } = await background.get('p1')!.look({ waitMs: 1_000, signal: new AbortController().signal })
      seen += output.head.byteLength + output.tail.byteLength + output.omitted
    }
    expect(seen).toBe(48 * piece.byteLength)
    expect(pauses).toBe(3)
  })

  test('a look waits for news, and no longer', async () => {
    const { serve, call, programs } = bench()
    await serve()
    const look = call('process', { process: 'p1', wait_seconds: 600 })
    programs[0]?.stdout.write('request\n')
    expect(await look).toBe('ok: [p1 runs]\nrequest\n')
  })

  test('it is written to and sent signals; its end is told', async () => {
    const { serve, call, programs } = bench()
    await serve()
    await call('process', { process: 'p1', input: 'quit\n', wait_seconds: 0 })
    expect(programs[0]?.stdin.read()?.toString()).toBe('quit\n')
    await call('process', { process: 'p1', signal: 'SIGINT', wait_seconds: 0 })
    expect(programs[0]?.signals).toEqual(['SIGINT'])
    programs[0]?.end({ type: 'exited', code: 3 })
    expect(await call('process', { process: 'p1' })).toBe('ok: [p1 ended with exit 3]\n[no new output]')
    expect(await call('process', { process: 'p1', input: 'x' })).toBe(
      'error: [p1 ended with exit 3]\n[no new output]\n[Nothing was written: it does not read its input.]',
    )
  })

  test('the daemon kept all that was written to a program which reads nothing', async () => {
    const { serve, call, programs } = bench()
    await serve()
    const written: string[] = []
    for (let i = 0; i < 40; i++) {
      written.push(await call('process', { process: 'p1', input: 'x'.repeat(100_000), wait_seconds: 0 }))
    }
    expect(written.at(-1)).toContain('error: [p1 runs]')
    expect(written.at(-1)).toContain('[Nothing was written: it does not read its input.]')
    expect(programs[0]?.stdin.writableLength).toBeLessThan(1_200_000)
    programs[0]?.stdin.resume()
    await new Promise(setImmediate)
    expect(await call('process', { process: 'p1', input: 'y', wait_seconds: 0 })).toMatch(/^ok: /)
  })

  test('one that is lost with its sandbox says so', async () => {
    const { serve, call, programs } = bench()
    await serve()
    programs[0]?.lose(new SandboxGone('it was closed'))
    expect(await call('process', { process: 'p1' })).toContain(
      '[p1 is gone: SandboxGone: The sandbox is gone: it was closed]',
    )
  })

  test.each([
    [{ process: 'p7' }, 'error: There is no process p7. There are: p1 (serve).'],
    [{ process: '../p1' }, 'invalid: The call was not run; its arguments do not fit: process: is no process'],
    [{ process: 'p1', signal: 'SIGWINCH' }, 'invalid: The call was not run; its arguments do not fit: signal'],
  ])('%j is answered with what is wrong', async (args, expected) => {
    const { serve, call } = bench()
    await serve()
    expect(await call('process', args)).toContain(expected)
  })

  test('of a flood that nobody looks at, head and tail are kept', async () => {
    const { serve, call, programs } = bench()
    await serve()
    for (let part = 0; part < 100; part++) programs[0]?.stdout.write(`${part}`.padEnd(10_000, '.'))
    const told = await call('process', { process: 'p1' })
    expect(told.length).toBeLessThan(70_000)
    expect(told).toMatch(/^ok: \[p1 runs\]\n0\.+/)
    expect(told).toContain('bytes left out')
    expect(told).toMatch(/99\.+$/)
  })

  test('there is an end to how many, and one that ended makes room', async () => {
    const { serve, programs, living } = bench()
    for (let count = 0; count < 16; count++) await serve()
    expect(await serve()).toMatch(/^error: It did not start: There are 16 processes/)
    programs[2]?.end({ type: 'signalled', signal: 'SIGTERM' })
    await new Promise(setImmediate)
    expect(await serve()).toMatch(/^ok: \[p17 runs\]/)
    expect(living.at(-1)).toBe(16)
  })
})
