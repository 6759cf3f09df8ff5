import type { InitializeParams } from 'vscode-languageserver'
import type { EditSupport } from './features/codeActions.ts'
import type { ServiceSettings } from './service.ts'
import { settingsFrom } from './settings.ts'

/** What the client told about itself. */
export interface ClientSupport {
  /** An editor with support for skills of its own: leave out what it says anyway. */
  readonly complement: boolean
  /** The commands that it has; lenses with others are not sent. */
  readonly commands: readonly string[]
  readonly settings: ServiceSettings
  readonly snippetItems: boolean
  readonly edits: EditSupport
  /** It tells of files that change outside the editor. */
  readonly watches: boolean
  /** It tells of folders that are added to the workspace. */
  readonly folders: boolean
}

export function supportOf(params: InitializeParams | undefined): ClientSupport {
  const { workspace, textDocument } = params?.capabilities ?? {}
  const options: { complement?: unknown; commands?: unknown; settings?: unknown } | undefined =
    params?.initializationOptions
  const commands = Array.isArray(options?.commands) ? options.commands : []
  return {
    complement: options?.complement === true,
    commands: commands.filter((command): command is string => typeof command === 'string'),
    settings: settingsFrom(options?.settings),
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
