import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { copyOpen, copyOpenSync } from '../../daemon/layer/copyOpen.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paddock-copy-open-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Its size is 4096 and its content a line: what a file looks like that is cut short once its size is known. */
const shorterThanItSays = '/sys/kernel/mm/transparent_hugepage/enabled'
const isThere = statSync(shorterThanItSays, { throwIfNoEntry: false })?.size === 4096

describe.each([
  ['with a thread', copyOpen],
  ['at once', async (fd: number, to: string) => copyOpenSync(fd, to)],
])('an open file is copied %s', (_, copy) => {
  const copied = async (path: string) => {
    const to = join(folder, 'copy')
    const fd = openSync(path, 'r')
    try {
      await copy(fd, to)
    } finally {
      closeSync(fd)
    }
    return readFileSync(to)
  }

  test('whole, and for its owner alone', async () => {
    const bytes = Buffer.alloc(3_000_001, 'abcdefg')
    writeFileSync(join(folder, 'file'), bytes, { mode: 0o600 })
    expect((await copied(join(folder, 'file'))).equals(bytes)).toBe(true)
    expect(statSync(join(folder, 'copy')).mode & 0o777).toBe(0o600)
  })

  test('one that is cut short meanwhile does not hang the daemon', async ({ skip }) => {
    skip(!isThere, 'this kernel has no such file')
    expect((await copied(shorterThanItSays)).toString()).toBe(readFileSync(shorterThanItSays, 'utf8'))
  })

  test('never over what is there', async () => {
    writeFileSync(join(folder, 'file'), 'new')
    writeFileSync(join(folder, 'copy'), 'old')
    await expect(copied(join(folder, 'file'))).rejects.toMatchObject({ code: 'EEXIST' })
    expect(readdirSync(folder).sort()).toEqual(['copy', 'file'])
    expect(readFileSync(join(folder, 'copy'), 'utf8')).toBe('old')
  })
})
