import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { DaemonClient } from '#client/daemonClient.ts'
import { eventually } from '../support/eventually.ts'
import { startProgram } from '../support/programs.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'

let daemon: TestDaemon
let client: DaemonClient
let folder: string
beforeEach(async () => {
  daemon = testDaemon()
  folder = daemon.folder
  client = await daemon.connect()
})
afterEach(() => daemon.dispose())

async function newSession(): Promise<string> {
  return (await client.request('session/create', { folder })).session.id
}

/** What a command in this session's sandbox says; it must succeed. */
async function run(session: string, command: string): Promise<string> {
  const program = await startProgram(client, { session, command })
  const end = await program.ended
  expect(end, program.stderr()).toEqual({ type: 'exited', code: 0 })
  return program.stdout().trim()
}

const inspect = async () => (await client.request('sandbox/inspect', { folder })).sandbox
const workspaces = () => join(daemon.dataFolder, 'workspaces')
const place = () => join(workspaces(), readdirSync(workspaces())[0]!)

/** Installs a program for the user alone, as language package managers do. */
const install = (word: string) =>
  `mkdir -p ~/.local/bin && printf '#!/bin/sh\\necho ${word}\\n' > ~/.local/bin/tool && chmod +x ~/.local/bin/tool`

describe('kill -9 of the daemon', () => {
  test('while a sandbox is suspended leaves frozen processes only until the next daemon is there', async () => {
    const session = await newSession()
    // A fraction of a second that nobody else sleeps: seen from outside.
    const mark = `4009.${process.pid}`
    await run(session, `sleep ${mark} >/dev/null 2>&1 & true`)
    const lives = () =>
      readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .some((name) => {
          try {
            return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(`sleep\0${mark}`)
          } catch {
            return false
          }
        })
    // It has been started, and is another program in a moment.
    await vi.waitUntil(lives, { timeout: 10_000 })
    await client.request('sandbox/suspend', { folder })
    await daemon.kill()
    client = await daemon.connect()
    await eventually(lives).toBe(false)
  })

  /** How many files a home has that takes a moment to copy. */
  const files = 3_000

  test.each(['snapshot', 'restore'] as const)(
    'in the middle of a %s leaves the home whole, and no leftovers',
    async (what) => {
      const session = await newSession()
      await run(session, `mkdir ~/many && cd ~/many && seq ${files} | xargs touch && ${install('one')}`)
      await client.request('sandbox/snapshot', { folder, name: 'first' })
      await run(session, install('two'))
      const before = readdirSync(join(place(), 'snapshots')).length
      for (let round = 0; round < 4; round++) {
        const copying = client.request(`sandbox/${what}`, { folder, name: what === 'snapshot' ? `s${round}` : 'first' })
        let over = false
        const settled = copying.then(
          () => (over = true),
          () => (over = true),
        )
        const begun = () =>
          what === 'snapshot'
            ? readdirSync(join(place(), 'snapshots')).length > before
            : readdirSync(place()).includes('home.new')
        await eventually(() => over || begun()).toBe(true)
        await daemon.kill()
        await settled
        client = await daemon.connect()
        const info = await inspect()
        expect(info.state).toBe('ready')
        expect(['one', 'two']).toContain(await run(session, 'tool'))
        expect(await run(session, 'ls ~/many | wc -l')).toBe(`${files}`)
        const leftovers = ['home.new', 'home.old', 'trash']
        await eventually(() => readdirSync(place()).filter((name) => leftovers.includes(name))).toEqual([])
        expect(readdirSync(join(place(), 'snapshots'))).toHaveLength(info.snapshots.length)
        for (const { name } of info.snapshots.filter((kept) => kept.name !== 'first')) {
          await client.request('sandbox/deleteSnapshot', { folder, name })
        }
      }
    },
  )
})
