import type { MessageReader, MessageWriter } from 'vscode-jsonrpc'
import { openChannel } from './channel.ts'
import type { ConnectParams } from './daemonClient.ts'
import { NoDaemon } from './daemonError.ts'
import { dataFolder } from './dataFolder.ts'

interface SkillChannelParams extends Omit<ConnectParams, 'launch'> {
  /** Makes sure that a daemon runs, as far as it knows; without it one must be running. */
  readonly ready?: () => Promise<unknown>
}

interface SkillChannel {
  readonly reader: MessageReader
  readonly writer: MessageWriter
  close(): void
}

/** For the connection that `ready` goes by a daemon that has just died may still be there: it is tried again after so many milliseconds. */
const pauses = [50, 200, 500, 1000, 2000]

/** A stream on which the daemon's skill language service speaks LSP. */
export async function openSkillChannel({ ready, ...params }: SkillChannelParams): Promise<SkillChannel> {
  const { client, build } = params
  const folder = params.dataFolder ?? dataFolder()
  for (let attempt = 0; ; attempt++) {
    await ready?.()
    try {
      const { socket, reader, writer } = await openChannel(folder, { client, build, channel: 'skills' })
      return { reader, writer, close: () => void socket.end() }
    } catch (error) {
      const pause = pauses[attempt]
      if (!ready || !(error instanceof NoDaemon) || pause === undefined) throw error
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
}
