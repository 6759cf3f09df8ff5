import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { replaceText } from '../../daemon/agent/tools/replaceText.ts'

function check(text: string, old: string, fresh: string, all = false): string {
  const result = replaceText(text, old, fresh, all)
  if (result.type === 'replaced') return result.text
  return result.type === 'ambiguous' ? `ambiguous ${result.count}: ${result.lines.join(' ')}` : result.type
}

describe('replacing text', () => {
  test.each<[string, Parameters<typeof check>, string]>([
    ['one match', ['a b c', 'b', 'x'], 'a x c'],
    ['nothing', ['a b c', 'd', 'x'], 'missing'],
    ['blanks count', ['a  b', 'a b', 'x'], 'missing'],
    ['several matches', ['a\nb\na\n', 'a', 'x'], 'ambiguous 2: 1 3'],
    ['all of several', ['a\nb\na\n', 'a', 'x', true], 'x\nb\nx\n'],
    ['no pattern characters', ['a.b $1', '.b', '$& $1'], 'a$& $1 $1'],
    ['LF for CRLF, ends kept', ['a\r\nb\r\nc\r\n', 'a\nb', 'x\ny\nz'], 'x\r\ny\r\nz\r\nc\r\n'],
    ['one line in a CRLF file grows to two', ['a\r\nb\r\n', 'b', 'x\ny'], 'a\r\nx\r\ny\r\n'],
    ['the last line of a CRLF file, without an end', ['a\r\nb', 'b', 'x\ny'], 'a\r\nx\r\ny'],
    ['CRLF for LF', ['a\nb\n', 'a\r\nb', 'x\r\ny'], 'x\ny\n'],
    ['mixed: the LF part', ['a\r\nb\nc\nd\r\n', 'b\nc', 'x\ny\nz'], 'a\r\nx\ny\nz\nd\r\n'],
    ['mixed: the CRLF part', ['a\nb\r\nc\nd\n', 'b\nc', 'x\ny\nz'], 'a\nx\r\ny\r\nz\nd\n'],
    ['a match that begins with a line end', ['a\r\nb\r\n', '\nb', '\nx'], 'a\r\nx\r\n'],
    ['a match that ends with a line end', ['a\r\nb\r\n', 'a\n', ''], 'b\r\n'],
    ['a lone carriage return stays', ['a\rb\nc', 'c', 'x'], 'a\rb\nx'],
    ['a byte order mark stays', ['\uFEFFa\nb', 'a', 'x'], '\uFEFFx\nb'],
    ['overlapping matches count once', ['aaa', 'aa', 'b'], 'ba'],
  ])('%s', (_name, args, expected) => {
    expect(check(...args)).toBe(expected)
  })

  test('touches nothing but the matches, whatever the line ends', () => {
    const line = fc.stringMatching(/^[ab]{0,3}$/)
    const end = fc.constantFrom('\n', '\r\n')
    fc.assert(
      fc.property(fc.array(fc.tuple(line, end)), fc.array(fc.tuple(line, end)), end, (before, after, own) => {
        const head = before.flat().join('')
        const tail = after.flat().join('')
        const text = `${head}one${own}two${own}${tail}`
        expect(check(text, 'one\ntwo\n', '1\n2\n3\n')).toBe(`${head}1${own}2${own}3${own}${tail}`)
      }),
    )
  })
})
