import type { InitializeParams } from 'vscode-languageserver'
import type { EditSupport } from './features/codeActions.ts'

/** What the client told about itself. */
export interface ClientSupport {
  /** An editor with support for skills of its own: leave out what it says anyway. */
  readonly complement: boolean
  readonly snippetItems: boolean
  readonly edits: EditSupport
  /** It tells of files that change outside the editor. */
  readonly watches: boolean
  /** It tells of folders that are added to the workspace. */
  readonly folders: boolean
}

export function supportOf(params: InitializeParams | undefined): ClientSupport {
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
    watches: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    folders: workspace?.workspaceFolders === true,
  }
}
