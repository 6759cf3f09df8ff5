import * as vscode from 'vscode'
import { visible } from '#protocol/visible.ts'
import type { EditorWindow } from './editorWindow.ts'
import { createSession } from './sessionCommands.ts'
import { skillAtHand, skillName } from './skillAtHand.ts'
import { submit } from './taskCommands.ts'

/** Asks what the agent should do with a skill, and has it done with all of the skill's folder at hand. */
export async function runSkill(window: EditorWindow, uri: vscode.Uri): Promise<void> {
  const name = skillName(uri)
  const request = await vscode.window.showInputBox({
    title: `Paddock: Run Skill ${visible(name)}`,
    prompt: 'What should the agent do with it? Leave it empty where the skill says all.',
    ignoreFocusOut: true,
  })
  if (request === undefined) return
  const folder = vscode.workspace.getWorkspaceFolder(uri)
  if (folder) {
    window.folders.choose(folder)
    window.session.recall()
  }
  await window.connection.use()
  const session = window.session.id ?? (await createSession(window))
  if (!session) return
  const { words, references } = await skillAtHand(window, session, uri)
  const first = request.trim() === '' ? `Use the skill ${name}.` : `Use the skill ${name}: ${request.trim()}`
  await submit(window, `${first}\n\n${words}`, [...references], session)
}
