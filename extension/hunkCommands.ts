import * as vscode from 'vscode'
import type { Selection } from '#protocol/change.ts'
import { folderOf } from './changeCommands.ts'
import { parseSideUri } from './changeUri.ts'
import type { Commands, EditorWindow } from './editorWindow.ts'
import { hunkAtLine, hunksAtMark, type LineChangeRange } from './hunkAt.ts'
import type { HunkRef } from './hunkThreads.ts'
import { tell } from './messages.ts'

/** What a surface hands over: a thread of a diff, a hunk itself, a mark in the gutter, or nothing: the cursor. */
type HunkArgs = [] | [vscode.CommentThread | HunkRef] | [uri: vscode.Uri, marks: LineChangeRange[], index: number]

interface Hunks {
  readonly session: string
  readonly selection: Selection
}

/** Keep and discard of one hunk: the same two commands for every surface, by session, path and hunk id. */
export function hunkCommands(window: EditorWindow): Commands {
  return {
    'paddock.keepHunk': async (...args: HunkArgs) => {
      const hunks = await find(window, args)
      if (hunks) await window.keepAndDiscard.keep(hunks.session, [hunks.selection])
    },
    'paddock.discardHunk': async (...args: HunkArgs) => {
      const hunks = await find(window, args)
      if (hunks) await window.keepAndDiscard.discard(hunks.session, [hunks.selection])
    },
  }
}

async function find(window: EditorWindow, args: HunkArgs): Promise<Hunks | null> {
  const [target, marks, index] = args
  if (target instanceof vscode.Uri) return atMark(window, target, marks?.[index ?? 0])
  if (!target) return atCursor(window)
  const ref = 'hunk' in target ? target : window.threads.refOf(target)
  return ref ? { session: ref.session, selection: { path: ref.path, hunks: [ref.hunk] } } : null
}

async function atMark(window: EditorWindow, uri: vscode.Uri, mark: LineChangeRange | undefined): Promise<Hunks | null> {
  const session = window.session.id
  const folder = session && folderOf(window, session)
  const change =
    folder &&
    window.changes.changes.find(({ path }) => vscode.Uri.joinPath(folder.uri, path).toString() === uri.toString())
  if (!session || !change || !mark) return null
  const { hunks } = await window.connection.request('change/hunks', { session, path: change.path })
  const found = hunksAtMark(hunks, mark)
  if (found.length === 0) tell('these lines are your own edit, not the agent’s')
  return selection(session, change.path, found)
}

async function atCursor(window: EditorWindow): Promise<Hunks | null> {
  const editor = vscode.window.activeTextEditor
  const side = editor && parseSideUri(editor.document.uri)
  if (!side) {
    tell('put the cursor into a hunk of a Paddock diff first')
    return null
  }
  const { session, path } = side
  const { hunks } = await window.connection.request('change/hunks', { session, path })
  const found = hunkAtLine(hunks, editor.selection.active.line)
  if (!found) tell('there is no hunk at the cursor')
  return selection(session, path, found ? [found] : [])
}

function selection(session: string, path: string, hunks: readonly { id: string }[]): Hunks | null {
  return hunks.length > 0 ? { session, selection: { path, hunks: hunks.map(({ id }) => id) } } : null
}
