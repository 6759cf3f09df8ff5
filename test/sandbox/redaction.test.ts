import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { KnownSecrets } from '../../daemon/sandbox/redaction.ts'

function secrets(values: Record<string, string>): KnownSecrets {
  const known = new KnownSecrets()
  for (const [name, value] of Object.entries(values)) known.add(`secret ${name}`, Buffer.from(value))
  return known
}

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
    expect(secrets(values).text(text)).toBe(expected)
  })

  test('what is too short to be told from other text is left', () => {
    expect(secrets({ PIN: '1234' }).text('1234')).toBe('1234')
  })

  test('however it is cut into pieces, the same comes out, and never a value', () => {
    const own = secrets({ A: 'abab-abab', B: 'bab-secret' })
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

  test('a value of 60,000 characters makes nothing fail that is told, and is taken out', () => {
    const certificate = Array.from({ length: 1_000 }, (_, i) => `${i}/`.repeat(15)).join('')
    const own = secrets({ TOKEN: 'abc123xyz', CERTIFICATE: certificate })
    expect(own.text(`It says: ${'x'.repeat(100_000)} abc123xyz`).endsWith('x [secret TOKEN]')).toBe(true)
    expect(own.text(`<${certificate}>`)).toBe('<[secret CERTIFICATE]>')
    expect(own.text(`<${certificate.slice(0, -1)}>`)).toBe(`<${certificate.slice(0, -1)}>`)
    const stream = own.stream()
    const pieces = `<${certificate}>`.match(/.{1,1000}/g) ?? []
    expect([...pieces, null].map(stream).join('')).toBe('<[secret CERTIFICATE]>')
  })

  test('of long values that begin alike, and short ones within them, the longest that is there is taken out', () => {
    const long = 'ab'.repeat(80)
    const values = ['ababab', 'babababab', `${long}c`, `${long}cab`, `${long}d`, long]
    const own = secrets(Object.fromEntries(values.map((value, i) => [`S${i}`, value])))
    const longestFirst = values.toSorted((a, b) => b.length - a.length)
    const told = (text: string): string => {
      for (let at = 0; at < text.length; at++) {
        const value = longestFirst.find((each) => text.startsWith(each, at))
        if (value) return `${text.slice(0, at)}[secret S${values.indexOf(value)}]${told(text.slice(at + value.length))}`
      }
      return text
    }
    const piece = fc.constantFrom(...values, long.slice(0, 99), long.slice(1), 'a', 'b', 'c', 'd', ' ')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (parts) => {
        expect(own.text(parts.join(''))).toBe(told(parts.join('')))
      }),
    )
  })

  test('a piece that cannot begin a value is told at once', () => {
    const stream = secrets({ TOKEN: 'abc123xyz' }).stream()
    expect(['hello ', 'abc', '123', 'xy', 'z!', null].map(stream)).toEqual([
      'hello ',
      '',
      '',
      '',
      '[secret TOKEN]!',
      '',
    ])
  })

  test.each<[string, string, (value: string) => string]>([
    ['a token', 'sk-live_0123456789abcdef', (value) => value],
    ['in JSON', 'a"quoted\\ value/with\tall', (value) => JSON.stringify({ value })],
    [
      'in JSON of those who escape slashes',
      'path/to/some/secret',
      (value) => JSON.stringify(value).replaceAll('/', '\\/'),
    ],
    ['in a URL', 'p@ss w0rd&more', (value) => `https://h.example/?t=${encodeURIComponent(value)}`],
    ['one that repeats itself', 'abcabcabcabd', (value) => `abcabc${value}abc`],
    ['a private key', '-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END KEY-----', (value) => value],
    ['one of many bytes', 'sécret-🔑-clé-secrète', (value) => value],
  ])('%s is taken out wherever it is split in two or three', (_, value, spelled) => {
    const known = secrets({ T: value })
    const whole = `before ${spelled(value)} after`
    const expected = known.text(whole)
    expect(expected).toContain('[secret T]')
    for (const line of value.split('\n')) if (!line.startsWith('-----')) expect(expected).not.toContain(line)
    for (let a = 0; a <= whole.length; a++) {
      for (let b = a; b <= whole.length; b += 3) {
        const stream = known.stream()
        const told = [whole.slice(0, a), whole.slice(a, b), whole.slice(b), null].map(stream).join('')
        expect(told, `split at ${a} and ${b}`).toBe(expected)
      }
    }
  })

  test('one that is learnt while a stream is under way is taken out from there on', () => {
    const known = new KnownSecrets()
    const stream = known.stream()
    expect(stream('first abc123xyz ')).toBe('first abc123xyz ')
    known.add('secret T', 'abc123xyz')
    expect(stream('then abc123xyz ') + stream(null)).toBe('then [secret T] ')
  })

  test('in data every text is looked at but the daemon’s own words, and what holds none is the same object', () => {
    const known = secrets({ T: 'command', U: 'hunter2-hunter2' })
    const event = {
      type: 'toolStarted',
      session: 'command',
      action: { type: 'command', command: 'echo hunter2-hunter2', cwd: '/w/command' },
      list: ['a', { text: 'hunter2-hunter2' }],
      count: 3,
    }
    expect(known.deep(event)).toEqual({
      type: 'toolStarted',
      session: 'command',
      action: { type: 'command', command: 'echo [secret U]', cwd: '/w/[secret T]' },
      list: ['a', { text: '[secret U]' }],
      count: 3,
    })
    const clean = { type: 'x', list: [1, { text: 'nothing' }] }
    expect(known.deep(clean)).toBe(clean)
  })

  test('a thousand of them hold nobody up', () => {
    const known = new KnownSecrets()
    for (let i = 0; i < 1_000; i++) known.add(`secret S${i}`, `value-${i}-${'x'.repeat(30)}`)
    const text = 'value-999 is what it says, or value-1 or so. '.repeat(2_000)
    const { user } = process.cpuUsage()
    known.text(text)
    const stream = known.stream()
    for (let at = 0; at < text.length; at += 100) stream(text.slice(at, at + 100))
    expect((process.cpuUsage().user - user) / 1_000).toBeLessThan(2_000)
  })
})
