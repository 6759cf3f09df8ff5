import * as vscode from 'vscode'
import type { Change } from '#protocol/change.ts'
import { type ChangeNode, changesUnder } from './changeTree.ts'
import { parseSideUri } from './changeUri.ts'
import type { Commands, EditorWindow } from './editorWindow.ts'
import { these } from './keepOutcome.ts'
import { tell } from './messages.ts'
import { openDiff, openMine, reviewChanges } from './review.ts'

const confirmKeepAbove = 20

/** Whole files: review, keep, discard, from the view's titles and lines and from a diff's title. */
export function changeCommands(window: EditorWindow): Commands {
  const { keepAndDiscard, changes, changesView } = window
  return {
    'paddock.reviewChanges': () => withSession(window, (session) => reviewAll(window, session)),
    'paddock.keepAll': () => withSession(window, (session) => keepAll(window, session)),
    'paddock.discardAll': () => withSession(window, (session) => discardAll(window, session)),
    'paddock.openChange': (target: string | ChangeNode) => {
      const path = typeof target === 'string' ? target : changesUnder(target)[0]?.path
      return withSession(window, (session) => path && openChange(window, session, path))
    },
    'paddock.openChangedFile': (node: ChangeNode) => {
      const [change] = changesUnder(node)
      return withSession(window, (session) => change && openFile(window, session, change.path))
    },
    'paddock.keepChange': async (target: ChangeNode | vscode.Uri | undefined) => {
      const { session, paths } = targets(window, target)
      if (session)
        await keepAndDiscard.keep(
          session,
          paths.map((path) => ({ path })),
        )
    },
    'paddock.discardChange': async (target: ChangeNode | vscode.Uri | undefined) => {
      const { session, paths } = targets(window, target)
      if (session)
        await keepAndDiscard.discard(
          session,
          paths.map((path) => ({ path })),
        )
    },
    'paddock.refreshChanges': () => changes.refresh(),
    'paddock.showChangesAsTree': () => changesView.showAs(true),
    'paddock.showChangesAsList': () => changesView.showAs(false),
  }
}

export async function reviewAll(window: EditorWindow, session: string): Promise<void> {
  const [folder, changes] = [folderOf(window, session), await list(window, session)]
  if (!folder || changes.length === 0) return tell('there is nothing to review')
  const [only] = changes
  if (only && changes.length === 1) return openDiff({ folder, session, threads: window.threads }, only)
  await reviewChanges(
    { folder, session, threads: window.threads },
    changes,
    window.state.session(session)?.title ?? 'changes',
  )
}

export async function keepAll(window: EditorWindow, session: string): Promise<void> {
  const changes = await list(window, session)
  if (changes.length === 0) return tell('there is nothing to keep')
  if (changes.length > confirmKeepAbove) {
    const question = `Keep all ${changes.length} changed files?`
    const detail = 'They are written into your folder.'
    if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, 'Keep All')) !== 'Keep All') return
  }
  await window.keepAndDiscard.keep(
    session,
    changes.map(({ path }) => ({ path })),
  )
}

export async function discardAll(window: EditorWindow, session: string): Promise<void> {
  const changes = await list(window, session)
  if (changes.length === 0) return tell('there is nothing to discard')
  const question = `Discard what the agent did in ${these(changes)}?`
  const detail = 'It is gone for good. Your own files stay as they are.'
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, 'Discard All')
  if (answer === 'Discard All')
    await window.keepAndDiscard.discard(
      session,
      changes.map(({ path }) => ({ path })),
    )
}

export async function openChange(window: EditorWindow, session: string, path: string): Promise<void> {
  const folder = folderOf(window, session)
  const change = (await list(window, session)).find((candidate) => candidate.path === path)
  if (folder && change) await openDiff({ folder, session, threads: window.threads }, change)
  else tell(`${path} has no change in this session`)
}

/** Shows the agent's version of a file beside the user's, which can be edited there. */
export async function openConflict(window: EditorWindow, session: string, path: string): Promise<void> {
  const folder = folderOf(window, session)
  const change = (await list(window, session)).find((candidate) => candidate.path === path)
  if (folder && change) await openMine({ folder, session }, change)
  else tell(`${path} has no change in this session`)
}

/** Opens the user's own file, or the layer's where only that has it. */
export async function openFile(window: EditorWindow, session: string | null, path: string, line = 1): Promise<void> {
  const folder = (session && folderOf(window, session)) || window.folders.current()
  if (!folder) return
  const file = vscode.Uri.joinPath(folder.uri, path)
  const exists = await vscode.workspace.fs.stat(file).then(
    () => true,
    () => false,
  )
  if (!exists && session) return openChange(window, session, path)
  const at = new vscode.Range(line - 1, 0, line - 1, 0)
  await vscode.commands.executeCommand('vscode.open', file, { selection: at })
}

/** The folder whose changes a session holds. */
export function folderOf({ state, folders }: EditorWindow, session: string): vscode.WorkspaceFolder | null {
  const summary = state.session(session)
  return (summary ? folders.at(summary.folder) : undefined) ?? folders.current()
}

async function list({ connection, changes }: EditorWindow, session: string): Promise<readonly Change[]> {
  if (session === changes.session && changes.changes.length > 0) return changes.changes
  return (await connection.request('change/list', { session })).changes
}

async function withSession(window: EditorWindow, run: (session: string) => unknown): Promise<void> {
  if (window.session.id) await run(window.session.id)
  else tell('there is no session in this window yet')
}

/** A line of the Changes view, or the diff that a title's button belongs to. */
function targets(window: EditorWindow, target: ChangeNode | vscode.Uri | undefined) {
  const uri = target instanceof vscode.Uri ? target : target ? null : vscode.window.activeTextEditor?.document.uri
  const side = uri && parseSideUri(uri)
  if (side) return { session: side.session, paths: [side.path] }
  if (!target || target instanceof vscode.Uri) return { session: null, paths: [] }
  return { session: window.session.id, paths: changesUnder(target).map(({ path }) => path) }
}
