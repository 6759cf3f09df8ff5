import { spawn } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { noneProvider } from '../../daemon/sandbox/none/noneProvider.ts'
import type { CommandResult, OpenParams, Sandbox } from '../../daemon/sandbox/sandbox.ts'
import { eventually } from '../support/eventually.ts'

describe('without a sandbox', () => {
  let top: string
  let root: string
  let sandbox: Sandbox
  const params = (): OpenParams => ({
    layer: { type: 'copy', lower: join(top, 'project'), copy: root },
    home: join(top, 'shared-home'),
    store: join(top, 'store'),
    limits: { openFiles: 64, processes: 100, memoryMiB: 1024 },
  })

  beforeEach(async () => {
    top = realpathSync(mkdtempSync(join(tmpdir(), 'paddock-none-test-')))
    root = join(top, 'copy')
    for (const folder of ['project', 'copy', 'outside']) mkdirSync(join(top, folder))
    vi.stubEnv('SOME_TOKEN', 'a secret')
    sandbox = await noneProvider().open(params())
  })
  afterEach(async () => {
    await sandbox.close()
    vi.unstubAllEnvs()
    rmSync(top, { recursive: true, force: true })
  })

  const run = async (line: string) => text(await sandbox.exec({ line }))

  test('probing says that it works here', async () => {
    expect(await noneProvider().probe()).toEqual({ type: 'ready', kind: 'none' })
  })

  test('each result says that nothing was fenced in, and that the network was there', async () => {
    const result = await sandbox.exec({ line: 'true' })
    expect(result.evidence).toEqual({
      kind: 'none',
      requested: { network: false },
      effective: { network: true },
      active: false,
    })
  })

  test('commands start in the copy, with a home of their own and nothing of the daemon’s environment', async () => {
    expect(sandbox.root).toBe(root)
    expect(await run('pwd')).toBe(`${root}\n`)
    expect(await run('echo $HOME $TMPDIR')).toBe(`${top}/store/home ${top}/store/tmp\n`)
    expect(existsSync(join(top, 'shared-home'))).toBe(false)
    expect(await run('env | cut -d= -f1 | sort')).not.toContain('SOME_TOKEN')
  })

  test('no program is taken from the workspace', async () => {
    await sandbox.close()
    mkdirSync(join(root, 'bin'))
    vi.stubEnv('PATH', `${root}/bin:${top}/project:relative:${process.env['PATH']}`)
    sandbox = await noneProvider().open(params())
    const path = (await run('echo $PATH')).trim().split(':')
    expect(path).not.toContain(`${root}/bin`)
    expect(path.every((folder) => folder.startsWith('/') && !folder.startsWith(`${top}/`))).toBe(true)
  })

  test('which limits are held, and which are not, is told', () => {
    expect(sandbox.limits).toEqual({ openFiles: 'perProcess', processes: 'notEnforced', memoryMiB: 'perProcess' })
  })

  test('one layer is open once at a time', async () => {
    const provider = noneProvider()
    const first = await provider.open({ ...params(), layer: { type: 'copy', lower: top, copy: join(top, 'outside') } })
    const again = provider.open({ ...params(), layer: { type: 'copy', lower: top, copy: join(top, 'outside') } })
    await expect(again).rejects.toMatchObject({ data: { type: 'sandboxUnavailable' } })
    await first.close()
  })

  test('a layer that has to be mounted is refused', async () => {
    const layer = { type: 'overlay', lower: top, upper: top, work: top } as const
    await expect(noneProvider().open({ ...params(), layer })).rejects.toMatchObject({
      data: { type: 'sandboxUnavailable', kind: 'none' },
    })
  })

  test('killing all takes what was started in there, however it hid, and nothing else', async () => {
    const other = spawn('sleep', ['300'])
    onTestFinished(() => void other.kill('SIGKILL'))
    const hidden = `perl -e 'use POSIX; fork && exit; POSIX::setsid(); fork && exit; %ENV = (); open F, ">pid"; print F $$; close F; exec "sleep", "301"' </dev/null >/dev/null 2>&1`
    await run(hidden)
    await eventually(() => existsSync(join(root, 'pid')) && readFileSync(join(root, 'pid'), 'utf8') !== '').toBe(true)
    const pid = Number(readFileSync(join(root, 'pid'), 'utf8'))
    expect(isAlive(pid)).toBe(true)
    await sandbox.killAll()
    expect(isAlive(pid)).toBe(false)
    expect(isAlive(other.pid!)).toBe(true)
    expect(await run('echo still here')).toBe('still here\n')
  })

  test('with the sandbox goes what it started, however it hid', async () => {
    await run(`(setsid sleep 302 </dev/null >/dev/null 2>&1 & echo $! > pid)`)
    const pid = Number(readFileSync(join(root, 'pid'), 'utf8'))
    expect(isAlive(pid)).toBe(true)
    await sandbox.close()
    await eventually(() => isAlive(pid)).toBe(false)
  })

  test('ports are those of its own programs', async () => {
    const { createServer } = await import('node:net')
    const own = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => own.once('listening', resolve))
    expect(await sandbox.ports()).toEqual([])
    own.close()
  })

  test('reading and writing by a link that leads out of the workspace is refused', async () => {
    writeFileSync(join(top, 'outside', 'key'), 'private\n')
    symlinkSync(join(top, 'outside'), join(root, 'folder'))
    symlinkSync(join(top, 'outside', 'key'), join(root, 'file'))
    symlinkSync(join(top, 'outside', 'new'), join(root, 'dangling'))
    mkdirSync(join(root, 'd'))
    writeFileSync(join(root, 'd', 'in'), 'inside\n')
    symlinkSync('d/in', join(root, 'inside'))
    const bytes = Buffer.from('x')
    const denied = { type: 'fault', code: 'denied' }
    expect(await sandbox.readFile(join(root, 'folder', 'key'))).toMatchObject(denied)
    expect(await sandbox.readFile(join(root, 'file'))).toMatchObject(denied)
    expect(await sandbox.list(join(root, 'folder'))).toMatchObject(denied)
    expect(await sandbox.stat(join(root, 'folder', 'key'))).toMatchObject(denied)
    for (const name of ['folder/new', 'folder/deep/er/new', 'file', 'dangling']) {
      expect(await sandbox.writeFile(join(root, name), bytes)).toMatchObject(denied)
    }
    expect(await sandbox.remove(join(root, 'folder', 'key'))).toMatchObject(denied)
    expect(await sandbox.makeSymlink(join(root, 'folder', 'l'), 'x')).toMatchObject(denied)
    expect(await sandbox.setMode(join(root, 'file'), 0o777)).toMatchObject(denied)
    expect(readFileSync(join(top, 'outside', 'key'), 'utf8')).toBe('private\n')
    expect(existsSync(join(top, 'outside', 'new'))).toBe(false)
    // What stays inside goes on working.
    expect(await sandbox.readFile(join(root, 'inside'))).toMatchObject({ type: 'read' })
    expect(await sandbox.writeFile(join(root, 'a', 'b'), bytes)).toEqual({ type: 'written' })
    expect(await sandbox.remove(join(root, 'folder'))).toEqual({ type: 'removed' })
    expect(lstatSync(join(top, 'outside', 'key')).isFile()).toBe(true)
  })
})

function text({ stdout, end }: CommandResult): string {
  expect(end).toEqual({ type: 'exited', code: 0 })
  return Buffer.from(stdout.head).toString()
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
