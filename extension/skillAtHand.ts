import { homedir } from 'node:os'
import { dirname, isAbsolute, join, relative } from 'node:path'
import * as vscode from 'vscode'
import type { Reference } from '#protocol/task.ts'
import type { EditorWindow } from './editorWindow.ts'
import { copySkill } from './skillCopy.ts'
import { type SkillFile, skillFilesIn } from './skillFolder.ts'

/** A skill that a session's agent can read and run, with all files of its folder. */
interface SkillAtHand {
  /** What the prompt says of it: where it lies. */
  readonly words: string
  readonly references: readonly Reference[]
}

const longestText = 200_000
/** Of more files the agent sees the folder. */
const mostNamed = 50

/** What a skill is called: its folder, or the file of one that has none. */
export function skillName(uri: vscode.Uri): string {
  const [file = '', folder = ''] = uri.path.split('/').reverse()
  return isInFolder(uri) ? folder : file.replace(/\.[^.]+$/, '')
}

/** Makes a skill visible to the agent of a session: one that lies outside of the workspace is put into the sandbox's home. */
export async function skillAtHand(window: EditorWindow, session: string, uri: vscode.Uri): Promise<SkillAtHand> {
  const document = await vscode.workspace.openTextDocument(uri)
  const files = isInFolder(uri) ? await skillFilesIn(dirname(uri.fsPath)) : []
  const inWorkspace = vscode.workspace.getWorkspaceFolder(uri) !== undefined
  const path = inWorkspace ? vscode.workspace.asRelativePath(uri, false) : await bring(window, session, uri, files)
  const named = files === 'tooMuch' ? [] : files.filter(({ path: file }) => !/^SKILL\.md$/i.test(file))
  const where = isInFolder(uri) ? ` Its folder is ${dirname(path)}; paths in it are relative to that.` : ''
  return {
    words: `Do what ${path} says.${where}`,
    references: [
      { path, startLine: 1, endLine: document.lineCount, text: document.getText().slice(0, longestText) },
      ...named.slice(0, mostNamed).map((file) => ({ path: `${dirname(path)}/${file.path}` })),
    ],
  }
}

/** Answers the path that the skill's file has for the agent. */
async function bring(
  { connection, session, state }: EditorWindow,
  id: string,
  uri: vscode.Uri,
  files: readonly SkillFile[] | 'tooMuch',
): Promise<string> {
  const shown = session.id === id ? session.state : undefined
  // Without a sandbox the agent's commands see the user's own folders.
  if ((shown ?? state.session(id))?.unsandboxed || files.length === 0) return uri.fsPath
  const folder = dirname(uri.fsPath)
  if (files === 'tooMuch') {
    throw new Error(`${folder} holds more than 1,000 files or 10 MB, too much to bring into the sandbox.`)
  }
  const fromHome = relative(homedir(), folder).replaceAll('\\', '/')
  const isElsewhere = fromHome.startsWith('..') || isAbsolute(fromHome)
  const inside = isElsewhere ? join('.paddock-skills', skillName(uri)) : fromHome
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: 'Paddock: bringing the skill into the sandbox…' },
    () => copySkill(connection, id, inside, files),
  )
  return join(homedir(), inside, 'SKILL.md')
}

function isInFolder({ path }: vscode.Uri): boolean {
  return /\/SKILL\.md$/i.test(path)
}
