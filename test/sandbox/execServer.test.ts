import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { expect, test } from 'vitest'
import { ExecServer } from '../../daemon/sandbox/execServer/execServer.ts'
import { StartFailure } from '../../daemon/sandbox/execServer/transport.ts'
import { FrameCutter, readableName, wireVersion } from '../../daemon/sandbox/execServer/wire.ts'
import { SandboxGone } from '../../daemon/sandbox/sandbox.ts'

const greeting = `print pack("N a N N", 9, "H", 0, ${wireVersion});`
const waits = 'sysread STDIN, $_, 99;'

/** An exec server that says what it likes. */
function liar(script: string): Promise<ExecServer> {
  const args = ['-e', `$| = 1; ${script} sleep 1000`]
  return ExecServer.start({ file: '/usr/bin/perl', args, env: {}, filter: Buffer.alloc(8) })
}

test.each([
  ['says nothing and ends', 'exit 3;', /code 3/],
  ['complains and ends', 'die "no luck";', /no luck/],
  ['is of another version', 'print pack("N a N N", 9, "H", 0, 1);', /greet/],
  ['answers before it greets', 'print pack("N a N N", 9, "D", 1, 1);', /greet/],
  ['sends an endless frame', 'print pack("N", 0xFFFFFFFF);', /cannot be/],
  ['sends a frame that is too short', 'print pack("N", 4), "abcd";', /cannot be/],
])('a server that %s does not start', async (_, script, why) => {
  const starting = liar(script)
  await expect(starting).rejects.toBeInstanceOf(StartFailure)
  await expect(starting).rejects.toThrow(why)
})

test('a program that is not there does not start', async () => {
  const starting = ExecServer.start({ file: '/no/such/program', args: [], env: {}, filter: Buffer.alloc(0) })
  await expect(starting).rejects.toThrow(/ENOENT/)
})

test.each([
  ['answers what nobody asked', 'print pack("N a N", 5, "D", 77);', /nobody asked/],
  ['sends more than was asked for', 'print pack("N a N a*", 16, "b", 1, "12345678901");', /more than/],
  ['sends a letter that means nothing', 'print pack("N a N", 5, "?", 1);', /no known kind/],
  ['ends in the middle of a frame', 'print pack("N a N", 50, "b", 1); exit 0;', /ended/],
  ['sends an answer without its fields', 'print pack("N a N", 5, "D", 1);', /range|bounds/i],
  ['sends a field that reaches past its frame', 'print pack("N a N N", 9, "D", 1, 5000);', /past its frame/],
  ['is killed', 'kill 9, $$;', /SIGKILL/],
])('a server that %s is gone, and the caller hears it', async (_, script, why) => {
  const server = await liar(greeting + waits + script)
  const asked = server.request('S', [{ rest: '/' }], (fields) => fields.bytes(), { dataLimit: 10 })
  await expect(asked).rejects.toBeInstanceOf(SandboxGone)
  await expect(asked).rejects.toThrow(why)
  expect(await server.gone).toMatch(why)
  await expect(server.request('S', [], () => undefined)).rejects.toBeInstanceOf(SandboxGone)
  await server.add('K', 1, [])
})

const opened = 'print pack("N a N", 5, "D", 1);'
const says = (letter: string, body = '') =>
  `print pack("N a N a*", 5 + length(${body || '""'}), "${letter}", 1, ${body || '""'});`

test.each([
  ['sends more than there is room for', says('c', '"x" x 262145'), /more than there was room/],
  ['sends on after its end', says('z') + says('c', '"x"'), /more than there was room/],
  ['ends twice', says('z') + says('z'), /ended a channel twice/],
  ['gives more room than there is', says('g', 'pack "N", 1'), /more room than there is/],
  ['speaks of a channel that it gave up', says('Z') + says('c', '"x"'), /nobody opened/],
  ['speaks of a channel that nobody opened', 'print pack("N a N", 5, "z", 2);', /nobody opened/],
  ['opens a channel where nobody listens', 'print pack("N a N", 5, "N", 2**31);', /nobody listens/],
  ['asks where nobody listens', 'print pack("N a N", 5, "q", 1);', /nobody listens/],
])('a server that %s is gone, and so are its channels', async (_, script, why) => {
  const server = await liar(greeting + waits + opened + waits + script)
  const channel = await server.request('C', [], () => server.openChannel(1))
  if ('errno' in channel) throw new Error(channel.words)
  server.say('K', 0, [])
  expect(await server.gone).toMatch(why)
  expect(channel.destroyed).toBe(true)
})

test.each([
  ['a number below its own', 'print pack("N a N", 5, "N", 2**31 - 1);', /nobody listens/],
  ['a number that is in use', 'print pack("N a N", 5, "N", 2**31) x 2;', /twice/],
  ['more channels than there may be', 'print pack("N a N", 5, "N", 2**31 + $_) for 0 .. 4096;', /more channels/],
])('a server that opens a channel under %s is gone', async (_, script, why) => {
  const server = await liar(greeting + waits + script)
  server.answerCalls({ onOpened: () => {} })
  server.say('K', 0, [])
  expect(await server.gone).toMatch(why)
})

test('what the server opens and asks reaches who listens', async () => {
  const question = 'print pack("N a N a*", 11, "q", 7, "really"); sysread STDIN, $_, 99;'
  const server = await liar(
    `${greeting} ${waits} print pack("N a N a*", 8, "N", 2**31, "web"); ${question} print pack("N a N a*", 5 + length, "c", 2**31, $_);`,
  )
  const channel = new Promise<Duplex>((resolve) => {
    server.answerCalls({
      onOpened: (opening, stream) => {
        expect(opening.toString()).toBe('web')
        resolve(stream)
      },
      onQuestion: (asked) => Buffer.from(`${asked} so`),
    })
  })
  server.say('K', 0, [])
  const [answer] = await once(await channel, 'data')
  expect(answer.toString('latin1')).toBe('\0\0\0\x0ea\0\0\0\x07really so')
  await server.end('enough')
})

test('a server that ignores its end is killed', async () => {
  const server = await liar(`${greeting} $SIG{TERM} = "IGNORE";`)
  await server.end('enough')
  expect(await server.gone).toBe('enough')
})

test('frames are cut the same however they arrive', () => {
  const frames = ['a', 'bb', '', 'dddd'].map((text, id) => {
    const bytes = Buffer.alloc(9 + text.length)
    bytes.writeUInt32BE(5 + text.length)
    bytes.write('b', 4)
    bytes.writeUInt32BE(id, 5)
    bytes.write(text, 9)
    return bytes
  })
  const all = Buffer.concat(frames)
  for (const size of [1, 2, 3, 5, 7, 11, all.length]) {
    const cutter = new FrameCutter()
    const cut: string[] = []
    for (let at = 0; at < all.length; at += size) {
      for (const { id, body } of cutter.cut(all.subarray(at, at + size))) cut.push(`${id}${body}`)
    }
    expect(cut).toEqual(['0a', '1bb', '2', '3dddd'])
  }
})

test('names that are no UTF-8 are shown by their bytes', () => {
  expect(readableName(Buffer.from('naïve'))).toEqual({ name: 'naïve', exact: true })
  expect(readableName(Buffer.from([0x61, 0xff, 0x62]))).toEqual({ name: 'a\\xFFb', exact: false })
})
