import type { MessageReader, MessageWriter } from 'vscode-jsonrpc'
import { createConnection, type WatchDog } from 'vscode-languageserver'
import {
  createProtocolConnection,
  type InitializeParams,
  type ServerCapabilities,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver/node'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { isSkillFile } from './document/names.ts'
import { codeActionKinds, codeActions, type EditSupport } from './features/codeActions.ts'
import { completions } from './features/completion.ts'
import { diagnostics } from './features/diagnostics.ts'
import { hover } from './features/hover.ts'
import { readSkill, type SkillFile } from './skillFile.ts'

/** A language server that runs until it is disposed of. */
export interface SkillServer {
  dispose(): void
}

const capabilities: ServerCapabilities = {
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
  completionProvider: { triggerCharacters: [':'] },
  hoverProvider: true,
  codeActionProvider: { codeActionKinds: [...codeActionKinds] },
}

/** What the client told about itself. */
interface Client {
  readonly complement: boolean
  readonly snippetItems: boolean
  readonly edits: EditSupport
}

/**
 * Serves the language of SKILL.md over a connection that is already open. It stops at the client's `exit` and when the
 * stream closes or breaks, ends the writer then, and never ends the process. With `initializationOptions.complement` it leaves out what an editor with
 * support for skills of its own says anyway.
 */
export function startSkillServer(reader: MessageReader, writer: MessageWriter): SkillServer {
  let client = clientOf(undefined)
  let running = true
  const texts = new TextDocuments(TextDocument)
  const files = new Map<string, { version: number; file: SkillFile }>()
  const waiting = new Map<string, NodeJS.Immediate>()

  // The ready-made factory for Node ends the whole process on `exit` and when the client's process is gone.
  const watchDog: WatchDog = { shutdownReceived: false, initialize: () => {}, exit: () => dispose() }
  const connection = createConnection((logger) => createProtocolConnection(reader, writer, logger), watchDog)
  const endings = [reader.onClose(() => dispose()), reader.onError(() => dispose())]

  function dispose(): void {
    if (!running) return
    running = false
    for (const immediate of waiting.values()) clearImmediate(immediate)
    waiting.clear()
    files.clear()
    for (const ending of endings) ending.dispose()
    connection.dispose()
    writer.end()
  }

  /** The skill as it is now, read once per version; undefined for a document that is none or not open. */
  function fileAt(uri: string): SkillFile | undefined {
    const source = texts.get(uri)
    if (!source || !isSkillFile(uri, source.languageId)) return undefined
    const known = files.get(uri)
    if (known?.version === source.version) return known.file
    const file = readSkill(source)
    files.set(uri, { version: source.version, file })
    return file
  }

  /** The editor's own support goes by the language, so a SKILL.md that is opened as plain Markdown has none. */
  function complementing(file: SkillFile): boolean {
    return client.complement && file.source.languageId === 'skill'
  }

  function publish(uri: string): void {
    const file = fileAt(uri)
    if (!file) return
    const { version } = file.source
    send(connection.sendDiagnostics({ uri, version, diagnostics: diagnostics(file, complementing(file)) }))
  }

  connection.onInitialize((params) => {
    client = clientOf(params)
    return { capabilities, serverInfo: { name: 'paddock' } }
  })
  // Changes that arrive together are answered once, and a change is answered before the next read of the stream.
  texts.onDidChangeContent(({ document: { uri } }) => {
    if (waiting.has(uri)) return
    const immediate = setImmediate(() => {
      waiting.delete(uri)
      publish(uri)
    })
    waiting.set(uri, immediate)
  })
  texts.onDidClose(({ document: { uri, languageId } }) => {
    clearImmediate(waiting.get(uri))
    waiting.delete(uri)
    files.delete(uri)
    if (isSkillFile(uri, languageId)) send(connection.sendDiagnostics({ uri, diagnostics: [] }))
  })
  connection.onCompletion(({ textDocument: { uri }, position }) => {
    const file = fileAt(uri)
    return file && completions(file, { position, snippets: client.snippetItems, complement: complementing(file) })
  })
  connection.onHover(({ textDocument: { uri }, position }) => {
    const file = fileAt(uri)
    return file && hover(file, position, complementing(file))
  })
  connection.onCodeAction(({ textDocument: { uri }, range, context: { only } }) => {
    const file = fileAt(uri)
    return file && codeActions(file, { range, only, support: client.edits, complement: complementing(file) })
  })
  texts.listen(connection)
  connection.listen()
  return { dispose }
}

/** A message to a client that has just gone is nobody's loss, and must not end the daemon as an unhandled rejection. */
function send(sending: Promise<void>): void {
  sending.catch(() => {})
}

function clientOf(params: InitializeParams | undefined): Client {
  const { workspace, textDocument } = params?.capabilities ?? {}
  const options: { complement?: unknown } | undefined = params?.initializationOptions
  return {
    complement: options?.complement === true,
    snippetItems: textDocument?.completion?.completionItem?.snippetSupport === true,
    edits: {
      versioned: workspace?.workspaceEdit?.documentChanges === true,
      snippets: workspace?.workspaceEdit?.snippetEditSupport === true,
    },
  }
}
