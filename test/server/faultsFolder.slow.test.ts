import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DaemonClient } from '#client/daemonClient.ts'
import type { EventOf } from '#protocol/event.ts'
import type { ScriptedProvider } from '../../daemon/agent/models/scripted.ts'
import { useScript, type Watched, watch } from '../support/conversation.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'

const isRoot = process.getuid?.() === 0
let daemon: TestDaemon
let client: DaemonClient
let folder: string
let watched: Watched
let provider: ScriptedProvider | undefined
/** Undone in turn, the last first. */
const undo: (() => void)[] = []

beforeEach(async () => {
  daemon = testDaemon()
  folder = daemon.folder
  writeFileSync(join(folder, 'a.txt'), 'one\n')
  client = await daemon.connect()
  await open()
})
afterEach(async () => {
  await provider?.close()
  provider = undefined
  await daemon.kill()
  for (const step of undo.splice(0).reverse()) step()
  await daemon.dispose()
})

async function open(where = folder): Promise<void> {
  const { session } = await client.request('session/create', { folder: where })
  watched = await watch(client, session.id)
}

const session = () => ({ session: watched.id })
const changes = async () => (await client.request('change/list', session())).changes
const refusal = (request: Promise<unknown>, type: string) => expect(request).rejects.toMatchObject({ data: { type } })
const answers = async () => expect((await client.request('daemon/status', {})).pid).toBe(client.pid)

/** A task of these commands, one in each step, with something between the first and the second. */
async function run(commands: readonly string[], between = () => {}): Promise<{ end: unknown; said: string[] }> {
  const before = watched.ofType('toolFinished').length
  await provider?.close()
  provider = await useScript(client, ({ messages }) => {
    const lastUser = messages.findLastIndex(({ role }) => role === 'user')
    const done = messages.slice(lastUser).filter(({ role }) => role === 'assistant').length
    if (done === 1) between()
    const command = commands[done]
    if (command === undefined) return { type: 'reply', text: 'Done.' }
    return { type: 'reply', calls: [{ tool: 'exec', arguments: { command } }] }
  })
  const { task } = await client.request('task/submit', { ...session(), prompt: 'go' })
  const end = await watched.ended(task)
  const finished = watched.ofType('toolFinished') as EventOf<'toolFinished'>[]
  return { end, said: finished.slice(before).map(({ output }) => output) }
}

const noFolder = {
  code: 'sandboxUnavailable',
  message: expect.stringContaining('no longer there'),
  fix: expect.any(String),
}
const sh = (script: string, ...args: string[]) => execFileSync('bash', ['-c', script, 'bash', ...args])

