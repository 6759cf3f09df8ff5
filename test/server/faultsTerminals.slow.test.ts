import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DaemonClient } from '#client/daemonClient.ts'
import { eventually } from '../support/eventually.ts'
import { type ClientProgram, startProgram } from '../support/programs.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'

let daemon: TestDaemon
let client: DaemonClient
let session: string
let programs: readonly ClientProgram[]
const mark = `terminal-${process.pid}-${Date.now()}`

/** A terminal with a program in it, one detached from it, and a program without a terminal. */
beforeEach(async () => {
  daemon = testDaemon()
  client = await daemon.connect()
  session = (await client.request('session/create', { folder: daemon.folder })).session.id
  const terminal = await startProgram(client, { session, terminal: { columns: 80, rows: 24 } })
  await terminal.write(
    `(trap '' HUP TERM; setsid -f bash -c 'exec -a ${mark} sleep 5000'); exec -a ${mark} sleep 5001\n`,
  )
  const plain = await startProgram(client, { session, command: `trap '' TERM HUP; exec -a ${mark} sleep 5002` })
  programs = [terminal, plain]
  await eventually(() => running().length).toBe(3)
})
afterEach(() => daemon.dispose())

function running(): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith(`${mark}\0`)
    } catch {
      return false
    }
  })
}

async function expectAllLost(): Promise<void> {
  for (const program of programs) expect(await program.ended).toMatchObject({ type: 'lost', why: expect.any(String) })
  await eventually(running).toEqual([])
  // Another one is as before.
  expect((await client.request('daemon/status', {})).pid).toBe(client.pid)
}

test('terminals end with their session, and it is told', async () => {
  await client.request('session/delete', { session })
  await expectAllLost()
  const refusal = client.request('process/start', { session })
  await expect(refusal).rejects.toMatchObject({ data: { type: 'sessionNotFound' } })
})

test('terminals end when the sandbox is put in quarantine; no other one starts until it is resumed', async () => {
  const { folder } = daemon
  await client.request('sandbox/quarantine', { folder, why: 'It did odd things.' })
  await expectAllLost()
  const refusal = client.request('process/start', { session })
  await expect(refusal).rejects.toMatchObject({ data: { type: 'sandboxUnavailable' } })
  await client.request('sandbox/resume', { folder })
  const next = await startProgram(client, { session, command: 'echo again' })
  expect(await next.ended).toEqual({ type: 'exited', code: 0 })
})

test('terminals end when the sandbox is reset', async () => {
  await client.request('sandbox/reset', { folder: daemon.folder, confirm: true })
  await expectAllLost()
})

test('terminals stand still while the sandbox is suspended, and go on when something else is started', async () => {
  const { folder } = daemon
  const shell = await startProgram(client, { session, terminal: { columns: 80, rows: 24 } })
  await client.request('sandbox/suspend', { folder })
  expect(running()).toHaveLength(3)
  const other = await startProgram(client, { session, command: 'echo awake' })
  expect(await other.ended).toEqual({ type: 'exited', code: 0 })
  await shell.write('echo on$((40 + 2))\n')
  await shell.says('on42')
  const { sandbox } = await client.request('sandbox/inspect', { folder })
  expect(sandbox.state).toBe('ready')
})

test('terminals end with a daemon that is killed, whatever they ignore', async () => {
  await daemon.kill()
  await eventually(running).toEqual([])
  client = await daemon.connect()
  const next = await startProgram(client, { session, command: 'echo again' })
  expect(await next.ended).toEqual({ type: 'exited', code: 0 })
})
