import * as vscode from 'vscode'
import { visible } from '#protocol/visible.ts'
import type { Commands, EditorWindow } from './editorWindow.ts'
import { tell } from './messages.ts'
import { skillName } from './skillAtHand.ts'
import { type ClientExplanation, skillExplanation } from './skillExplanationText.ts'
import type { ClientSkills, SkillNode } from './skillNodes.ts'
import { runSkill } from './skillRun.ts'

const longestName = 64
const namePattern = /^[a-z0-9]+(?:-[a-z0-9]+)*$/

interface Draft {
  readonly text: string
  readonly places: readonly { readonly folder: string; readonly readers: readonly string[] }[]
}

/** A line of the view, an address from a lens, or nothing from the palette. A line that is gone by then is there as undefined. */
type Meant = [] | [SkillNode | string | undefined, ...unknown[]]

/** New, run, rename, explain and copy; from the Skills view, from lenses, or from the palette, which asks. */
export function skillCommands(window: EditorWindow): Commands {
  return {
    'paddock.skills.new': () => newSkill(window),
    'paddock.skills.run': async (...meant: Meant) => {
      const uri = await skillMeant(window, meant, 'Paddock: run which skill?')
      if (uri) await runSkill(window, uri)
    },
    'paddock.skills.rename': (...meant: Meant) => renameSkill(window, meant),
    'paddock.skills.explain': (...meant: Meant) => explainSkill(window, meant),
    'paddock.skills.copyPath': async ({ path }: SkillNode) => {
      if (path === undefined) return
      await vscode.env.clipboard.writeText(path)
      tell('the path is in the clipboard')
    },
  }
}

async function newSkill({ folders, skills }: EditorWindow): Promise<void> {
  const folder = await folders.ask()
  if (!folder) return
  const name = await vscode.window.showInputBox({
    title: 'Paddock: New Skill',
    prompt: 'Lowercase letters, digits and single hyphens. It is the folder’s name, too.',
    placeHolder: 'fill-pdf-forms',
    ignoreFocusOut: true,
    validateInput: nameTrouble,
  })
  const draft = name && (await skills.request<Draft | null>('paddock/draftSkill', { name }))
  if (!draft) return
  const items = draft.places.map(({ folder: label, readers }) => ({
    label,
    description: `read by ${readers.join(', ')}`,
  }))
  const place = await vscode.window.showQuickPick(items, {
    title: 'Paddock: where should the skill lie?',
    matchOnDescription: true,
  })
  if (!place) return
  const uri = vscode.Uri.joinPath(folder.uri, place.label, name, 'SKILL.md')
  const edit = new vscode.WorkspaceEdit()
  // Fails where the file exists; nothing is written over.
  edit.createFile(uri, { contents: new TextEncoder().encode(draft.text) })
  if (!(await vscode.workspace.applyEdit(edit)))
    throw new Error(`${uri.fsPath} could not be made. Is it there already?`)
  // The description is what others find the skill by; it is there to be typed over.
  const document = await vscode.workspace.openTextDocument(uri)
  const typed = /^description: (.*)$/m.exec(document.getText())
  const start = typed ? document.positionAt(typed.index + 'description: '.length) : document.positionAt(0)
  const selection = new vscode.Range(start, start.translate(0, typed?.[1]?.length ?? 0))
  await vscode.window.showTextDocument(document, { selection, preview: false })
}

function nameTrouble(text: string): string | undefined {
  const isName = namePattern.test(text) && text.length <= longestName
  return isName ? undefined : 'Lowercase letters a-z, digits and single hyphens, at most 64.'
}

/** Moves the skill's folder, or the file of one that has none; the language service adds its `name` and what mentions it. */
async function renameSkill(window: EditorWindow, meant: Meant): Promise<void> {
  const uri = await skillMeant(window, meant, 'Paddock: rename which skill?')
  if (!uri) return
  const isFolder = /\/SKILL\.md$/i.test(uri.path)
  const [old, ending] = isFolder ? [folderName(uri), ''] : (uri.path.split('/').at(-1) ?? '').split(/(?=\.)/, 2)
  const from = isFolder ? vscode.Uri.joinPath(uri, '..') : uri
  const name = await vscode.window.showInputBox({
    title: `Paddock: Rename Skill ${visible(old ?? '')}`,
    prompt: 'The new name, also of its folder. What mentions it is changed as well.',
    value: old ?? '',
    ignoreFocusOut: true,
    validateInput: nameTrouble,
  })
  if (!name || name === old) return
  const edit = new vscode.WorkspaceEdit()
  edit.renameFile(from, vscode.Uri.joinPath(from, '..', `${name}${ending ?? ''}`))
  if (!(await vscode.workspace.applyEdit(edit)))
    throw new Error(`${from.fsPath} could not be renamed. Is there something called ${name} already?`)
}

async function explainSkill(window: EditorWindow, meant: Meant): Promise<void> {
  const uri = await skillMeant(window, meant, 'Paddock: explain which skill?')
  if (!uri) return
  // The service explains what is open.
  await vscode.workspace.openTextDocument(uri)
  const params = { textDocument: { uri: uri.toString() } }
  const explanations = await window.skills.request<ClientExplanation[] | null>('paddock/explainSkill', params)
  if (!explanations) throw new Error(`${uri.fsPath} is no skill that can be explained.`)
  const name = skillName(uri)
  await window.documents.show(`What clients make of ${visible(name)}.md`, skillExplanation(name, explanations))
}

/** The skill of a line or a lens; else that of the active editor, or one that is picked. */
async function skillMeant({ folders, skills }: EditorWindow, meant: Meant, title: string): Promise<vscode.Uri | null> {
  if (meant.length > 0) {
    const [at] = meant
    if (typeof at === 'string') return vscode.Uri.parse(at, true)
    if (at?.path !== undefined) return vscode.Uri.file(at.path)
    // The line was drawn anew meanwhile. Another skill is not what was clicked.
    tell('the list of skills has just changed; try it again')
    return null
  }
  const active = vscode.window.activeTextEditor?.document.uri
  if (active?.scheme === 'file' && /\/SKILL\.md$/i.test(active.path)) return active
  const folder = await folders.ask()
  if (!folder) return null
  const clients = await skills.request<ClientSkills[]>('paddock/listSkills', { folder: folder.uri.toString() })
  const paths = new Map(clients.flatMap((client) => client.skills.map((skill) => [skill.path, skill] as const)))
  if (paths.size === 0) {
    tell('there is no skill in this folder yet')
    return null
  }
  const items = [...paths.values()].map((skill) => {
    return {
      label: visible(skill.name),
      description: visible(skill.path),
      detail: visible(skill.description),
      path: skill.path,
    }
  })
  const picked = await vscode.window.showQuickPick(items, { title, matchOnDescription: true, matchOnDetail: true })
  return picked ? vscode.Uri.file(picked.path) : null
}

function folderName({ path }: vscode.Uri): string {
  return path.split('/').at(-2) ?? ''
}