describe('the folder of an open session', () => {
  test('that is deleted is told as such, nothing is made in its place, and what the agent did comes back with it', async () => {
    await run(['echo new > b.txt; echo two > a.txt'])
    renameSync(folder, `${folder}.away`)
    for (const request of [
      () => client.request('change/list', session()),
      () => client.request('change/keep', session()),
      () => client.request('change/discard', session()),
    ]) {
      await refusal(request(), 'folderNotUsable')
    }
    const { end, said } = await run(['echo ran'])
    expect([end, said]).toMatchObject([{ type: 'taskFailed', failure: noFolder }, []])
    await answers()
    expect(existsSync(folder)).toBe(false)
    renameSync(`${folder}.away`, folder)
    expect((await changes()).map(({ path }) => path)).toEqual(['a.txt', 'b.txt'])
    expect((await client.request('change/keep', session())).results).toMatchObject([{ type: 'kept' }, { type: 'kept' }])
    expect(readFileSync(join(folder, 'b.txt'), 'utf8')).toBe('new\n')
    expect((await run(['cat a.txt'])).said[0]).toContain('two')
  })

  test('that is deleted while a task runs ends the task with one reason; the session can be deleted', async () => {
    const { end } = await run(['echo new > b.txt', 'echo later > c.txt', 'true'], () =>
      renameSync(folder, `${folder}.x`),
    )
    expect(end).toMatchObject({ type: 'taskFailed', failure: noFolder })
    expect(watched.ofType('taskFailed')).toHaveLength(1)
    expect(existsSync(folder)).toBe(false)
    expect(readdirSync(`${folder}.x`)).toEqual(['a.txt'])
    await client.request('session/delete', session())
    await answers()
  })

  test('that is replaced by another one is never mixed up with it: what would overwrite the new files is a conflict', async () => {
    await run(['echo two > a.txt; echo new > b.txt'])
    renameSync(folder, `${folder}.old`)
    mkdirSync(folder)
    writeFileSync(join(folder, 'a.txt'), 'of another project\n')
    writeFileSync(join(folder, 'b.txt'), 'there already\n')
    const { results } = await client.request('change/keep', session())
    expect(results).toMatchObject([
      { type: 'conflict', path: 'a.txt' },
      { type: 'conflict', path: 'b.txt' },
    ])
    expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('of another project\n')
    expect(readFileSync(join(folder, 'b.txt'), 'utf8')).toBe('there already\n')
    await client.request('change/discard', session())
    expect((await run(['cat a.txt b.txt'])).said[0]).toContain('of another project\nthere already')
    expect(readFileSync(join(`${folder}.old`, 'a.txt'), 'utf8')).toBe('one\n')
  })

  test('that becomes a file is refused; moved, with a link of the user’s in its place, it is the same one', async () => {
    await run(['echo new > b.txt'])
    const elsewhere = `${folder}.elsewhere`
    renameSync(folder, elsewhere)
    writeFileSync(folder, '')
    await refusal(client.request('change/keep', session()), 'folderNotUsable')
    expect(readFileSync(folder, 'utf8')).toBe('')
    rmSync(folder)
    symlinkSync(elsewhere, folder)
    expect((await client.request('change/keep', session())).results).toMatchObject([{ type: 'kept', path: 'b.txt' }])
    expect((await run(['cat b.txt; echo two > a.txt'])).said[0]).toContain('new')
    expect((await changes()).map(({ path }) => path)).toEqual(['a.txt'])
  })

  test('on a read-only file system: the agent works, a keep is refused with its reason, and goes well later', async ({
    skip,
  }) => {
    if (!isRoot) skip('file systems can only be mounted as root')
    execFileSync('mount', ['--bind', folder, folder])
    undo.push(() => execFileSync('umount', [folder]))
    execFileSync('mount', ['-o', 'remount,bind,ro', folder])
    await open()
    const { said } = await run(['echo two > a.txt; mkdir d; echo new > d/b.txt; cat a.txt'])
    expect(said[0]).toContain('two')
    const keep = async () => (await client.request('change/keep', session())).results
    expect(await keep()).toMatchObject([
      { type: 'refused', path: 'a.txt', why: 'The file system is read-only.' },
      { type: 'refused', path: 'd/b.txt', why: 'The file system is read-only.' },
    ])
    expect(readdirSync(folder)).toEqual(['a.txt'])
    execFileSync('mount', ['-o', 'remount,bind,rw', folder])
    expect(await keep()).toMatchObject([{ type: 'kept' }, { type: 'kept' }])
    expect(readFileSync(join(folder, 'd/b.txt'), 'utf8')).toBe('new\n')
    await client.request('session/delete', session())
  })

  test('on a file system of its own works as any other', async ({ skip }) => {
    if (!isRoot) skip('file systems can only be mounted as root')
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder])
    undo.push(() => execFileSync('umount', [folder]))
    writeFileSync(join(folder, 'a.txt'), 'one\n')
    await open()
    await run(['echo two > a.txt; head -c 8000000 /dev/zero > big; rm -f nothing'])
    const { results } = await client.request('change/keep', session())
    expect(results).toMatchObject([
      { type: 'kept', path: 'a.txt' },
      { type: 'refused', path: 'big', why: 'The disk is full.' },
    ])
    expect(readdirSync(folder)).toEqual(['a.txt'])
    expect((await changes()).map(({ path }) => path)).toEqual(['big'])
    await client.request('session/delete', session())
  })
})

/** Of every kind that a file can be, below the current folder, and links wherever one can be. */
const oddFiles = `
  mkfifo pipe
  mkdir -p real/deep; echo in > real/deep/in.txt
  ln -s /etc/passwd out; ln -s ../../.. up; ln -s loop loop; ln -s nowhere dangling; ln -s real folder-link; ln -s "$PWD" self
  ln -s real/deep/in.txt file-link; : > $'not utf-8 \\xff\\xfe'; mkdir $'folder \\xff'; echo x > $'folder \\xff/x.txt'
  echo 1 > $'new\\nline'; echo 1 > ' '; echo 1 > '-rf'; echo 1 > "$(printf '%0255d' 0)"; truncate -s 100G sparse
`

