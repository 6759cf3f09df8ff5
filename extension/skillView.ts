import * as vscode from 'vscode'
import type { DaemonConnection } from './daemonConnection.ts'
import { type ClientSkills, type SkillNode, skillNodes } from './skillNodes.ts'
import type { SkillLanguage } from './skills.ts'

interface SkillViewParams {
  readonly connection: DaemonConnection
  readonly skills: SkillLanguage
  /** The folder that is meant. */
  readonly folder: () => vscode.Uri | null
}

/** The "Skills" view: per client the skills that it finds from this folder. Asked for while it shows, and not before. */
export function createSkillView({ connection, skills, folder }: SkillViewParams): vscode.Disposable {
  const renewed = new vscode.EventEmitter<void>()
  const view = vscode.window.createTreeView<SkillNode>('paddock.skills', {
    treeDataProvider: {
      onDidChangeTreeData: renewed.event,
      getTreeItem: treeItem,
      getChildren: async (node) => {
        if (node) return [...node.children]
        const meant = folder()
        if (!meant || !vscode.workspace.isTrusted) return []
        return skillNodes(await skills.request<ClientSkills[]>('paddock/listSkills', { folder: meant.toString() }))
      },
    },
  })
  let release: (() => void) | null = null
  const shownOrHidden = () => {
    if (view.visible) release ??= connection.hold()
    else {
      release?.()
      release = null
    }
  }
  shownOrHidden()
  const renew = () => {
    if (view.visible) renewed.fire()
  }
  return vscode.Disposable.from(
    view,
    renewed,
    view.onDidChangeVisibility(shownOrHidden),
    vscode.workspace.onDidChangeWorkspaceFolders(renew),
    vscode.commands.registerCommand('paddock.skills.refresh', () => renewed.fire()),
    { dispose: skills.changed.on(renew) },
    { dispose: () => release?.() },
  )
}

function treeItem({
  id,
  label,
  description,
  tooltip,
  icon,
  color,
  context,
  path,
  children,
}: SkillNode): vscode.TreeItem {
  const { None, Collapsed } = vscode.TreeItemCollapsibleState
  const item = new vscode.TreeItem(label, children.length > 0 ? Collapsed : None)
  item.id = id
  item.description = description
  item.tooltip = tooltip
  item.iconPath = new vscode.ThemeIcon(icon, color ? new vscode.ThemeColor(color) : undefined)
  item.accessibilityInformation = { label: [label, description].filter(Boolean).join(', ') }
  if (context) item.contextValue = context
  if (path !== undefined) {
    item.command = { command: 'vscode.open', title: 'Open', arguments: [vscode.Uri.file(path)] }
  }
  return item
}
