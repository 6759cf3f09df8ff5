import { PassThrough } from 'node:stream'
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node'
import type { Diagnostic, InitializeResult, PublishDiagnosticsParams, RegistrationParams } from 'vscode-languageserver'
import { FrameReader } from '#protocol/frameReader.ts'
import { uriOf } from '../../daemon/skill/document/location.ts'
import { startSkillServer } from '../../daemon/skill/languageServer.ts'
import type { SkillWorkspace } from '../../daemon/skill/workspace.ts'
import { home } from './check.ts'
import { MemoryWorkspace } from './memoryWorkspace.ts'

/** An editor that speaks LSP to a real server over a pair of streams. */
export interface Editor {
  readonly capabilities: InitializeResult['capabilities']
  request<R>(method: string, params?: unknown): Promise<R>
  notify(method: string, params?: unknown): Promise<void>
  open(uri: string, text: string, languageId?: string): Promise<void>
  /** The next diagnostics that come for `uri` and were not asked for yet. */
  published(uri: string): Promise<PublishDiagnosticsParams>
  /** Diagnostics that nobody asked for, by address. */
  readonly unasked: ReadonlyMap<string, readonly PublishDiagnosticsParams[]>
  /** What the server asked to be told of. */
  readonly registered: readonly string[]
  /** Resolves with the next notification of this method. */
  told(method: string): Promise<void>
  /** Puts bytes on the wire that are no message. */
  garble(): void
  /** Resolves when the server has ended its side of the stream. */
  readonly ended: Promise<void>
  /** Closes the streams as an editor that crashes does. */
  crash(): void
  dispose(): void
}

const fullCapabilities = {
  workspace: {
    workspaceEdit: { documentChanges: true, snippetEditSupport: true, resourceOperations: ['create', 'rename'] },
  },
  textDocument: { completion: { completionItem: { snippetSupport: true } } },
}

/** Starts a server and greets it. */
export async function openEditor(
  initializationOptions: unknown = undefined,
  capabilities: unknown = fullCapabilities,
  { workspace = new MemoryWorkspace(), folders = [] }: { workspace?: SkillWorkspace; folders?: readonly string[] } = {},
): Promise<Editor> {
  const toServer = new PassThrough()
  const toEditor = new PassThrough()
  const server = startSkillServer(new FrameReader(toServer), new StreamMessageWriter(toEditor), { workspace, home })
  const connection = createMessageConnection(new StreamMessageReader(toEditor), new StreamMessageWriter(toServer))
  const ended = new Promise<void>((resolve) => toEditor.once('end', resolve))
  const unasked = new Map<string, PublishDiagnosticsParams[]>()
  const asked = new Map<string, ((params: PublishDiagnosticsParams) => void)[]>()
  connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
    const waiting = asked.get(params.uri)?.shift()
    if (waiting) waiting(params)
    else unasked.set(params.uri, [...(unasked.get(params.uri) ?? []), params])
  })
  const registered: string[] = []
  connection.onRequest('client/registerCapability', ({ registrations }: RegistrationParams) => {
    registered.push(...registrations.map(({ method }) => method))
    return null
  })
  connection.listen()
  const { capabilities: offered } = await connection.sendRequest<InitializeResult>('initialize', {
    processId: 1,
    rootUri: null,
    workspaceFolders: folders.map((path) => ({ uri: uriOf(path), name: path })),
    capabilities,
    initializationOptions,
  })
  await connection.sendNotification('initialized', {})
  return {
    capabilities: offered,
    unasked,
    told: (method) =>
      new Promise((resolve) => {
        const listening = connection.onNotification(method, () => {
          listening.dispose()
          resolve()
        })
      }),
    registered,
    request: (method, params) =>
      params === undefined ? connection.sendRequest(method) : connection.sendRequest(method, params),
    notify: (method, params) =>
      params === undefined ? connection.sendNotification(method) : connection.sendNotification(method, params),
    open: (uri, text, languageId = 'skill') =>
      connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId, version: 1, text } }),
    published: (uri) => {
      const already = unasked.get(uri)?.shift()
      if (already) return Promise.resolve(already)
      return new Promise((resolve) => asked.set(uri, [...(asked.get(uri) ?? []), resolve]))
    },
    garble: () => void toServer.write('GET / HTTP/1.1\r\n\r\n'),
    ended,
    crash: () => {
      toServer.destroy()
      toEditor.destroy()
    },
    dispose: () => {
      server.dispose()
      connection.dispose()
      toServer.destroy()
      toEditor.destroy()
    },
  }
}

/** The codes of what is more than a hint. */
export const codes = (diagnostics: readonly Diagnostic[]) =>
  diagnostics.filter(({ severity }) => severity !== 4).map(({ code }) => code)