describe('odd files', () => {
  test('of the user’s are no trouble: the agent works beside them, and they stay what they are', async () => {
    sh(`cd "$1"; ${oddFiles}`, folder)
    if (isRoot) sh('cd "$1"; mknod device c 1 3', folder)
    const socket = createServer().listen(join(folder, 'socket'))
    undo.push(() => void socket.close())
    await once(socket, 'listening')
    const before = readdirSync(folder, { encoding: 'buffer' }).map(String)
    await open()
    const { said } = await run([
      'echo two > a.txt; echo mine > real/deep/new.txt; cat folder-link/deep/in.txt; ls | wc -l',
    ])
    expect(said[0]).toContain('in')
    expect((await changes()).map(({ path }) => path)).toEqual(['a.txt', 'real/deep/new.txt'])
    for (const path of [
      'out',
      'up/x',
      'loop',
      'pipe',
      'socket',
      'sparse',
      'self/self/a.txt',
      'folder-link/deep/in.txt',
    ]) {
      const read = client.request('change/read', { ...session(), path, side: 'user' })
      const { content } = await read.catch(() => ({ content: { type: 'absent' } }))
      expect(['absent', 'symlink', 'tooLarge'], path).toContain(content.type)
    }
    expect((await client.request('change/keep', session())).results).toMatchObject([{ type: 'kept' }, { type: 'kept' }])
    expect(readdirSync(folder, { encoding: 'buffer' }).map(String)).toEqual(before)
    expect(lstatSync(join(folder, 'pipe')).isFIFO()).toBe(true)
  })

  test('of the agent’s: what can be a change is one and kept as it is, the rest is told and reaches nobody', async () => {
    // Names that do not show are asked about.
    client.on('approval/changed', ({ approvals }) => {
      for (const { id } of approvals) {
        client.request('approval/answer', { approval: id, outcome: { type: 'allowOnce' } }).catch(() => {})
      }
    })
    const { end } = await run([oddFiles, 'ls | wc -l'])
    expect(end).toMatchObject({ type: 'taskCompleted' })
    const list = await client.request('change/list', session())
    const usable = ['loop', 'dangling', 'folder-link', 'file-link', 'real/deep/in.txt', '-rf', ' ', 'new\nline']
    const leadingOut = ['out', 'up']
    expect(list.changes.map(({ path }) => path)).toEqual(expect.arrayContaining([...usable, ...leadingOut]))
    expect(list.skipped.map(({ path }) => path)).toEqual(expect.arrayContaining(['pipe']))
    expect(
      list.skipped.some(({ why }) => why.includes('UTF-8')),
      JSON.stringify(list.skipped),
    ).toBe(true)
    const { results } = await client.request('change/keep', session())
    const withType = (type: string) => results.filter((result) => result.type === type).map(({ path }) => path)
    expect(withType('kept')).toEqual(expect.arrayContaining(usable))
    expect(withType('refused')).toEqual(expect.arrayContaining(leadingOut))
    expect(readdirSync(folder)).not.toEqual(expect.arrayContaining(['out']))
    expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('one\n')
    expect(existsSync(join(folder, 'pipe'))).toBe(false)
    // 100 GB of holes are not written out.
    expect(Number(sh('du -s -B1M "$1" | cut -f1', folder).toString())).toBeLessThan(50)
    await answers()
  })

  test('that replace what the user has: nothing is written through a link, whoever made it', async () => {
    const outside = `${folder}.outside`
    for (const made of [join(folder, 'src'), outside]) mkdirSync(made)
    writeFileSync(join(folder, 'src', 'x.txt'), 'mine\n')
    writeFileSync(join(outside, 'x.txt'), 'outside\n')
    symlinkSync(outside, join(folder, 'out'))
    await open()
    await run([`rm src/x.txt; rmdir src; ln -s "${outside}" src; rm out; mkdir out; echo inside > out/x.txt`])
    const { results } = await client.request('change/keep', session())
    const types = new Map(results.map(({ path, type }) => [path, type]))
    expect(types.get('src')).toBe('refused')
    expect(types.get('out/x.txt')).toBe('kept')
    expect(lstatSync(join(folder, 'out')).isDirectory()).toBe(true)
    expect(readFileSync(join(folder, 'out', 'x.txt'), 'utf8')).toBe('inside\n')
    expect(readFileSync(join(outside, 'x.txt'), 'utf8')).toBe('outside\n')
    // The user puts a link where the agent has a folder.
    await run(['mkdir lib; echo agent > lib/x.txt'])
    symlinkSync(outside, join(folder, 'lib'))
    const [result] = (await client.request('change/keep', { ...session(), selections: [{ path: 'lib/x.txt' }] }))
      .results
    expect(['refused', 'conflict']).toContain(result!.type)
    expect(readFileSync(join(outside, 'x.txt'), 'utf8')).toBe('outside\n')
  })
})
