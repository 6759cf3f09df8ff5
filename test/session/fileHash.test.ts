import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { fileHash } from '../../daemon/session/fileHash.ts'
import { memorySandbox } from '../support/memorySandbox.ts'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

test.each([
  ['an empty file', 0],
  ['a small one', 10],
  ['one that takes several reads', 9 * 1024 * 1024 + 1],
])('of %s', async (_name, size) => {
  const bytes = new Uint8Array(size).map((_, at) => at % 251)
  const box = memorySandbox({ files: { f: bytes } })
  expect(await fileHash(box, '/project/f')).toBe(sha256(bytes))
})

test('a script that is padded to many megabytes is still bound to its last byte', async () => {
  const bytes = new Uint8Array(12 * 1024 * 1024)
  const box = memorySandbox({ files: { f: bytes } })
  const before = await fileHash(box, '/project/f')
  bytes[bytes.length - 1] = 1
  box.put('/project/f', bytes)
  expect(await fileHash(box, '/project/f')).not.toBe(before)
})

test('of what is not there, or is no file, there is none', async () => {
  const box = memorySandbox({ files: { 'd/f': 'x' } })
  expect(await fileHash(box, '/project/none')).toBeNull()
  expect(await fileHash(box, '/project/d')).toBeNull()
})
