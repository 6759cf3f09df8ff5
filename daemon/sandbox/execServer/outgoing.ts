import type { NetworkPort, Outgoing } from '../sandbox.ts'
import type { ExecServer } from './execServer.ts'
import { FieldReader } from './wire.ts'

const proxyPort = 3128

/** The way out of one sandbox: what network.pl accepts inside, and is asked, comes to `network`. */
export class WayOut {
  /** Programs inside can connect to the proxy. Where not even that can be listened at, nothing gets out. */
  isOpen = false

  constructor(server: ExecServer, network: NetworkPort) {
    server.answerCalls({
      onOpened: (opening, stream) => network.connection(readOutgoing(new FieldReader(opening)), stream),
      onQuestion: (question) => {
        const fields = new FieldReader(question)
        const tag = readTag(fields)
        const name = readHost(fields)
        return Uint8Array.of(network.resolves(name, tag) ? 1 : 0)
      },
    })
    const opened = server.request('n', [], (fields) => {
      const refused: number[] = []
      while (!fields.done) refused.push(fields.u32())
      this.isOpen = !refused.includes(proxyPort)
    })
    // Of a server that is gone others hear.
    opened.catch(() => {})
  }
}

function readOutgoing(fields: FieldReader): Outgoing {
  const how = fields.u8()
  const port = fields.u32()
  const tag = readTag(fields)
  if (how === 0) return { type: 'proxy', tag }
  if (how !== 1 || port < 1 || port > 65_535) throw new Error('it opened a connection of no known kind')
  return { type: 'captured', host: readHost(fields), port, tag }
}

function readTag(fields: FieldReader): string | undefined {
  const tag = fields.bytes().toString('latin1')
  return tag || undefined
}

function readHost(fields: FieldReader): string {
  const host = fields.rest().toString('latin1')
  if (host.length > 253 || !/^[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?$/.test(host)) {
    throw new Error('it named a host that cannot be')
  }
  return host
}
