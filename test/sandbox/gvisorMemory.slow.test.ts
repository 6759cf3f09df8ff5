import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { directProvider } from '../../daemon/sandbox/gvisor/directProvider.ts'
import type { OpenParams, Sandbox } from '../../daemon/sandbox/sandbox.ts'
import { eventually } from '../support/eventually.ts'
import { RecordingNetwork } from '../support/recordingNetwork.ts'
import { type SandboxFolders, sandboxFolders } from '../support/sandboxFolders.ts'
import { whyNoGvisor } from '../support/whyNoGvisor.ts'

const why = await whyNoGvisor()
const counting = '(n=0; while :; do n=$((n + 1)); echo $n >count; sleep 0.02; done) >/dev/null 2>&1 &'

describe.skipIf(why !== undefined)(
  `memory of gVisor that outlives its daemon${why ? ` (skipped: ${why})` : ''}`,
  () => {
    let folders: SandboxFolders
    let params: ReturnType<SandboxFolders['layer']>
    const opened: Sandbox[] = []

    beforeEach(() => {
      folders = sandboxFolders()
      vi.stubEnv('HOME', folders.userHome)
      params = folders.layer()
    })
    afterEach(async () => {
      for (const sandbox of opened.splice(0)) await sandbox.close()
      vi.unstubAllEnvs()
      folders.remove()
    })

    /** As another daemon would: nothing is known but what lies on the disk. */
    async function open(more: Partial<OpenParams> = {}): Promise<Sandbox> {
      const sandbox = await directProvider({ hide: [folders.data] }).open({ ...params, ...more })
      opened.push(sandbox)
      return sandbox
    }

    async function run(sandbox: Sandbox, line: string): Promise<string> {
      const { end, stdout, stderr } = await sandbox.exec({ line })
      expect({ end, stderr: `${Buffer.from(stderr.head)}` }).toEqual({ end: { type: 'exited', code: 0 }, stderr: '' })
      return `${Buffer.from(stdout.head)}`
    }

    async function save(sandbox: Sandbox): Promise<void> {
      await sandbox.freeze?.()
      await sandbox.saveMemory?.()
      await sandbox.close()
    }

    const counted = () => Number(readFileSync(join(params.layer.upper, 'count'), 'utf8'))
    /** What is saved over any layer. */
    const saved = () => {
      const place = join(params.store, 'memory')
      return existsSync(place) ? readdirSync(place).flatMap((name) => readdirSync(join(place, name, 'written'))) : []
    }

    test('programs go on where they were, and new commands run beside them', async () => {
      const first = await open()
      expect(first.resumed).toBeUndefined()
      await run(first, counting)
      await run(first, 'cd /tmp && echo kept >kept && (exec python3 -m http.server 8080 >/dev/null 2>&1 &)')
      await eventually(() => first.ports()).toEqual([expect.objectContaining({ port: 8080 })])
      await eventually(counted).toBeGreaterThan(20)
      await save(first)
      const before = counted()
      expect(saved()).toEqual(['image'])

      const second = await open()
      expect(second.resumed).toEqual({ type: 'goesOn' })
      expect(saved()).toEqual([])
      await eventually(counted).toBeGreaterThan(before + 5)
      expect(await run(second, 'cat /tmp/kept')).toBe('kept\n')
      expect(await second.ports()).toEqual([expect.objectContaining({ port: 8080 })])
      const stream = await second.connect(8080)
      stream.end('GET /kept HTTP/1.0\r\n\r\n')
      let said = ''
      for await (const bytes of stream) said += String(bytes)
      expect(said).toMatch(/200 OK[\s\S]*kept\n$/)
      await second.killAll()
      expect(await second.ports()).toEqual([])
    })

    test('it goes on twice, and not a second time from the same memory', async () => {
      const first = await open()
      await run(first, counting)
      await save(first)
      const second = await open()
      await save(second)
      const before = counted()
      const third = await open()
      expect(third.resumed).toEqual({ type: 'goesOn' })
      await eventually(counted).toBeGreaterThan(before)
      await third.close()
      const fourth = await open()
      expect(fourth.resumed).toBeUndefined()
      expect(await run(fourth, 'ls /proc | grep -c "^[0-9]"')).not.toBe('')
    })

    test('what was being talked to goes on without anybody, and what was waited for ends', async () => {
      const first = await open()
      const talker = `$| = 1; while (1) { print "x" x 1000, "\\n"; open my $f, '>', 'alive'; print $f ++$n; close $f; select undef, undef, undef, 0.02 }`
      const started = await first.start({ line: ['perl', '-e', talker] })
      if (started.type !== 'started') throw new Error(started.why)
      started.stdout.resume()
      started.ended.catch(() => {})
      const waiting = first.exec({ line: 'touch begun; sleep 1000' }).catch((error: unknown) => error)
      await eventually(() => existsSync(join(params.layer.upper, 'begun'))).toBe(true)
      await eventually(() => existsSync(join(params.layer.upper, 'alive'))).toBe(true)
      await save(first)
      await waiting
      const alive = () => Number(readFileSync(join(params.layer.upper, 'alive'), 'utf8'))
      const before = alive()
      const second = await open()
      expect(second.resumed).toEqual({ type: 'goesOn' })
      // More than a pipe holds.
      await eventually(alive).toBeGreaterThan(before + 100)
      expect(await run(second, 'pgrep -c -x sleep || true')).toBe('0\n')
    })

    test('the way out is the new daemon’s', async () => {
      const [before, after] = [new RecordingNetwork(), new RecordingNetwork()]
      const first = await open({ network: before })
      const fetch = 'curl -sS http://plain.test/path; curl -sS --noproxy "*" http://captured.test/path'
      expect(await run(first, fetch)).toBe('reachedreached')
      await save(first)
      const connections = before.connections.length
      const second = await open({ network: after })
      expect(second.resumed).toEqual({ type: 'goesOn' })
      expect(await run(second, fetch)).toBe('reachedreached')
      expect(before.connections).toHaveLength(connections)
      expect(after.connections).toHaveLength(2)
    })

    test('where it cannot go on, a new one begins and says why', async () => {
      const first = await open()
      await run(first, counting)
      await save(first)
      const second = await open({ limits: { openFiles: 100 } })
      expect(second.resumed).toEqual({ type: 'lost', why: expect.stringContaining('limits') })
      expect(saved()).toEqual([])
      const still = counted()
      expect(await run(second, 'sleep 0.2; cat count')).toBe(`${still}\n`)
    })

    test('a memory that is damaged on the disk is lost, and told', async () => {
      const first = await open()
      await save(first)
      const place = join(params.store, 'memory')
      for (const name of readdirSync(place))
        writeFileSync(join(place, name, 'written', 'image', 'checkpoint.img'), 'damaged')
      const second = await open()
      expect(second.resumed).toEqual({ type: 'lost', why: expect.stringContaining('gVisor') })
      expect(await run(second, 'echo works')).toBe('works\n')
    })

    test('an image that nobody saved is nothing, as what gVisor itself might leave there', async () => {
      const first = await open()
      await run(first, counting)
      await save(first)
      const place = join(params.store, 'memory')
      for (const name of readdirSync(place)) rmSync(join(place, name, 'about.json'))
      const second = await open()
      expect(second.resumed).toBeUndefined()
      const still = counted()
      expect(await run(second, 'sleep 0.2; cat count')).toBe(`${still}\n`)
    })

    test('once it went on in the same daemon, nothing is saved', async () => {
      const first = await open()
      await run(first, counting)
      await first.freeze?.()
      await first.saveMemory?.()
      expect(saved()).toEqual(['image'])
      const before = counted()
      await first.thaw?.()
      expect(saved()).toEqual([])
      await eventually(counted).toBeGreaterThan(before)
    })
  },
)
