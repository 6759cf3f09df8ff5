import type { NetworkPort, Outgoing } from '../sandbox.ts'
import type { ExecServer, Fault } from './execServer.ts'
import { FieldReader } from './wire.ts'

/**
 * Opens the way out inside: what network.pl accepts and is asked comes to `network` from now on. Ports of it that could not
 * be listened at inside; without 53 there are no names, without 3128 no proxy.
 */
export async function openWayOut(server: ExecServer, network: NetworkPort): Promise<readonly number[] | Fault> {
  server.answerCalls({
    onOpened: (opening, stream) => network.connection(readOutgoing(new FieldReader(opening)), stream),
    onQuestion: (question) => {
      const fields = new FieldReader(question)
      const tag = readTag(fields)
      const name = readHost(fields)
      return Uint8Array.of(network.resolves(name, tag) ? 1 : 0)
    },
  })
  const answered = await server.request('n', [], (fields) => {
    const ports: number[] = []
    while (!fields.done) ports.push(fields.u32())
    return { type: 'opened' as const, ports }
  })
  return answered.type === 'fault' ? answered : answered.ports
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
