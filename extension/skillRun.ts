import { homedir } from 'node:os'
import { dirname, isAbsolute, join, relative } from 'node:path'
import * as vscode from 'vscode'
import type { Reference } from '#protocol/task.ts'
import { visible } from '#protocol/visible.ts'
import type { EditorWindow } from './editorWindow.ts'
import { createSession } from './sessionCommands.ts'
import { copySkill } from './skillCopy.ts'
import { type SkillFile, skillFilesIn } from './skillFolder.ts'
import { submit } from './taskCommands.ts'

const longestText = 200_000
/** Of more files the agent sees the folder. */
const mostNamed = 50

/** Asks what the agent should do with a skill, and has it done with all of the skill's folder at hand. */
export async function runSkill(window: EditorWindow, uri: vscode.Uri): Promise<void> {
  const isFolder = /\/SKILL\.md$/i.test(uri.path)
  const name = isFolder ? folderName(uri) : (uri.path.split('/').at(-1) ?? '').replace(/\.[^.]+$/, '')
  const request = await vscode.window.showInputBox({
    title: `Paddock: Run Skill ${visible(name)}`,
    prompt: 'What should the agent do with it? Leave it empty where the skill says all.',
    ignoreFocusOut: true,
  })
  if (request === undefined) return
  const document = await vscode.workspace.openTextDocument(uri)
  const files = isFolder ? await skillFilesIn(dirname(uri.fsPath)) : []
  const inFolder = vscode.workspace.getWorkspaceFolder(uri)
  if (inFolder) {
    window.folders.choose(inFolder)
    window.session.recall()
  }
  await window.connection.use()
  const session = window.session.id ?? (await createSession(window))
  if (!session) return
  const path = inFolder ? vscode.workspace.asRelativePath(uri, false) : await bring(window, session, uri, files)
  const text = document.getText().slice(0, longestText)
  const named = files === 'tooMuch' ? [] : files.filter(({ path: file }) => !/^SKILL\.md$/i.test(file))
  const references: Reference[] = [
    { path, startLine: 1, endLine: document.lineCount, text },
    ...named.slice(0, mostNamed).map((file) => ({ path: `${dirname(path)}/${file.path}` })),
  ]
  const where = isFolder ? ` Its folder is ${dirname(path)}; paths in it are relative to that.` : ''
  const first = request.trim() === '' ? `Use the skill ${name}.` : `Use the skill ${name}: ${request.trim()}`
  await submit(window, `${first}\n\nDo what ${path} says.${where}`, references, session)
}

/** Makes a skill that lies outside of the workspace visible to the session's agent; answers the path that it has there. */
async function bring(
  { connection, session, state }: EditorWindow,
  id: string,
  { fsPath }: vscode.Uri,
  files: readonly SkillFile[] | 'tooMuch',
): Promise<string> {
  // Without a sandbox the agent's commands see the user's own folders.
  if ((session.state ?? state.session(id))?.unsandboxed || files.length === 0) return fsPath
  const folder = dirname(fsPath)
  if (files === 'tooMuch') {
    throw new Error(`${folder} holds more than 1,000 files or 10 MB, too much to bring into the sandbox.`)
  }
  const fromHome = relative(homedir(), folder).replaceAll('\\', '/')
  const inside =
    fromHome.startsWith('..') || isAbsolute(fromHome)
      ? join('.paddock-skills', folderName(vscode.Uri.file(fsPath)))
      : fromHome
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: 'Paddock: bringing the skill into the sandbox…' },
    () => copySkill(connection, id, inside, files),
  )
  return join(homedir(), inside, 'SKILL.md')
}

function folderName({ path }: vscode.Uri): string {
  return path.split('/').at(-2) ?? ''
}
