import type * as vscode from 'vscode'
import type { ApprovalAnswers } from './approvalAnswers.ts'
import type { ChangeSet } from './changeSet.ts'
import type { ChangesView } from './changesView.ts'
import type { ChatView } from './chatView.ts'
import type { DaemonConnection } from './daemonConnection.ts'
import type { EditorSecrets } from './editorSecrets.ts'
import type { FolderPolicy } from './folderPolicy.ts'
import type { FolderSandbox } from './folderSandbox.ts'
import type { FolderState } from './folderState.ts'
import type { Folders } from './folders.ts'
import type { HunkThreads } from './hunkThreads.ts'
import type { KeepAndDiscard } from './keepAndDiscard.ts'
import type { ModelSettings } from './modelSettings.ts'
import type { RecentDecisions } from './recentDecisions.ts'
import type { SkillLanguage } from './skills.ts'
import type { TextDocuments } from './textDocuments.ts'
import type { WindowSession } from './windowSession.ts'

/** The parts of one editor window, as the commands find them. Made in main.ts. */
export interface EditorWindow {
  readonly connection: DaemonConnection
  readonly folders: Folders
  readonly session: WindowSession
  readonly state: FolderState
  readonly changes: ChangeSet
  readonly keepAndDiscard: KeepAndDiscard
  readonly threads: HunkThreads
  readonly answers: ApprovalAnswers
  readonly chat: ChatView
  readonly changesView: ChangesView
  readonly model: ModelSettings
  readonly sandbox: FolderSandbox
  readonly policy: FolderPolicy
  readonly decisions: RecentDecisions
  readonly secrets: EditorSecrets
  readonly documents: TextDocuments
  readonly skills: SkillLanguage
  readonly extensionPath: string
  readonly log: vscode.LogOutputChannel
}

/** Commands by their id. What they throw is told to the user. */
export type Commands = Readonly<Record<string, (...args: never[]) => unknown>>
