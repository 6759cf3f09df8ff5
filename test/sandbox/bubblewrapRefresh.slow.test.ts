import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { bubblewrapProvider } from '../../daemon/sandbox/bubblewrap/bubblewrapProvider.ts'
import type { Sandbox } from '../../daemon/sandbox/sandbox.ts'
import { type SandboxFolders, sandboxFolders } from '../support/sandboxFolders.ts'

let folders: SandboxFolders
let sandbox: Sandbox
let lower: string

/** As most editors save. */
function save(name: string, text: string): void {
  writeFileSync(join(lower, `${name}.new`), text)
  renameSync(join(lower, `${name}.new`), join(lower, name))
}

async function run(line: string): Promise<string> {
  const { stdout, stderr } = await sandbox.exec({ line })
  return Buffer.concat([stdout.head, stderr.head]).toString()
}

describe.each(['in the home', 'elsewhere'])('a workspace %s', (place) => {
  beforeEach(async () => {
    folders = sandboxFolders()
    vi.stubEnv('HOME', folders.userHome)
    lower = place === 'elsewhere' ? join(folders.top, 'elsewhere') : folders.workspace
    mkdirSync(lower, { recursive: true })
    writeFileSync(join(lower, 'file'), 'first\n')
    sandbox = await bubblewrapProvider({ hide: [folders.data] }).open(folders.layer(lower))
  })
  afterEach(async () => {
    await sandbox.close()
    vi.unstubAllEnvs()
    folders.remove()
  })

  test('shows what was saved once it is mounted anew, and keeps what was done in it', async () => {
    expect(await run('cat file; echo ours > own; mkdir sub; echo more > sub/file')).toBe('first\n')
    const mountedAt = sandbox.mountedAt
    for (const text of ['second\n', 'third\n', 'fourth\n']) {
      save('file', text)
      expect(await sandbox.refresh!()).toBe(true)
      expect(await run('cat file own sub/file')).toBe(`${text}ours\nmore\n`)
    }
    expect(sandbox.mountedAt).toBeGreaterThan(mountedAt)
    expect(await run('grep -c overlay /proc/self/mountinfo')).toBe('1\n')
    expect(await run('echo again > own; cat own')).toBe('again\n')
  })

  test('programs that do not use it run on', async () => {
    const line =
      'cd /tmp; (while :; do date +%N > beat; sleep 0.01; done) > /dev/null 2>&1 & echo $!; until [ -s beat ]; do sleep 0.01; done'
    const pid = (await run(line)).trim()
    expect(await sandbox.refresh!()).toBe(true)
    expect(await run(`rm /tmp/beat; until [ -s /tmp/beat ]; do sleep 0.01; done; kill ${pid} && echo ran`)).toBe(
      'ran\n',
    )
  })

  test.each([
    ['stands in it', 'sleep 5001 > /dev/null 2>&1 &'],
    ['has a file of it open', '(cd /tmp; exec sleep 5002 < "$OLDPWD/file" > /dev/null 2>&1) &'],
    ['writes a file of it', '(cd /tmp; exec sleep 5003 > "$OLDPWD/out" 2> /dev/null) &'],
    ['runs from it', 'cp /bin/sleep own; (cd /tmp; exec "$OLDPWD/own" 5004 > /dev/null 2>&1) &'],
  ])('it stays while a program %s', async (_, line) => {
    await run(`${line} echo started`)
    await run('until pgrep -f "500[1-4]" > /dev/null; do sleep 0.01; done')
    save('file', 'second\n')
    const mountedAt = sandbox.mountedAt
    expect(await sandbox.refresh!()).toBe(false)
    expect(sandbox.mountedAt).toBe(mountedAt)
    expect(await run('echo works > file2; cat file2')).toBe('works\n')
    await sandbox.killAll()
    expect(await sandbox.refresh!()).toBe(true)
    expect(await run('cat file file2')).toBe('second\nworks\n')
  })

  test('a folder that the user replaced by a file stayed the dead folder to all inside, for as long as a program stood elsewhere in the layer', async () => {
    mkdirSync(join(lower, 'sub/inner'), { recursive: true })
    writeFileSync(join(lower, 'sub/file'), 'x\n')
    expect(await run('ls -R sub > /dev/null; chmod 700 sub/file; sleep 5001 > /dev/null 2>&1 & echo started')).toBe(
      'started\n',
    )
    rmSync(join(lower, 'sub'), { recursive: true })
    mkdirSync(join(lower, 'sub'))
    save('sub/inner', 'a file now\n')
    const at = join(lower, 'sub/inner')
    expect(await sandbox.writeFile(at, Buffer.from('ours\n'))).toMatchObject({ type: 'fault' })
    expect(await sandbox.refresh!()).toBe(false)
    expect(await run('cat sub/inner sub/file')).toBe('a file now\nx\n')
    expect(await sandbox.writeFile(at, Buffer.from('ours\n'))).toMatchObject({ type: 'written' })
    expect(await run('cat sub/inner; pgrep -fc "sleep 5001"')).toBe('ours\n1\n')
    expect(readFileSync(at, 'utf8')).toBe('a file now\n')
  })

  test('the way to it cannot be moved or replaced from inside, and it itself is never removed', async () => {
    expect(await sandbox.refresh!()).toBe(true)
    expect(await run(`mv ${lower} ${lower}2; rmdir ${lower}; mv ~/projects ~/elsewhere`)).not.toBe('')
    await sandbox.remove(lower)
    expect(await run('pwd; ls -d .')).toBe(`${lower}\n.\n`)
  })

  test('a command that had just begun ran without the layer: none does, however they meet', async () => {
    for (let round = 0; round < 30; round++) {
      const refresh = sandbox.refresh!()
      const outputs: Promise<string>[] = []
      for (let at = 0; at < 6; at++) {
        outputs.push(run('cat file'))
        await new Promise((resolve) => setTimeout(resolve, at * 3))
      }
      expect(new Set(await Promise.all(outputs))).toEqual(new Set(['first\n']))
      await refresh
    }
  })

  test('many at once are one after the other, and commands wait for them', async () => {
    const refreshes = Array.from({ length: 4 }, () => sandbox.refresh!())
    expect(await run('cat file')).toBe('first\n')
    for (const done of await Promise.all(refreshes)) expect(typeof done).toBe('boolean')
    expect(await sandbox.refresh!()).toBe(true)
  })
})

test('a sandbox whose workspace is gone cannot be left without its layer: it ends', async () => {
  folders = sandboxFolders()
  vi.stubEnv('HOME', folders.userHome)
  sandbox = await bubblewrapProvider({ hide: [folders.data] }).open(folders.layer())
  renameSync(folders.workspace, `${folders.workspace}-gone`)
  await expect(sandbox.refresh!()).rejects.toThrow(/gone/)
  await sandbox.closed
  vi.unstubAllEnvs()
  folders.remove()
})
