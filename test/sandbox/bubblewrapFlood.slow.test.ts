import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { bubblewrapProvider } from '../../daemon/sandbox/bubblewrap/bubblewrapProvider.ts'
import type { Sandbox } from '../../daemon/sandbox/sandbox.ts'
import { type SandboxFolders, sandboxFolders } from '../support/sandboxFolders.ts'

const gigabyte = 1e9
let folders: SandboxFolders
let sandbox: Sandbox

beforeAll(async () => {
  folders = sandboxFolders()
  vi.stubEnv('HOME', folders.userHome)
  sandbox = await bubblewrapProvider({ hide: [folders.data] }).open(folders.layer())
})
afterAll(async () => {
  await sandbox.close()
  vi.unstubAllEnvs()
  folders.remove()
})

test('a gigabyte of output ends, is counted, and makes neither side large', async () => {
  const before = process.memoryUsage().rss
  let streamed = 0
  const { end, stdout } = await sandbox.exec(
    { line: `head -c ${gigabyte} /dev/zero`, timeoutMs: 100_000 },
    { onOutput: (_, bytes) => (streamed += bytes.byteLength) },
  )
  expect(end).toEqual({ type: 'exited', code: 0 })
  expect(stdout.head.byteLength + stdout.tail.byteLength + stdout.omitted).toBe(gigabyte)
  expect(streamed).toBe(64 << 10)
  expect(process.memoryUsage().rss - before).toBeLessThan(60e6)
  expect(await serverMemory()).toBeLessThan(25e6)
})

test('two streams that never end are cut off at the time limit, while others run', async () => {
  let others = 0
  const hold = () => others < 20
  const flood = sandbox.exec({ line: 'yes & yes >&2', timeoutMs: 1000 }, { hold })
  for (; others < 20; others++) expect((await sandbox.exec({ line: ['true'] })).end.type).toBe('exited')
  const { end, stdout, stderr } = await flood
  expect(end.type).toBe('timedOut')
  for (const stream of [stdout, stderr]) expect(stream.omitted).toBeGreaterThan(1e6)
  expect(await serverMemory()).toBeLessThan(25e6)
})

test('files of many megabytes and long folders pass through a small server', async () => {
  const content = Buffer.alloc(60 << 20, 'paddock ')
  const path = `${folders.workspace}/large`
  expect(await sandbox.writeFile(path, content)).toEqual({ type: 'written' })
  const read = await sandbox.readFile(path)
  expect(read.type === 'read' && content.equals(read.bytes)).toBe(true)
  expect(await sandbox.writeFile(path, Buffer.alloc((64 << 20) + 1))).toMatchObject({ code: 'tooLarge' })
  await sandbox.exec({ line: 'mkdir many; cd many; seq 1 25000 | xargs touch' })
  expect(await sandbox.list(`${folders.workspace}/many`)).toMatchObject({ truncated: true })
  expect(await serverMemory()).toBeLessThan(40e6)
})

/** The most that the exec server has had resident, in bytes: asked of the kernel from outside. */
async function serverMemory(): Promise<number> {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ')
  const peaks = children.flatMap((holder) => {
    const inner = readFileSync(`/proc/${holder}/task/${holder}/children`, 'utf8').trim().split(' ').filter(Boolean)
    return inner.map((pid) => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024)
  })
  return Math.max(...peaks)
}
