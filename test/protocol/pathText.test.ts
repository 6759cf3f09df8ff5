import { expect, test } from 'vitest'
import { inWorkspace, textInWorkspace } from '#protocol/pathText.ts'

test('paths are told as seen from the workspace, others whole', () => {
  expect(inWorkspace('/home/ada/shop/src/a.js', '/home/ada/shop')).toBe('src/a.js')
  expect(inWorkspace('/home/ada/shopping/a.js', '/home/ada/shop')).toBe('/home/ada/shopping/a.js')
  expect(inWorkspace('/etc/passwd', '')).toBe('/etc/passwd')
})

test.each([
  ['write /w/src/a.js (3 bytes)', 'write src/a.js (3 bytes)'],
  ['list /w', 'list .'],
  ['search x in /w/', 'search x in .'],
  ['cp --from=/w/a "/w/b c"', 'cp --from=a "b c"'],
  ['cat </w/a >/w/b', 'cat <a >b'],
  // What only looks like a path of it stays whole.
  ['cp a /backup/w/x', 'cp a /backup/w/x'],
  ['cat /w-other/a', 'cat /w-other/a'],
  ['cat /w//etc', 'cat /w//etc'],
  ['cat /work/a', 'cat /work/a'],
])('%s is told as %s', (text, told) => {
  expect(textInWorkspace(text, '/w')).toBe(told)
  expect(textInWorkspace(text, '')).toBe(text)
})

test('a folder whose name is a pattern is taken as it is written', () => {
  expect(textInWorkspace('cat /a.b(c)/x /aXb(c)/x', '/a.b(c)')).toBe('cat x /aXb(c)/x')
})
