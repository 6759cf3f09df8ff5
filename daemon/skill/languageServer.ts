import type { MessageReader, MessageWriter } from 'vscode-jsonrpc'
import { createConnection, type WatchDog } from 'vscode-languageserver'
import {
  createProtocolConnection,
  DidChangeWatchedFilesNotification,
  type InitializeParams,
  type Logger,
  type ServerCapabilities,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver/node'
import { TextDocument } from 'vscode-languageserver-textdocument'
import type { Root } from './catalogue/crawl.ts'
import { supportOf } from './clientSupport.ts'
import type { SkillDocument } from './document/document.ts'
import { pathOf } from './document/location.ts'
import { featureCapabilities, renameFileOperations, serveFeatures } from './featureHandlers.ts'
import type { Telling } from './features/diagnostics.ts'
import { serveListing } from './listingHandlers.ts'
import { Publisher } from './publisher.ts'
import { isServed, type ServicePorts, SkillService } from './service.ts'
import { settingsFrom } from './settings.ts'
import { watchedFiles } from './watchedFiles.ts'

/** A language server that runs until it is disposed of. */
export interface SkillServer {
  dispose(): void
}

const capabilities: ServerCapabilities = {
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
  ...featureCapabilities,
  workspace: {
    workspaceFolders: { supported: true, changeNotifications: true },
    fileOperations: renameFileOperations,
  },
}

/** What VS Code has support of its own for. */
const editorsOwn = new Set(['skill', 'chatagent', 'instructions', 'prompt', 'json'])

/**
 * Serves the language of SKILL.md over a connection that is already open. It stops at the client's `exit` and when the
 * stream closes or breaks, ends the writer then, and never ends the process. With `initializationOptions.complement` it leaves out what an
 * editor with support for skills of its own says anyway.
 */
export function startSkillServer(reader: MessageReader, writer: MessageWriter, ports: ServicePorts): SkillServer {
  let client = supportOf(undefined)
  let roots: readonly Root[] = []
  const ended = new AbortController()
  let looking = new AbortController()
  const texts = new TextDocuments(TextDocument)
  const service = new SkillService(ports)

  // The ready-made factory for Node ends the whole process on `exit` and when the client's process is gone.
  const watchDog: WatchDog = { shutdownReceived: false, initialize: () => {}, exit: () => dispose() }
  const connection = createConnection((logger) => createProtocolConnection(reader, writer, untilGone(logger)), watchDog)
  const endings = [reader.onClose(() => dispose()), reader.onError(() => dispose())]
  const publisher = new Publisher({
    service,
    documentAt,
    tellingOf,
    send: (params) => send(connection.sendDiagnostics(params)),
    report,
  })

  function dispose(): void {
    if (ended.signal.aborted) return
    ended.abort()
    looking.abort()
    publisher.dispose()
    for (const ending of endings) ending.dispose()
    connection.dispose()
    writer.end()
  }

  /** A bug; the client's log is where somebody looks for it. */
  function report(error: unknown): void {
    if (!ended.signal.aborted) connection.console.error(error instanceof Error ? `${error.stack}` : String(error))
  }

  /** The document as it is now, read once per version; undefined for one that is not ours or not open. */
  function documentAt(uri: string): SkillDocument | undefined {
    const source = texts.get(uri)
    if (!source || !isServed(source)) return undefined
    const { languageId, version } = source
    return service.document(uri, version) ?? service.show({ uri, languageId, version, text: source.getText() })
  }

  /** The editor's own support goes by the language, so a SKILL.md that is opened as plain Markdown has none. */
  function tellingOf({ languageId }: SkillDocument): Telling {
    return { complement: client.complement && editorsOwn.has(languageId) }
  }

  /** Looks through the roots in the background; a later call breaks off an earlier one. */
  function look(): void {
    looking.abort()
    looking = new AbortController()
    service.begin(roots, looking.signal).catch(report)
  }

  connection.onInitialize((params) => {
    client = supportOf(params)
    service.settings = client.settings
    roots = rootsOf(params, ports)
    return { capabilities, serverInfo: { name: 'paddock' } }
  })
  connection.onInitialized(() => {
    look()
    if (client.watches) {
      const watchers = watchedFiles(ports.home)
      connection.client.register(DidChangeWatchedFilesNotification.type, { watchers }).catch(report)
    }
    if (!client.folders) return
    connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
      const gone = new Set(removed.map(({ uri }) => pathOf(uri)))
      const come = added.flatMap(({ uri }) => rootAt(uri))
      roots = [...roots.filter(({ path, type }) => type === 'home' || !gone.has(path)), ...come]
      look()
    })
  })
  connection.onDidChangeWatchedFiles(({ changes }) => {
    const paths = changes.map(({ uri }) => pathOf(uri)).filter((path) => path !== undefined)
    service.filesChanged(paths, ended.signal).then(() => publisher.allLater(), report)
  })
  connection.onDidChangeConfiguration(({ settings }) => {
    service.settings = settingsFrom(settings?.paddock?.skills)
    publisher.all()
  })
  texts.onDidChangeContent(({ document: { uri } }) => publisher.changed(uri))
  texts.onDidClose(({ document }) => {
    service.hide(document.uri)
    if (isServed(document)) publisher.closed(document.uri)
  })
  serveFeatures(connection, { service, documentAt, tellingOf, client: () => client })
  serveListing(connection, service, ports.home)
  texts.listen(connection)
  connection.listen()
  return { dispose }
}

/** What the wire says of itself goes to the client as well; to one that has just gone, nothing does. */
function untilGone(logger: Logger): Logger {
  const attempt = (say: () => void) => {
    try {
      say()
    } catch {
      // It would end as an unhandled rejection of whatever was being sent.
    }
  }
  return {
    error: (message) => attempt(() => logger.error(message)),
    warn: (message) => attempt(() => logger.warn(message)),
    info: (message) => attempt(() => logger.info(message)),
    log: (message) => attempt(() => logger.log(message)),
  }
}

/** A message to a client that has just gone is nobody's loss, and must not end the daemon as an unhandled rejection. */
function send(sending: Promise<void>): void {
  sending.catch(() => {})
}

function rootsOf({ workspaceFolders }: InitializeParams, { home }: ServicePorts): Root[] {
  const personal: Root[] = home === undefined ? [] : [{ path: home, type: 'home' }]
  return [...(workspaceFolders ?? []).flatMap(({ uri }) => rootAt(uri)), ...personal]
}

function rootAt(uri: string): Root[] {
  const path = pathOf(uri)
  return path === undefined ? [] : [{ path: path.length > 1 ? path.replace(/\/$/, '') : path, type: 'folder' }]
}
