import { writeFileSync, writeSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { BaseStore } from '../../daemon/layer/baseStore.ts'
import { readPath } from '../../daemon/layer/fileState.ts'
import { UserFolder } from '../../daemon/layer/userFolder.ts'

describe('the user’s folder', () => {
  let root: string
  let folder: UserFolder
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'paddock-user-'))
    await mkdir(join(root, 'project'))
    folder = new UserFolder(join(root, 'project'), new BaseStore(join(root, 'base')))
  })
  afterEach(async () => await rm(root, { recursive: true, force: true }))

  /** Writes the agent's content, and while that is done the user saves the file. */
  const placeWhileUserSaves = async (path: string) => {
    const expected = (await readPath(folder.root, path)).state
    return await folder.placeFile(path, expected, 0o644, async (fd) => {
      writeSync(fd, 'agent')
      writeFileSync(join(folder.root, path), 'user')
      return true
    })
  }

  test.each([
    ['an edit', 'a.txt', 'before'],
    ['a new file', 'a.txt', undefined],
    ['a new file in a new folder', 'd/e/a.txt', undefined],
  ])('%s of the user’s that comes in between is not replaced', async (_, path, before) => {
    if (before !== undefined) await writeFile(join(folder.root, path), before)
    expect(await placeWhileUserSaves(path)).toBe('moved')
    expect(await readFile(join(folder.root, path), 'utf8')).toBe('user')
    expect((await readdir(folder.root, { recursive: true })).filter((name) => name.includes('.paddock-'))).toEqual([])
  })

  test('folders made for a file that is not placed are taken away again', async () => {
    const broken = folder.placeFile('d/e/a.txt', { type: 'absent' }, 0o644, async () => {
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
    })
    await expect(broken).rejects.toThrow('no space')
    expect(await folder.placeFile('d/e/a.txt', { type: 'absent' }, 0o644, async () => false)).toBe('moved')
    expect(await readdir(folder.root)).toEqual([])
  })

  test('removing and changing the mode expect what was seen, too', async () => {
    await writeFile(join(folder.root, 'a.txt'), 'seen')
    const seen = (await readPath(folder.root, 'a.txt')).state
    await writeFile(join(folder.root, 'a.txt'), 'newer')
    expect(await folder.remove('a.txt', seen, undefined)).toBe('moved')
    expect(await folder.setMode('a.txt', seen, 0o700)).toBe('moved')
    expect(await readFile(join(folder.root, 'a.txt'), 'utf8')).toBe('newer')
  })

  test('a file that was just written is read again: its times do not tell yet', async () => {
    let age: number
    do {
      await writeFile(join(folder.root, 'a.txt'), 'one')
      const young = await readPath(folder.root, 'a.txt')
      age = Date.now() - young.ctimeMs
      if (age <= 20) expect(young.stamp).toBeUndefined()
    } while (age > 20)
    let settled = await readPath(folder.root, 'a.txt')
    while (settled.stamp === undefined) settled = await readPath(folder.root, 'a.txt')
    expect(Date.now() - settled.ctimeMs).toBeGreaterThan(20)
  })
})
