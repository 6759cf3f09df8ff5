import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import * as vscode from 'vscode'
import type { Reference } from '#protocol/task.ts'
import type { EditorWindow } from './editorWindow.ts'
import { copySkill } from './skillCopy.ts'
import { placeInSandbox, type SkillFile, skillFilesIn } from './skillFolder.ts'

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

/**
 * Makes a skill visible to the agent of a session: the folder of one that lies outside of the workspace is put into the sandbox's home. Its
 * own text goes along in any case.
 */
export async function skillAtHand(window: EditorWindow, session: string, uri: vscode.Uri): Promise<SkillAtHand> {
  const document = await vscode.workspace.openTextDocument(uri)
  const inWorkspace = vscode.workspace.getWorkspaceFolder(uri) !== undefined
  const folder = isInFolder(uri) ? dirname(uri.fsPath) : undefined
  const place = folder !== undefined && !inWorkspace ? placeInSandbox(folder, homedir()) : null
  const files = folder !== undefined && (inWorkspace || place !== null) ? await skillFilesIn(folder) : []
  const path = inWorkspace
    ? vscode.workspace.asRelativePath(uri, false)
    : place === null || isUnsandboxed(window, session)
      ? uri.fsPath
      : await bring(window, session, place, files)
  const named = files === 'tooMuch' ? [] : files.filter(({ path: file }) => !/^SKILL\.md$/i.test(file))
  const where = named.length > 0 ? ` Its folder is ${dirname(path)}; paths in it are relative to that.` : ''
  return {
    words: `Do what ${path} says.${where}`,
    references: [
      { path, startLine: 1, endLine: document.lineCount, text: document.getText().slice(0, longestText) },
      ...named.slice(0, mostNamed).map((file) => ({ path: `${dirname(path)}/${file.path}` })),
    ],
  }
}

/** Without a sandbox the agent's commands see the user's own folders. */
function isUnsandboxed({ session, state }: EditorWindow, id: string): boolean {
  const shown = session.id === id ? session.state : undefined
  return (shown ?? state.session(id))?.unsandboxed ?? false
}

/** Answers the path that the skill's file has in the sandbox. */
async function bring(
  { connection }: EditorWindow,
  session: string,
  place: string,
  files: readonly SkillFile[] | 'tooMuch',
): Promise<string> {
  if (files === 'tooMuch') {
    throw new Error(`The folder ${place} holds more than 1,000 files or 10 MB, too much to bring into the sandbox.`)
  }
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: 'Paddock: bringing the skill into the sandbox…' },
    () => copySkill(connection, session, place, files),
  )
  return join(homedir(), place, 'SKILL.md')
}

function isInFolder({ path }: vscode.Uri): boolean {
  return /\/SKILL\.md$/i.test(path)
}
