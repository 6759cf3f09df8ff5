import { join } from 'node:path'
import * as vscode from 'vscode'
import { build } from '#client/build.ts'
import type { PageName } from '#protocol/page.ts'
import { ApprovalAnswers } from './approvalAnswers.ts'
import { notifyOfApprovals } from './approvalNotifications.ts'
import { createApprovalTree } from './approvalTree.ts'
import { folderOf, openChange, openConflict } from './changeCommands.ts'
import { registerChangeDocuments } from './changeDocuments.ts'
import { ChangeSet } from './changeSet.ts'
import { ChangesView } from './changesView.ts'
import { ChatView } from './chatView.ts'
import { client } from './client.ts'
import { pageCommand, registerCommands } from './commands.ts'
import { setContextKeys } from './contextKeys.ts'
import { DaemonConnection } from './daemonConnection.ts'
import { createDecidedView } from './decidedView.ts'
import { noticeDeniedHosts } from './deniedHosts.ts'
import { EditorSecrets } from './editorSecrets.ts'
import type { EditorWindow } from './editorWindow.ts'
import { beginWith } from './firstSession.ts'
import { FolderPolicy } from './folderPolicy.ts'
import { FolderSandbox } from './folderSandbox.ts'
import { FolderState } from './folderState.ts'
import { Folders } from './folders.ts'
import { Gutter } from './gutter.ts'
import { HunkThreads } from './hunkThreads.ts'
import { KeepAndDiscard } from './keepAndDiscard.ts'
import { configureModel, greetWithModel, ModelSettings } from './modelSettings.ts'
import { servePolicyFiles } from './policyEditing.ts'
import { noticeUntrustedPolicy } from './policyTrust.ts'
import { withSkills } from './promptSkills.ts'
import { RecentDecisions } from './recentDecisions.ts'
import { sandboxTerminal } from './sandboxTerminal.ts'
import { createSandboxView } from './sandboxView.ts'
import { tellSavedFiles } from './savedFiles.ts'
import { showSession } from './sessionCommands.ts'
import { createSessionTree } from './sessionTree.ts'
import { serveSkills } from './skills.ts'
import { createSkillView } from './skillView.ts'
import { createStatusBar } from './statusBar.ts'
import { Subscriptions } from './subscriptions.ts'
import { noticeTaskEnds } from './taskNotices.ts'
import { TextDocuments } from './textDocuments.ts'
import { trouble } from './trouble.ts'
import { WindowSession } from './windowSession.ts'

