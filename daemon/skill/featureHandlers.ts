import { type Connection, ErrorCodes, ResponseError, type ServerCapabilities } from 'vscode-languageserver'
import type { ClientSupport } from './clientSupport.ts'
import type { SkillDocument } from './document/document.ts'
import { pathOf } from './document/location.ts'
import { incomingCalls, outgoingCalls, prepareCalls } from './features/callHierarchy.ts'
import { codeActionKinds, codeActions } from './features/codeActions.ts'
import { codeLenses, resolveLens } from './features/codeLens.ts'
import { completions } from './features/completion.ts'
import { definition } from './features/definition.ts'
import type { Telling } from './features/diagnostics.ts'
import { documentLinks } from './features/documentLinks.ts'
import { explain, explainMethod } from './features/explain.ts'
import type { FeatureContext } from './features/feature.ts'
import { formatting } from './features/formatting.ts'
import { hover } from './features/hover.ts'
import { inlayHints } from './features/inlayHints.ts'
import { linkedEditing } from './features/linkedEditing.ts'
import { references } from './features/references.ts'
import { filesRenamed, prepareRename, rename } from './features/rename.ts'
import { legend, semanticTokens } from './features/semanticTokens.ts'
import { foldingRanges, selectionRanges } from './features/structure.ts'
import { documentSymbols, workspaceSymbols } from './features/symbols.ts'
import type { SkillService } from './service.ts'

const renamed = { filters: [{ scheme: 'file', pattern: { glob: '**' } }] }

/** What the server can do beside keeping documents in step. */
export const featureCapabilities: ServerCapabilities = {
  completionProvider: { triggerCharacters: [':', '[', '.', '/', '$', '{', '(', '#', '@', ' ', '-'] },
  hoverProvider: true,
  codeActionProvider: { codeActionKinds: [...codeActionKinds] },
  definitionProvider: true,
  referencesProvider: true,
  renameProvider: { prepareProvider: true },
  documentLinkProvider: { resolveProvider: false },
  documentSymbolProvider: true,
  workspaceSymbolProvider: true,
  foldingRangeProvider: true,
  selectionRangeProvider: true,
  documentFormattingProvider: true,
  semanticTokensProvider: { legend, full: true },
  codeLensProvider: { resolveProvider: true },
  inlayHintProvider: true,
  callHierarchyProvider: true,
  linkedEditingRangeProvider: true,
}

export const renameFileOperations = { willRename: renamed }

interface FeaturePorts {
  readonly service: SkillService
  /** The document as it is now; undefined for one that is not ours or not open. */
  readonly documentAt: (uri: string) => SkillDocument | undefined
  readonly tellingOf: (document: SkillDocument) => Telling
  readonly client: () => ClientSupport
}

interface Asked {
  readonly textDocument: { readonly uri: string }
}

/** Answers what an editor asks. Each answer is of the document as it is when the request is read. */
export function serveFeatures(connection: Connection, { service, documentAt, tellingOf, client }: FeaturePorts): void {
  /** Hands a document to `answer`; null for one that is not ours. */
  function on<P extends Asked, R>(answer: (document: SkillDocument, params: P, context: FeatureContext) => R) {
    return (params: P) => {
      const document = documentAt(params.textDocument.uri)
      return document ? answer(document, params, service.contextOf(document)) : null
    }
  }
  /** The same for what looks at the disk through rules' eyes: asked again once what it asked for is known. */
  function onDisk<P extends Asked, R>(answer: (document: SkillDocument, params: P, context: FeatureContext) => R) {
    const ask = on(answer)
    return async (params: P) => {
      const first = ask(params)
      return (await service.settle()) ? ask(params) : first
    }
  }

  connection.onCompletion(
    onDisk((document, { position }, context) => {
      const { complement } = tellingOf(document)
      const { snippetItems: snippets, complement: linksByEditor } = client()
      return completions(document, { position, snippets, complement, linksByEditor }, context)
    }),
  )
  connection.onHover(
    on((document, { position }, context) => hover(document, position, tellingOf(document).complement, context)),
  )
  connection.onCodeAction(
    on((document, { range, context: { only } }, context) => {
      const { severities } = service.settings
      const request = { range, only, support: client().edits, telling: tellingOf(document), severities }
      return codeActions(document, context, request)
    }),
  )
  connection.onDefinition(on((document, { position }, context) => definition(document, position, context)))
  connection.onReferences(
    on((document, { position, context: { includeDeclaration } }, context) =>
      references(document, position, includeDeclaration, context),
    ),
  )
  connection.onPrepareRename(on((document, { position }, context) => prepareRename(document, position, context)))
  connection.onRenameRequest(
    on(async (document, { position, newName }, context) => {
      const edit = await rename(document, position, newName, client().edits, context)
      return 'reason' in edit ? new ResponseError<undefined>(ErrorCodes.InvalidParams, edit.reason) : edit
    }),
  )
  connection.workspace.onWillRenameFiles(({ files }) => {
    const moves = files.flatMap(({ oldUri, newUri }) => {
      const [from, to] = [pathOf(oldUri), pathOf(newUri)]
      return from !== undefined && to !== undefined ? [{ from, to }] : []
    })
    return filesRenamed(moves, client().edits, service.world)
  })
  connection.onDocumentLinks(
    on((document, _, context) => documentLinks(document, tellingOf(document).complement, context)),
  )
  connection.onDocumentSymbol(on((document) => documentSymbols(document)))
  connection.onWorkspaceSymbol(({ query }) => workspaceSymbols(service.index, query))
  connection.onFoldingRanges(on((document) => foldingRanges(document)))
  connection.onSelectionRanges(on((document, { positions }) => selectionRanges(document, positions)))
  connection.onDocumentFormatting(on((document) => formatting(document)))
  connection.languages.semanticTokens.on(
    (params) =>
      on((document, _: Asked, context) => semanticTokens(document, tellingOf(document).complement, context))(
        params,
      ) ?? {
        data: [],
      },
  )
  connection.onCodeLens(onDisk((document, _, context) => codeLenses(document, client().commands, context)))
  connection.onCodeLensResolve((lens) => {
    const { uri } = lens.data as { uri: string }
    const document = documentAt(uri)
    return document ? resolveLens(lens, document, service.contextOf(document)) : lens
  })
  connection.languages.inlayHint.on(on((document, _: Asked, context) => inlayHints(document, context)))
  connection.languages.callHierarchy.onPrepare(
    on((document, { position }, context) => prepareCalls(document, position, context)),
  )
  connection.languages.callHierarchy.onIncomingCalls(({ item }) => incomingCalls(item, service.world))
  connection.languages.callHierarchy.onOutgoingCalls(({ item }) => outgoingCalls(item, service.world))
  connection.languages.onLinkedEditingRange(on((document, { position }) => linkedEditing(document, position) ?? null))
  connection.onRequest(
    explainMethod,
    on((document, _: Asked, context) => explain(document, context)),
  )
}
