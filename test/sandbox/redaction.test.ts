import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { redaction } from '../../daemon/sandbox/redaction.ts'

const secrets = (values: Record<string, string>) =>
  redaction(new Map(Object.entries(values).map(([name, value]) => [name, Buffer.from(value)])))

describe('values of secrets', () => {
  test.each<[string, Record<string, string>, string, string]>([
    ['a value', { TOKEN: 'abc123xyz' }, 'x abc123xyz y abc123xyz', 'x [secret TOKEN] y [secret TOKEN]'],
    ['one that its file ends with a line end', { TOKEN: 'abc123xyz\n' }, 'abc123xyz', '[secret TOKEN]'],
    ['what means something in a pattern', { TOKEN: 'a.c(1)*$' }, 'a.c(1)*$ abc11', '[secret TOKEN] abc11'],
    ['one that holds another', { A: 'abcdef', B: 'xxabcdefxx' }, 'xxabcdefxx abcdef', '[secret B] [secret A]'],
    [
      'a key of several lines, in parts too',
      { KEY: '-----BEGIN KEY-----\nline one\nline two\n-----END KEY-----\n' },
      'line two\n-----BEGIN KEY-----\nother',
      '[secret KEY]\n-----BEGIN KEY-----\nother',
    ],
  ])('%s', (_, values, text, expected) => {
    expect(secrets(values)?.text(text)).toBe(expected)
  })

  test('what is too short to be told from other text is left', () => {
    expect(secrets({ PIN: '1234' })).toBeUndefined()
  })

  test('however it is cut into pieces, the same comes out, and never a value', () => {
    const own = secrets({ A: 'abab-abab', B: 'bab-secret' })!
    const piece = fc.constantFrom('abab-abab', 'bab-secret', 'ab', 'a', 'b', '-', 'abab-', 'secret', ' ', '\n')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.array(fc.nat(5), { maxLength: 60 }), (parts, cuts) => {
        const whole = parts.join('')
        const stream = own.stream()
        let told = ''
        let at = 0
        for (const cut of cuts) {
          told += stream(whole.slice(at, at + cut))
          at += cut
        }
        told += stream(whole.slice(at)) + stream(null)
        expect(told).not.toMatch(/abab-abab|bab-secret/)
        expect(told.replace(/\[secret .\]/g, '').length).toBeLessThanOrEqual(whole.length)
      }),
    )
  })

  test('a piece that cannot begin a value is told at once', () => {
    const stream = secrets({ TOKEN: 'abc123xyz' })!.stream()
    expect(['hello ', 'abc', '123', 'xy', 'z!', null].map(stream)).toEqual([
      'hello ',
      '',
      '',
      '',
      '[secret TOKEN]!',
      '',
    ])
  })
})
