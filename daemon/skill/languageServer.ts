import { homedir } from 'node:os'
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
import { noCatalogue } from './catalogue/catalogue.ts'
import { SkillDocument } from './document/document.ts'
import { documentKind } from './document/kinds.ts'
import { codeActionKinds, codeActions, type EditSupport } from './features/codeActions.ts'
import { completions } from './features/completion.ts'
import { diagnostics, type Telling } from './features/diagnostics.ts'
import { hover } from './features/hover.ts'
import { profilesFor } from './rules/profiles.ts'
import type { RuleContext } from './rules/rule.ts'
import { noFiles } from './workspace.ts'

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
  const documents = new Map<string, SkillDocument>()
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
    documents.clear()
    for (const ending of endings) ending.dispose()
    connection.dispose()
    writer.end()
  }

  /** The document as it is now, read once per version; undefined for one that is not ours or not open. */
  function documentAt(uri: string): SkillDocument | undefined {
    const source = texts.get(uri)
    if (!source || !isServed(source)) return undefined
    const known = documents.get(uri)
    if (known?.version === source.version) return known
    const { languageId, version } = source
    const document = new SkillDocument({ uri, languageId, version, text: source.getText() }, known)
    documents.set(uri, document)
    return document
  }

  function contextOf(document: SkillDocument): RuleContext {
    const home = homedir().replaceAll('\\', '/')
    return { profiles: profilesFor(document, home), files: noFiles, catalogue: noCatalogue, home }
  }

  /** The editor's own support goes by the language, so a SKILL.md that is opened as plain Markdown has none. */
  function tellingOf({ languageId }: SkillDocument): Telling {
    return { complement: client.complement && languageId === 'skill', severities: {} }
  }

  function publish(uri: string): void {
    const document = documentAt(uri)
    if (!document) return
    const { version } = document
    const found = diagnostics(document, contextOf(document), tellingOf(document))
    send(connection.sendDiagnostics({ uri, version, diagnostics: found }))
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
    documents.delete(uri)
    if (isServed({ uri, languageId })) send(connection.sendDiagnostics({ uri, diagnostics: [] }))
  })
  connection.onCompletion(({ textDocument: { uri }, position }) => {
    const document = documentAt(uri)
    if (!document) return undefined
    const { complement } = tellingOf(document)
    const { profiles } = contextOf(document)
    return completions(document, { position, snippets: client.snippetItems, complement, profiles })
  })
  connection.onHover(({ textDocument: { uri }, position }) => {
    const document = documentAt(uri)
    return document && hover(document, position, tellingOf(document).complement)
  })
  connection.onCodeAction(({ textDocument: { uri }, range, context: { only } }) => {
    const document = documentAt(uri)
    if (!document) return undefined
    const request = { range, only, support: client.edits, telling: tellingOf(document) }
    return codeActions(document, contextOf(document), request)
  })
  texts.listen(connection)
  connection.listen()
  return { dispose }
}

/** Whether the service answers for a document. */
function isServed({ uri, languageId }: Pick<TextDocument, 'uri' | 'languageId'>): boolean {
  const kind = documentKind(uri, languageId)
  return kind !== undefined && kind !== 'markdown'
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
      files: workspace?.workspaceEdit?.resourceOperations?.includes('rename') === true,
    },
  }
}