/** Puts the window's parts together and registers them. Nothing is started here: the daemon comes with the first need. */
export function activate(context: vscode.ExtensionContext): void {
  const { extensionUri, workspaceState, secrets, subscriptions: disposables } = context
  const log = vscode.window.createOutputChannel('Paddock', { log: true })
  const model = new ModelSettings(secrets)
  const editorSecrets = new EditorSecrets(secrets)
  const folders = new Folders(workspaceState)
  const connection = new DaemonConnection({
    dial: (launch) => dial(extensionUri.fsPath, launch),
    blocked: () => (vscode.workspace.isTrusted ? null : untrusted),
    greet: async (greeted) => {
      await greetWithModel(greeted, model, log)
      await editorSecrets.provide(greeted).catch((error) => log.error('Secrets could not be provided.', error))
    },
    trouble,
    after,
    now: () => performance.now(),
  })
  const subscriptions = new Subscriptions()
  const session = new WindowSession(connection, subscriptions, sessionMemory(workspaceState, folders))
  const state = new FolderState(connection, (folder) => folders.includes(folder))
  const changes = new ChangeSet(connection, session)
  const shownFolder = () => (session.id ? folderOf(window, session.id) : folders.current())
  const isCurrent = (path: string) => {
    const folder = folders.current()
    return folder !== null && folders.isAt(folder, path)
  }
  const meantFolder = () => {
    const folder = folders.current()
    return folder && { path: folder.uri.fsPath, isAt: (path: string) => folders.isAt(folder, path) }
  }
  const sandbox = new FolderSandbox(connection, meantFolder)
  const policy = new FolderPolicy(connection, meantFolder)
  const decisions = new RecentDecisions({
    connection,
    folder: () => folders.currentPath(),
    after,
  })
  const shownTitle = () => (session.id && state.session(session.id)?.title) || ''
  const window: EditorWindow = {
    connection,
    folders,
    session,
    state,
    changes,
    keepAndDiscard: new KeepAndDiscard({
      connection,
      changes,
      folderOf: (id) => folderOf(window, id),
      openConflict: (id, path) => openConflict(window, id, path),
      openChange: (id, path) => openChange(window, id, path),
    }),
    threads: new HunkThreads(connection, changes),
    answers: new ApprovalAnswers(connection, state, (id) => showSession(window, id)),
    chat: new ChatView({
      extensionUri,
      connection,
      subscriptions,
      session,
      folder: shownFolder,
      run: (command) => pageCommand(window, command),
      names: async (text) =>
        vscode.workspace.isTrusted ? window.skills.request<PageName[]>('paddock/skillNames', { text }) : [],
      withSkills: (params) => withSkills(window, params),
      log,
    }),
    changesView: new ChangesView({ changes, title: shownTitle, folder: shownFolder, memory: workspaceState }),
    model,
    sandbox,
    policy,
    decisions,
    secrets: editorSecrets,
    documents: new TextDocuments(),
    skills: serveSkills(connection, log),
    extensionPath: extensionUri.fsPath,
    log,
  }
  const { threads, answers, chat, changesView, documents, skills } = window
  const folderName = () => (folders.all().length > 1 ? (folders.current()?.name ?? '') : '')
  disposables.push(
    log,
    threads,
    answers,
    chat,
    changesView,
    documents,
    skills,
    connection,
    vscode.window.registerWebviewViewProvider('paddock.chat', chat),
    registerCommands(window),
    registerChangeDocuments(connection, changes),
    new Gutter({ changes, folder: shownFolder }),
    createApprovalTree(state),
    createDecidedView(decisions),
    servePolicyFiles(policy),
    noticeUntrustedPolicy(policy, workspaceState),
    createSessionTree(state, session),
    createSandboxView({ connection, sandbox, state, session, folderName }),
    createStatusBar(state),
    notifyOfApprovals(state, answers),
    noticeTaskEnds(session, () => chat.isVisible),
    noticeDeniedHosts(window),
    vscode.window.registerTerminalProfileProvider('paddock.sandbox', {
      provideTerminalProfile: async () => {
        const options = await sandboxTerminal(window)
        return options && new vscode.TerminalProfile(options)
      },
    }),
    setContextKeys(window),
    beginWith(state, session, ({ folder }) => isCurrent(folder)),
    createSkillView({ connection, skills, folders, folderName }),
    tellSavedFiles(connection, folders),
    {
      dispose: connection.changed.on((now) =>
        log.info(`connection: ${now.type}${now.type === 'failed' ? `: ${now.why}` : ''}`),
      ),
    },
    model.onDidChange(async () => {
      await connection.look()
      if (connection.state.type === 'connected') await configureModel(await connection.use(), model, log)
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => connection.retry()),
    vscode.workspace.onDidChangeWorkspaceFolders(() => {
      chat.renew()
      if (connection.state.type !== 'connected') return
      void state.refresh()
      void sandbox.refresh()
      void policy.refresh()
    }),
  )
  // A daemon that already runs may have something to ask; none is started for looking.
  setImmediate(() => void connection.look())
}

/** Everything is disposed with the context's subscriptions. */
export function deactivate(): void {}

const untrusted = {
  why: 'This workspace is not trusted, so nothing was started.',
  fix: 'Trust it with “Workspaces: Manage Workspace Trust” to let agents work on a copy of it.',
}

async function dial(extensionPath: string, launch: boolean) {
  // Loaded with the first connection: activation does not wait for JSON-RPC.
  const { connect } = await import('#client/connect.ts')
  if (!launch) return connect({ client, build })
  const entry = join(extensionPath, 'dist', 'daemon', 'main.mjs')
  const electron = process.versions['electron'] !== undefined
  const idleMinutes = vscode.workspace.getConfiguration('paddock.daemon').get<number>('idleMinutes', 30)
  return connect({ client, build, launch: { execPath: process.execPath, entry, electron, idleMinutes } })
}

function after(ms: number, call: () => void): () => void {
  const timer = setTimeout(call, ms)
  return () => clearTimeout(timer)
}

function sessionMemory(memory: vscode.Memento, folders: Folders) {
  const key = () => `paddock.session:${folders.current()?.uri.toString() ?? ''}`
  return {
    read: () => memory.get<string | null>(key()),
    write: (session: string | null) => void memory.update(key(), session),
  }
}
