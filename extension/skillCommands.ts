import * as vscode from 'vscode'
import type { Commands, EditorWindow } from './editorWindow.ts'
import { tell } from './messages.ts'
import { skillExplanation } from './skillExplanationText.ts'

/** What can be asked about a skill. Lenses name it by its address; without one, the skill in the active editor is meant. */
export function skillCommands(window: EditorWindow): Commands {
  return { 'paddock.skills.explain': (address?: string) => explain(window, address) }
}

async function explain({ skills, documents }: EditorWindow, address: string | undefined): Promise<void> {
  const uri = address === undefined ? vscode.window.activeTextEditor?.document.uri : vscode.Uri.parse(address, true)
  if (!uri) return tell('Open a skill first: this explains which clients load it.')
  await vscode.workspace.openTextDocument(uri)
  const explanations = await skills.explain(uri)
  if (!explanations) return tell('This file is no skill.')
  const name = uri.path.replace(/\/SKILL\.md$/i, '').replace(/^.*\//, '')
  await documents.show(`What clients make of ${name}.md`, skillExplanation(name, explanations))
}
