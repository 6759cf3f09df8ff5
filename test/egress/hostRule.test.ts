import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { NetworkRule } from '#protocol/network.ts'
import { addressClass } from '../../daemon/egress/addressClass.ts'
import { readAuthority, readHost } from '../../daemon/egress/hostName.ts'
import { ruleFault, ruling } from '../../daemon/egress/hostRule.ts'

const allow = (host: string, ...ports: number[]): NetworkRule => ({
  verdict: 'allow',
  host,
  ...(ports.length > 0 && { ports }),
})
const deny = (host: string, ...ports: number[]): NetworkRule => ({ ...allow(host, ...ports), verdict: 'deny' })

const ask = (host: string, ...ports: number[]): NetworkRule => ({ ...allow(host, ...ports), verdict: 'ask' })

function verdict(rules: NetworkRule[], written: string, port = 443): string {
  const host = readHost(written)
  const said = host ? ruling({ rules }, host, port).verdict : 'unreadable'
  return said === 'undecided' ? 'deny' : said
}

describe('a host as it is written', () => {
  test.each([
    ['EXAMPLE.com', 'example.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['ｅｘａｍｐｌｅ.com', 'example.com'],
    ['a。b', 'a.b'],
    ['exa\u00admple.com', undefined],
    ['127.0.0.1', '127.0.0.1'],
    ['2130706433', '127.0.0.1'],
    ['0177.0.0.1', '127.0.0.1'],
    ['0x7f.1', '127.0.0.1'],
    ['0x7f000001', '127.0.0.1'],
    ['127.1', '127.0.0.1'],
    ['１２７.0.0.1', '127.0.0.1'],
    ['[::1]', '::1'],
    ['::1', '::1'],
    ['[0:0:0:0:0:0:0:1]', '::1'],
    ['[::ffff:127.0.0.1]', '127.0.0.1'],
    ['[::FFFF:7f00:1]', '127.0.0.1'],
    ['[2001:DB8::0:1]', '2001:db8::1'],
    ['example.com.', undefined],
    ['localhost.', undefined],
    ['127.0.0.1.', undefined],
    ['a..b', undefined],
    ['.example.com', undefined],
    ['', undefined],
    ['user@example.com', undefined],
    ['example.com@evil.example', undefined],
    ['exa%6dple.com', undefined],
    ['[fe80::1%25eth0]', undefined],
    ['exam\0ple.com', undefined],
    ['exam\tple.com', undefined],
    ['example.com\r\nHost: evil.example', undefined],
    ['example.com evil.example', undefined],
    ['//example.com', undefined],
    ['example.com/path', undefined],
    ['example.com\\.evil.example', undefined],
    ['example.com?x', undefined],
    ['example.com#x', undefined],
    ['[example.com]', undefined],
    ['[127.0.0.1]', undefined],
    ['1.2.3.4.5', undefined],
    ['256.1.1.1', undefined],
    ['foo.123', undefined],
    [`${'a'.repeat(64)}.com`, undefined],
    [`${'a.'.repeat(127)}com`, undefined],
  ])('%j reads as %j', (written, expected) => {
    expect(readHost(written)?.text).toBe(expected)
  })

  test.each([
    ['example.com:8443', 'example.com', 8443],
    ['example.com', 'example.com', 443],
    ['[::1]:80', '::1', 80],
    ['example.com:0', undefined, undefined],
    ['example.com:65536', undefined, undefined],
    ['example.com:443:443', undefined, undefined],
    ['example.com:4 43', undefined, undefined],
    ['example.com:+443', undefined, undefined],
    ['::1:443', undefined, undefined],
  ])('%j leads to %j on port %j', (written, host, port) => {
    const read = readAuthority(written, 443)
    expect([read?.host.text, read?.port]).toEqual([host, port])
  })

  test('whatever it is, reading it twice is reading it once', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.domain(), fc.ipV4Extended(), fc.ipV6()), (written) => {
        const once = readHost(written)
        if (once) expect(readHost(once.text)).toEqual(once)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('rules', () => {
  test.each([
    ['example.com', 'example.com', 'allow'],
    ['example.com', 'EXAMPLE.COM', 'allow'],
    ['example.com', 'www.example.com', 'deny'],
    ['example.com', 'evil-example.com', 'deny'],
    ['example.com', 'example.com.evil', 'deny'],
    ['example.com', 'example.comevil', 'deny'],
    ['*.example.com', 'example.com', 'deny'],
    ['*.example.com', 'a.example.com', 'allow'],
    ['*.example.com', 'a.b.example.com', 'allow'],
    ['*.example.com', 'evil-example.com', 'deny'],
    ['*.example.com', 'a.example.com.evil', 'deny'],
    ['*', 'example.com', 'allow'],
    ['*', '93.184.215.14', 'deny'],
    ['*', 'localhost', 'deny'],
    ['*', 'x.localhost', 'deny'],
    ['93.184.215.14', '93.184.215.14', 'allow'],
    ['93.184.215.14', '0x5db8d70e', 'allow'],
    ['127.0.0.1', '2130706433', 'allow'],
    ['127.0.0.1', '[::ffff:127.0.0.1]', 'allow'],
    ['127.0.0.1', '127.0.0.2', 'deny'],
    ['localhost', 'localhost', 'allow'],
    ['*.0.0.1', '127.0.0.1', 'deny'],
    ['BÜCHER.example', 'xn--bcher-kva.example', 'allow'],
    ['toString', 'example.com', 'deny'],
    ['__proto__', '__proto__', 'allow'],
    ['https://example.com', 'example.com', 'deny'],
    ['*example.com', 'evilexample.com', 'deny'],
    ['**.example.com', 'a.example.com', 'deny'],
  ])('“allow %s” for %j: %s', (rule, host, expected) => {
    expect(verdict([allow(rule)], host)).toBe(expected)
  })

  test('ports are those that are listed: 80 and 443 for an allow, all for a deny', () => {
    expect(verdict([allow('a.example')], 'a.example', 80)).toBe('allow')
    expect(verdict([allow('a.example')], 'a.example', 8080)).toBe('deny')
    expect(verdict([allow('a.example', 22)], 'a.example', 22)).toBe('allow')
    expect(verdict([allow('a.example', 22)], 'a.example', 443)).toBe('deny')
    expect(verdict([allow('*', 22), deny('a.example')], 'a.example', 22)).toBe('deny')
    expect(verdict([allow('a.example'), deny('a.example', 80)], 'a.example', 443)).toBe('allow')
  })

  test('a deny that cannot be understood denies everything, and says so', () => {
    const host = readHost('fine.example')!
    const said = ruling({ rules: [allow('fine.example'), deny('10.0.0.0/8')] }, host, 443)
    expect(said).toMatchObject({ verdict: 'deny', reason: expect.stringContaining('10.0.0.0/8') })
    expect(ruleFault(deny('10.0.0.0/8'))).toContain('10.0.0.0/8')
    expect(ruleFault(deny('*.example.com'))).toBeUndefined()
  })

  test('an address, and this machine, are never asked about', () => {
    const ask = (text: string) => ruling({ rules: [] }, readHost(text)!, 443)
    expect(ask('example.com').verdict).toBe('undecided')
    expect(ask('93.184.215.14')).toMatchObject({ verdict: 'deny', rule: 'notANamedHost' })
    expect(ask('localhost')).toMatchObject({ verdict: 'deny', rule: 'privateAddress' })
  })

  const names = fc.domain().map((name) => name.toLowerCase())
  test('a wildcard matches what ends with a dot and the name, and nothing else', () => {
    fc.assert(
      fc.property(names, names, fc.constantFrom('', '.', '-', 'x'), (rule, other, between) => {
        const host = `${other}${between}${rule}`
        expect(verdict([allow(`*.${rule}`)], host)).toBe(between === '.' ? 'allow' : 'deny')
        expect(verdict([allow(rule)], host)).toBe('deny')
        expect(verdict([allow(`*.${rule}`)], `${rule}.${other}`)).toBe(
          `${rule}.${other}`.endsWith(`.${rule}`) ? 'allow' : 'deny',
        )
      }),
    )
  })

  test('deny wins, wherever it stands', () => {
    fc.assert(
      fc.property(fc.array(names, { maxLength: 5 }), names, fc.nat({ max: 5 }), (others, host, at) => {
        const rules = [allow('*'), allow(host), ...others.map((other) => allow(other))]
        rules.splice(at, 0, deny(host))
        expect(verdict(rules, host)).toBe('deny')
      }),
    )
  })
})

test.each([
  ['8.8.8.8', 'public'],
  ['2606:4700::1111', 'public'],
  ['64:ff9b::808:808', 'public'],
  ['127.0.0.1', 'loopback'],
  ['127.9.9.9', 'loopback'],
  ['::1', 'loopback'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['64:ff9b::7f00:1', 'loopback'],
  ['0.0.0.0', 'private'],
  ['::', 'private'],
  ['10.1.2.3', 'private'],
  ['172.31.255.255', 'private'],
  ['192.168.0.1', 'private'],
  ['100.64.0.1', 'private'],
  ['100.100.100.200', 'private'],
  ['169.254.169.254', 'private'],
  ['168.63.129.16', 'private'],
  ['192.0.0.192', 'private'],
  ['224.0.0.251', 'private'],
  ['255.255.255.255', 'private'],
  ['fe80::1', 'private'],
  ['fd00:ec2::254', 'private'],
  ['fc00::1', 'private'],
  ['ff02::1', 'private'],
  ['2002:7f00:1::', 'private'],
  ['2001:0:4136:e378::1', 'private'],
  ['::127.0.0.1', 'private'],
  ['64:ff9b:1::a00:1', 'private'],
  ['::ffff:10.0.0.1', 'private'],
])('the address %s is %s', (address, expected) => {
  expect(addressClass(address)).toBe(expected)
})

describe('a rule that asks', () => {
  const said = (rules: NetworkRule[], written: string, port = 443) => {
    const host = readHost(written)
    if (!host) throw new Error('unreadable')
    const { verdict: is, asks } = ruling({ rules }, host, port)
    return asks ? 'asks' : is
  }

  test.each<[string, NetworkRule[], string, string]>([
    ['beats an allow of the same host', [allow('a.example'), ask('a.example')], 'a.example', 'asks'],
    ['beats an allow of every host', [ask('*.a.example'), allow('*')], 'x.a.example', 'asks'],
    ['is beaten by a deny', [ask('a.example'), deny('*')], 'a.example', 'deny'],
    ['is on every port unless it names some', [allow('a.example', 8443), ask('a.example')], 'a.example', 'asks'],
    ['leaves other hosts alone', [ask('a.example'), allow('b.example')], 'b.example', 'allow'],
    ['that is not readable asks about everything', [ask('http://x/'), allow('b.example')], 'b.example', 'asks'],
    ['about every host brings no address into reach', [ask('*')], '127.0.0.1', 'deny'],
    ['about every host does not bring this machine into reach', [ask('*')], 'localhost', 'deny'],
    ['may name an address', [ask('192.0.2.1')], '192.0.2.1', 'asks'],
  ])('%s', (_, rules, host, expected) => {
    expect(said(rules, host)).toBe(expected)
  })
})
