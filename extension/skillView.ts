import * as vscode from 'vscode'
import type { DaemonConnection } from './daemonConnection.ts'
import type { Folders } from './folders.ts'
import { type ClientSkills, type SkillNode, skillNodes } from './skillNodes.ts'
import type { SkillLanguage } from './skills.ts'

interface SkillViewParams {
  readonly connection: DaemonConnection
  readonly skills: SkillLanguage
  readonly folders: Folders
  /** What the folder that is meant is called, where several are open. */
  readonly folderName: () => string
}

/** The "Skills" view: per client the skills that it finds from this folder. Asked for while it shows, and not before. */
export function createSkillView({ connection, skills, folders, folderName }: SkillViewParams): vscode.Disposable {
  const renewed = new vscode.EventEmitter<void>()
  let nodes: Promise<readonly SkillNode[]> | null = null
  let tooltips: ReadonlyMap<string, string> = new Map()
  let isOld = false
  const fetched = async (): Promise<readonly SkillNode[]> => {
    const meant = folders.current()?.uri
    view.description = folderName()
    if (!meant || !vscode.workspace.isTrusted) return []
    return skillNodes(await skills.request<ClientSkills[]>('paddock/listSkills', { folder: meant.toString() }))
  }
  const view = vscode.window.createTreeView<SkillNode>('paddock.skills', {
    treeDataProvider: {
      onDidChangeTreeData: renewed.event,
      getTreeItem: treeItem,
      // Asked for when it shows, so that lines need not be drawn anew for it.
      resolveTreeItem: (item, { id, tooltip }) => {
        item.tooltip = tooltips.get(id) ?? tooltip
        return item
      },
      getChildren: async (node) => {
        if (node) return [...node.children]
        nodes ??= fetched()
        try {
          return [...(await nodes)]
        } catch (error) {
          nodes = null
          throw error
        }
      },
    },
  })
  /** Draws the lines anew only where they are others: a click on one that is just being drawn finds nothing. */
  const renew = async () => {
    isOld = !view.visible
    if (isOld) return
    if (!nodes) return renewed.fire()
    const [before, now] = await Promise.allSettled([nodes, fetched()])
    if (now.status === 'rejected') return
    nodes = Promise.resolve(now.value)
    tooltips = new Map(now.value.flatMap((node) => [node, ...node.children]).map(({ id, tooltip }) => [id, tooltip]))
    if (before.status === 'rejected' || drawn(before.value) !== drawn(now.value)) renewed.fire()
  }
  let release: (() => void) | null = null
  const shownOrHidden = () => {
    if (view.visible) {
      release ??= connection.hold()
      if (isOld) void renew()
    } else {
      release?.()
      release = null
    }
  }
  shownOrHidden()
  return vscode.Disposable.from(
    view,
    renewed,
    view.onDidChangeVisibility(shownOrHidden),
    vscode.workspace.onDidChangeWorkspaceFolders(renew),
    vscode.workspace.onDidGrantWorkspaceTrust(renew),
    vscode.commands.registerCommand('paddock.skills.refresh', () => {
      nodes = null
      renewed.fire()
    }),
    { dispose: skills.changed.on(renew) },
    { dispose: folders.chosen.on(renew) },
    { dispose: () => release?.() },
  )
}

/** What shows of lines while nobody points at them. */
function drawn(nodes: readonly SkillNode[]): string {
  return JSON.stringify(nodes, (key, value) => (key === 'tooltip' ? undefined : value))
}

function treeItem({ id, label, description, icon, color, context, path, children }: SkillNode): vscode.TreeItem {
  const { None, Collapsed } = vscode.TreeItemCollapsibleState
  const item = new vscode.TreeItem(label, children.length > 0 ? Collapsed : None)
  item.id = id
  item.description = description
  item.iconPath = new vscode.ThemeIcon(icon, color ? new vscode.ThemeColor(color) : undefined)
  item.accessibilityInformation = { label: [label, description].filter(Boolean).join(', ') }
  if (context) item.contextValue = context
  if (path !== undefined) {
    item.command = { command: 'vscode.open', title: 'Open', arguments: [vscode.Uri.file(path)] }
  }
  return item
}
