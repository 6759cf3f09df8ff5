import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DaemonClient } from '#client/daemonClient.ts'
import { processWindowBytes } from '#protocol/process.ts'
import { watch } from '../support/conversation.ts'
import { eventually } from '../support/eventually.ts'
import { startProgram } from '../support/programs.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'

let daemon: TestDaemon
let client: DaemonClient
let session: string
beforeAll(async () => {
  daemon = testDaemon()
  client = await daemon.connect()
  session = (await client.request('session/create', { folder: daemon.folder })).session.id
})
afterAll(() => daemon.dispose())

/** Whether a program with this in its arguments runs on the machine. */
function runs(mark: string): boolean {
  return readdirSync('/proc').some((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(mark)
    } catch {
      return false
    }
  })
}

describe('process/start', () => {
  test('runs a shell line in the session’s sandbox, in its layer, and tells streams and end apart', async () => {
    const watched = await watch(client, session)
    const program = await startProgram(client, {
      session,
      command: 'pwd; echo oops >&2; echo new > made.txt; echo "$WORD"; exit 3',
      env: { WORD: 'given' },
    })
    expect(await program.ended).toEqual({ type: 'exited', code: 3 })
    expect([program.stdout(), program.stderr()]).toEqual([`${daemon.folder}\ngiven\n`, 'oops\n'])
    expect(existsSync(join(daemon.folder, 'made.txt'))).toBe(false)
    // What a person does in the sandbox is a change like any other.
    await watched.until((event) => event.type === 'changesChanged' && event.paths.includes('made.txt'))
  })

  test('runs a program with its arguments as they are', async () => {
    const program = await startProgram(client, { session, command: ['printf', '%s|', '$HOME', 'a b', ';'] })
    expect(await program.ended).toEqual({ type: 'exited', code: 0 })
    expect(program.stdout()).toBe('$HOME|a b|;|')
  })

  test('without a command it is the shell, which reads what is written to it', async () => {
    const program = await startProgram(client, { session })
    await program.write('echo $((6 * 7))\n')
    await program.says('42')
    await program.write('exit 5\n', true)
    expect(await program.ended).toEqual({ type: 'exited', code: 5 })
  })

  test('a terminal is one, of the size that was asked for and set', async () => {
    const program = await startProgram(client, { session, terminal: { columns: 101, rows: 33 } })
    await program.write('stty size\n')
    await program.says('33 101')
    await client.request('process/resize', { process: program.id, columns: 90, rows: 20 })
    await program.write('stty size; test -t 0 && echo is"-"terminal\n')
    await program.says('20 90')
    await program.says('is-terminal')
    await program.write('exit\n')
    expect(await program.ended).toEqual({ type: 'exited', code: 0 })
  })

  test('one that cannot be started is lost, with the reason', async () => {
    const program = await startProgram(client, { session, command: ['/no/such/program'] })
    expect(await program.ended).toMatchObject({ type: 'lost', why: expect.stringMatching(/./) })
  })

  test('an unknown session is refused', async () => {
    const refusal = client.request('process/start', { session: 's_none' })
    await expect(refusal).rejects.toMatchObject({ data: { type: 'sessionNotFound' } })
  })

  test('a connection has a bounded number of them, and ended ones do not count', async () => {
    const other = await daemon.connect('many')
    const programs = await Promise.all(
      Array.from({ length: 16 }, () => startProgram(other, { session, command: 'read x' })),
    )
    const refusal = other.request('process/start', { session, command: 'true' })
    await expect(refusal).rejects.toMatchObject({ data: { type: 'tooMany', what: 'processes', limit: 16 } })
    for (const program of programs) await program.write('\n')
    for (const program of programs) expect(await program.ended).toEqual({ type: 'exited', code: 0 })
    const next = await startProgram(other, { session, command: 'true' })
    expect(await next.ended).toEqual({ type: 'exited', code: 0 })
    other.close()
  })
})

describe('flow control', () => {
  test('no more than the window comes unacknowledged, and the program waits; then all of it comes', async () => {
    const size = 4 * processWindowBytes + 12_345
    const command = `head -c ${size} /dev/zero | tr '\\0' x; echo done >&2`
    const program = await startProgram(client, { session, command }, { acknowledging: false })
    await eventually(() => program.waiting()).toBe(processWindowBytes)
    // Whatever else there is to say goes on meanwhile.
    await client.request('daemon/status', {})
    expect(program.waiting()).toBe(processWindowBytes)
    expect(program.stderr()).toBe('')
    program.acknowledge()
    expect(await program.ended).toEqual({ type: 'exited', code: 0 })
    expect([program.stdout().length, program.stderr()]).toEqual([size, 'done\n'])
  })

  test('a write is answered when there is room, and what a program never reads is bounded', async () => {
    const program = await startProgram(client, { session, command: 'sleep 1000' })
    const full = 'x'.repeat(1_000_000)
    const writes = Array.from({ length: 8 }, () => program.write(full))
    const outcomes = writes.map((write) => write.then(() => 'room').catch((error) => error.data.type))
    expect(await Promise.race(outcomes)).toBe('tooMany')
    await client.request('process/kill', { process: program.id, signal: 'SIGKILL' })
    expect(await program.ended).toEqual({ type: 'signalled', signal: 'SIGKILL' })
    expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['room', 'tooMany']))
  })

  test('100 MB go through unharmed', async () => {
    const program = await startProgram(client, {
      session,
      command: 'head -c 100000000 /dev/zero | tee >(sha256sum >&2)',
    })
    expect(await program.ended).toEqual({ type: 'exited', code: 0 })
    expect(program.stdout().length).toBe(100_000_000)
  })
})

describe('process/kill', () => {
  test('a signal goes to the program; an unknown one or program is refused', async () => {
    const program = await startProgram(client, {
      session,
      command: 'trap "echo caught; exit 9" TERM; echo up; while :; do sleep 0.1; done',
    })
    await program.says('up')
    const unknown = client.request('process/kill', { process: program.id, signal: 'SIGNOTHING' })
    await expect(unknown).rejects.toMatchObject({ data: { type: 'invalidParams' } })
    await client.request('process/kill', { process: program.id })
    expect(await program.ended).toEqual({ type: 'exited', code: 9 })
    expect(program.stdout()).toContain('caught')
    const gone = client.request('process/kill', { process: program.id })
    await expect(gone).rejects.toMatchObject({ data: { type: 'processNotFound', process: program.id } })
  })

  test('another connection’s programs are not there', async () => {
    const other = await daemon.connect('other')
    const program = await startProgram(client, { session, command: 'read x' })
    const stranger = other.request('process/write', { process: program.id, data: '' })
    await expect(stranger).rejects.toMatchObject({ data: { type: 'processNotFound' } })
    await program.write('\n')
    await program.ended
    other.close()
  })

  test('programs end with the connection that started them, the whole tree', async () => {
    const other = await daemon.connect('other')
    const mark = `mark-${process.pid}-${Date.now()}`
    const program = await startProgram(other, { session, command: `bash -c 'exec -a ${mark} sleep 1000' & wait` })
    await eventually(() => runs(mark)).toBe(true)
    other.close()
    await eventually(() => runs(mark)).toBe(false)
    expect(program.stdout()).toBe('')
  })
})
