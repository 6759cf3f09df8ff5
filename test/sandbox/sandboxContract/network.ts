import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Sandbox } from '../../../daemon/sandbox/sandbox.ts'
import { RecordingNetwork } from '../../support/recordingNetwork.ts'
import { type ContractContext, text } from './context.ts'

/** The way out: only through the port, by proxy or by name. */
export function networkContract(the: ContractContext): void {
  describe('the network', () => {
    const network = new RecordingNetwork()
    const tag = '0123456789abcdef0123456789abcdef'
    let sandbox: Sandbox

    beforeAll(async () => {
      sandbox = await the.provider.open({ ...the.folders.layer(), network })
    })
    afterEach(() => network.forget())
    afterAll(() => sandbox.close())

    async function run(line: string): Promise<string> {
      const { stdout, stderr } = await sandbox.exec({ line, tag })
      return text(stdout.head) + text(stderr.head)
    }

    test('programs find the proxy, and name their command', async () => {
      const line = `perl -e '($user, $port) = $ENV{https_proxy} =~ m{^http://(.*)\\@127\\.0\\.0\\.1:(\\d+)$} or die;
        socket $s, 2, 1, 0; connect $s, pack "S n C4 x8", 2, $port, 127, 0, 0, 1 or die $!;
        syswrite $s, "GET http://host.test/ HTTP/1.0\\r\\nUser: $user\\r\\n\\r\\n"; print <$s>'`
      expect(await run(line)).toMatch(/^HTTP\/1\.1 200 .*reached$/s)
      expect(network.connections[0]).toMatchObject({ outgoing: { type: 'proxy', tag } })
      expect(network.connections[0]?.heads[0]).toBe(`GET http://host.test/ HTTP/1.0\r\nUser: ${tag}:x\r\n\r\n`)
    })

    test('programs that know of none are caught by the names that they ask for', async () => {
      network.serve = (stream) => stream.resume().end('caught')
      expect(await run('exec 3<>/dev/tcp/host.test/443; cat <&3')).toBe('caught')
      expect(network.asked).toContainEqual({ name: 'host.test', tag })
      expect(network.connections.map(({ outgoing }) => outgoing)).toEqual([
        { type: 'captured', host: 'host.test', port: 443, tag },
      ])
    })

    test('a name that the port refuses does not exist', async () => {
      network.allows = () => false
      expect(await run('exec 2>&1; exec 3<>/dev/tcp/host.test/443 && cat <&3')).toMatch(/not known|resol/i)
      expect(network.connections).toEqual([])
    })

    test('bytes of both directions arrive whole, each with its end', async () => {
      network.serve = async (stream) => {
        let got = 0
        for await (const part of stream) got += part.byteLength
        stream.write(Buffer.alloc(3_000_000, 'd'))
        stream.end(`${got}`)
      }
      const line = `perl -e 'socket $s, 2, 1, 0; connect $s, pack "S n C4 x8", 2, 3128, 127, 0, 0, 1 or die $!;
        print {$s} "u" x 5_000_000; $s->flush; shutdown $s, 1; $all = do { local $/; <$s> }; print length($all), " ", $all =~ s/^d*//r'`
      expect(await run(line)).toBe('3000007 5000000')
    })

    test('without a port nothing listens, no name resolves, and no proxy is named', async () => {
      const off = 'exec 2>&1; exec 3<>/dev/tcp/host.test/443'
      await the.check(off, {}, { stdout: expect.stringMatching(/not known|resol|failure/i) })
      const { stdout } = await the.sandbox.exec({ line: 'exec 2>&1; exec 3<>/dev/tcp/127.0.0.1/3128' })
      expect(text(stdout.head)).toMatch(/refused/i)
      expect(await the.sandbox.exec({ line: 'env | grep -ci proxy', network: true })).toMatchObject({
        stdout: { head: Buffer.from('0\n') },
        evidence: { requested: { network: true }, effective: { network: false } },
      })
    })
  })
}
