import type { MessageReader, MessageWriter } from 'vscode-jsonrpc'
import { openChannel } from './channel.ts'
import type { ConnectParams } from './daemonClient.ts'
import { dataFolder } from './dataFolder.ts'

/** A stream on which the daemon's skill language service speaks LSP. The daemon must be running: connect first. */
export async function openSkillChannel(
  params: Omit<ConnectParams, 'launch'>,
): Promise<{ reader: MessageReader; writer: MessageWriter; close(): void }> {
  const { client, build } = params
  const { socket, reader, writer } = await openChannel(params.dataFolder ?? dataFolder(), {
    client,
    build,
    channel: 'skills',
  })
  return { reader, writer, close: () => void socket.end() }
}
