import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { unpack } from '../../daemon/cli/sandbox/unpack.ts'

// Archives that a hostile program made.
let top: string
let left: string[]
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'paddock-unpack-'))
  mkdirSync(join(top, 'victim'))
  left = []
})
afterEach(() => rmSync(top, { recursive: true, force: true }))

type Member = [name: string, type: string, linkOrContent?: string]

function tar(...members: Member[]): Buffer {
  const blocks = members.flatMap(([name, type, text = '']) => {
    const isFile = type === '0' || type === 'L'
    const head = Buffer.alloc(512)
    head.write(name, 0, 100)
    head.write('0000777\0', 100)
    head.write(`${(isFile ? text.length : 0).toString(8).padStart(11, '0')}\0`, 124)
    head.write('        ', 148)
    head.write(type, 156)
    if (!isFile) head.write(text, 157, 100)
    head.write('ustar  \0', 257)
    const sum = head.reduce((total, byte) => total + byte, 0)
    head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    const content = Buffer.alloc(isFile ? Math.ceil(text.length / 512) * 512 : 0)
    content.write(text)
    return [head, content]
  })
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}

function unpacked(bytes: Buffer, force = false) {
  const leftOut = (path: string) => void left.push(path)
  return unpack(Readable.from([bytes.subarray(0, 700), bytes.subarray(700)]), join(top, 'out'), { force, leftOut })
}

const root: Member = ['./', '5']
test.each<[string, Member[]]>([
  ['a name that goes up', [root, ['../victim/evil', '0', 'x']]],
  ['a name that goes up in the middle', [root, ['a/../../victim/evil', '0', 'x']]],
  ['an absolute name', [root, ['/victim/evil', '0', 'x']]],
  ['a long name that goes up', [root, ['././@LongLink', 'L', '../victim/evil'], ['short', '0', 'x']]],
  ['a file below a link', [root, ['way', '2', '../victim'], ['way/evil', '0', 'x']]],
  ['a file below a link inside', [root, ['d/', '5'], ['way', '2', 'd'], ['way/evil', '0', 'x']]],
  ['a folder where a link is', [root, ['way', '2', '.'], ['way/', '5'], ['way/evil', '0', 'x']]],
  ['a file through a link of the same name', [root, ['same', '2', 'other'], ['same', '0', 'x']]],
  ['a second root', [root, ['./', '0', 'x']]],
  ['no folder at all', [root, ['missing/evil', '0', 'x']]],
  ['a root that is elsewhere', [['deep/', '5']]],
])('%s is refused and nothing is written there', async (_, members) => {
  await expect(unpacked(tar(...members))).rejects.toThrow()
  expect(existsSync(join(top, 'victim', 'evil'))).toBe(false)
  expect(existsSync(join(top, 'out', 'other'))).toBe(false)
})

test('links that lead out, hard links and devices are left out and told; the others are made', async () => {
  const members: Member[] = [
    root,
    ['d/', '5'],
    ['abs', '2', '/etc/passwd'],
    ['up', '2', '../victim'],
    ['d/up', '2', '../../victim'],
  ]
  const tricky: Member[] = [
    ['d/turn', '2', '..'],
    ['turned', '2', 'd/turn/../victim'],
    ['hard', '1', '/etc/passwd'],
    ['dev', '3'],
  ]
  await unpacked(tar(...members, ...tricky, ['fine', '2', 'd/x'], ['f', '0', 'text']))
  expect(left).toEqual(['abs', 'up', 'd/up', 'turned', 'hard', 'dev'])
  expect(lstatSync(join(top, 'out', 'fine')).isSymbolicLink()).toBe(true)
  expect(readFileSync(join(top, 'out', 'f'), 'utf8')).toBe('text')
})

test('with force, a link of the user’s is replaced, never written through, and none is gone into', async () => {
  mkdirSync(join(top, 'out'))
  writeFileSync(join(top, 'victim', 'precious'), 'precious')
  symlinkSync('../victim/precious', join(top, 'out', 'f'))
  symlinkSync('../victim', join(top, 'out', 'd'))
  await unpacked(tar(root, ['f', '0', 'text']), true)
  expect(readFileSync(join(top, 'victim', 'precious'), 'utf8')).toBe('precious')
  expect(readFileSync(join(top, 'out', 'f'), 'utf8')).toBe('text')
  await expect(unpacked(tar(root, ['d/', '5'], ['d/evil', '0', 'x']), true)).rejects.toThrow('in the way')
  expect(existsSync(join(top, 'victim', 'evil'))).toBe(false)
})

test.each([
  ['cut short', tar(root, ['f', '0', 'x'.repeat(5000)]).subarray(0, 2000)],
  ['empty', Buffer.alloc(0)],
  ['noise', Buffer.alloc(2048, 0x41)],
])('one that is %s is refused', async (_, bytes) => {
  await expect(unpacked(bytes)).rejects.toThrow(/archive/)
})
