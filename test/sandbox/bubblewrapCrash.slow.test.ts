import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { bubblewrapProvider } from '../../daemon/sandbox/bubblewrap/bubblewrapProvider.ts'
import { hierarchies } from '../../daemon/sandbox/cgroup/hierarchies.ts'
import { type SandboxFolders, sandboxFolders } from '../support/sandboxFolders.ts'

const rounds = 24
let folders: SandboxFolders
let program: string

beforeAll(async () => {
  folders = sandboxFolders()
  vi.stubEnv('HOME', folders.userHome)
  program = join(folders.top, 'busyDaemon.mjs')
  const entry = new URL('../support/busyDaemon.ts', import.meta.url).pathname
  const how = { bundle: true, platform: 'node', format: 'esm', loader: { '.pl': 'text' } } as const
  await build({ entryPoints: [entry], outfile: program, ...how })
})
afterAll(() => {
  vi.unstubAllEnvs()
  folders.remove()
})

test('however a daemon or its holder is killed, nothing of it is left once the next one has opened', async () => {
  const params = folders.layer()
  const { lower, upper, work } = params.layer
  const killed = { daemon: 0, holder: 0 }
  for (let round = 0; round < rounds; round++) {
    const child = spawn(process.execPath, [program, folders.data, lower, upper, work, params.home], {
      env: { PATH: process.env['PATH'], HOME: folders.userHome },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const ended = new Promise((resolve) => child.on('exit', resolve))
    // From the probe's first moment on, or once the sandbox is open; of that the daemon or the holder.
    const [until, whom] = (
      [
        ['probe', 'daemon'],
        ['open', 'daemon'],
        ['open', 'holder'],
      ] as const
    )[round % 3]!
    const word = await said(child.stdout, until)
    const afterMs = Math.random() * (until === 'probe' ? 250 : 600)
    await delay(afterMs)
    process.kill(whom === 'daemon' ? child.pid! : Number(word), 'SIGKILL')
    killed[whom] += 1
    // A daemon whose holder is gone would go on; this one fails, and otherwise is killed too.
    if (whom === 'holder') await Promise.race([ended, delay(1_000).then(() => child.kill('SIGKILL'))])
    await ended

    const next = await bubblewrapProvider({ hide: [folders.data] }).open(params)
    expect((await next.exec({ line: 'echo fine > after' })).end).toEqual({ type: 'exited', code: 0 })
    const inside = await next.list(next.root)
    // What looks for leftovers sees what is there.
    expect(processesOf(folders.top)).toHaveLength(2)
    await next.close()
    const context = `round ${round}: ${whom}, ${afterMs} ms after ${until}`
    expect(inside.type === 'list' && inside.entries.map(({ name }) => name), context).not.toContainEqual(
      expect.stringMatching(/^\.paddock-/),
    )
    expect(processesOf(folders.top), context).toEqual([])
    expect(groupsOf(folders.data), context).toEqual([])
    expect(
      readdirSync(folders.data).filter((name) => /probe/.test(name)),
      context,
    ).toEqual([])
    expect(
      filesBelow(upper).filter((name) => /^\.paddock-/.test(name)),
      context,
    ).toEqual([])
    const notes = readdirSync(folders.data).filter((name) => name.startsWith('cgroups.'))
    expect(
      notes.filter((name) => !name.startsWith(`cgroups.${process.pid}.`)),
      context,
    ).toEqual([])
  }
  expect(killed).toEqual({ daemon: 16, holder: 8 })
  expect(readdirSync(lower)).toEqual([])
}, 240_000)

/** What comes after a word in the lines that a program says. */
async function said(output: NodeJS.ReadableStream, word: string): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    if (line.startsWith(word)) return line.slice(word.length + 1)
  }
  throw new Error(`it never said ${word}`)
}

/** Processes in whose mounts a folder is named, other than those who see it as everybody does. */
function processesOf(folder: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      return readFileSync(`/proc/${pid}/mountinfo`, 'utf8').includes(folder)
    } catch {
      return false
    }
  })
}

function groupsOf(data: string): string[] {
  const hash = createHash('sha256').update(data).digest('hex').slice(0, 12)
  const homes = hierarchies(readFileSync('/proc/self/cgroup', 'utf8'), readFileSync('/proc/self/mountinfo', 'utf8'))
  return homes.flatMap(({ folder }) => readdirSync(folder).filter((name) => name.startsWith(`paddock-${hash}-`)))
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => path.slice(path.lastIndexOf('/') + 1))
}
