import { afterAll, beforeAll, expect, it } from 'vitest'
import { createMessageConnection, type MessageConnection } from 'vscode-jsonrpc/node'
import type { PublishDiagnosticsParams } from 'vscode-languageserver'
import type { DaemonClient } from '#client/daemonClient.ts'
import { openSkillChannel } from '#client/skillChannel.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'
import { codes } from './editor.ts'

let daemon: TestDaemon
let client: DaemonClient

beforeAll(async () => {
  daemon = testDaemon()
  client = await daemon.connect()
})
afterAll(() => daemon.dispose())

async function openChannel(): Promise<{ connection: MessageConnection; close: () => void }> {
  const { dataFolder } = daemon
  const channel = await openSkillChannel({ client: { name: 'test', version: '0' }, build: client.build, dataFolder })
  const connection = createMessageConnection(channel.reader, channel.writer)
  connection.listen()
  await connection.sendRequest('initialize', { processId: null, rootUri: null, capabilities: {} })
  return { connection, close: channel.close }
}

/** What the daemon finds in a text. */
function found(connection: MessageConnection, uri: string, text: string): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
      if (params.uri === uri) resolve(codes(params.diagnostics))
    })
    const textDocument = { uri, languageId: 'skill', version: 1, text }
    connection.sendNotification('textDocument/didOpen', { textDocument }).catch(reject)
  })
}

it('the daemon speaks LSP to several windows, and outlives what they do', async () => {
  const one = await openChannel()
  const two = await openChannel()
  expect(await found(one.connection, 'file:///a/SKILL.md', '# Forms\n')).toEqual(['Y01'])
  expect(await found(two.connection, 'file:///a/SKILL.md', '---\n')).toEqual(['Y03'])

  const hungUp = new Promise<void>((resolve) => one.connection.onClose(resolve))
  await one.connection.sendRequest('shutdown')
  await one.connection.sendNotification('exit')
  await hungUp
  expect(await found(two.connection, 'file:///b/SKILL.md', '---\nname: b\n---\nFill it in.\n')).toEqual(['D01'])
  two.close()
  expect((await client.request('daemon/status', {})).pid).toBe(client.pid)
})

it('a window whose daemon was killed is served by the next one, also where its other connection has not noticed yet', async () => {
  const { dataFolder } = daemon
  await daemon.kill()
  let asked = 0
  const ready = async () => (asked++ === 0 ? client : await daemon.connect())
  const channel = await openSkillChannel({
    client: { name: 'test', version: '0' },
    build: client.build,
    dataFolder,
    ready,
  })
  const connection = createMessageConnection(channel.reader, channel.writer)
  connection.listen()
  await connection.sendRequest('initialize', { processId: null, rootUri: null, capabilities: {} })
  expect(await found(connection, 'file:///a/SKILL.md', '# Forms\n')).toEqual(['Y01'])
  channel.close()
})
