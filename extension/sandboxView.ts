import * as vscode from 'vscode'
import type { Evidence } from '#protocol/event.ts'
import type { DaemonConnection } from './daemonConnection.ts'
import type { FolderSandbox } from './folderSandbox.ts'
import type { FolderState } from './folderState.ts'
import { diskNodes, type SandboxNode, sandboxNodes } from './sandboxNodes.ts'
import type { WindowSession } from './windowSession.ts'

export interface SandboxViewParams {
  readonly connection: DaemonConnection
  readonly sandbox: FolderSandbox
  readonly state: FolderState
  readonly session: WindowSession
  /** Beside the view's title, where it could be of several folders. */
  readonly folderName: () => string
}

const keptEvidence = 100

/** The "Sandbox" view: the computer of the folder that is meant, drawn anew when the daemon says that it changed. */
export function createSandboxView({
  connection,
  sandbox,
  state,
  session,
  folderName,
}: SandboxViewParams): vscode.Disposable {
  const renewed = new vscode.EventEmitter<void>()
  const evidence = new Map<string, Evidence>()
  const around = {
    titleOf: (id: string) => state.session(id)?.title || 'New session',
    evidenceOf: (id: string) => evidence.get(id),
    timeOf,
  }
  const view = vscode.window.createTreeView<SandboxNode>('paddock.sandbox', {
    treeDataProvider: {
      onDidChangeTreeData: renewed.event,
      getChildren: async (node) => {
        if (node) return node.children === 'later' ? diskNodes(await sandbox.disk()) : [...(node.children ?? [])]
        return sandbox.info ? sandboxNodes(sandbox.info, around) : []
      },
      getTreeItem: treeItem,
    },
  })
  const renew = () => {
    const now = sandbox.info?.state ?? (sandbox.isKnown ? 'none' : 'unknown')
    view.description = folderName()
    void vscode.commands.executeCommand('setContext', 'paddock.sandboxState', now)
    renewed.fire()
  }
  const seen = () => {
    if (!view.visible) return
    renewed.fire()
  }
  let release: (() => void) | null = null
  /** Whoever looks at it wants to know: while it shows, there is a daemon to ask. */
  const shownOrHidden = () => {
    if (view.visible) release ??= connection.hold()
    else {
      release?.()
      release = null
    }
  }
  renew()
  shownOrHidden()
  const stops = [
    sandbox.changed.on(renew),
    session.moved.on(({ state: { id }, events }) => {
      for (const { event } of events) {
        if (event.type !== 'toolFinished' || !event.evidence) continue
        const [oldest] = evidence.keys()
        if (evidence.size >= keptEvidence && oldest !== undefined) evidence.delete(oldest)
        evidence.set(id, event.evidence)
        seen()
      }
    }),
  ]
  return vscode.Disposable.from(
    view,
    renewed,
    view.onDidChangeVisibility(shownOrHidden),
    { dispose: () => release?.() },
    view.onDidCollapseElement(({ element }) => {
      if (element.children === 'later') sandbox.forgetDisk()
    }),
    ...stops.map((dispose) => ({ dispose })),
  )
}

function treeItem(node: SandboxNode): vscode.TreeItem {
  const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState
  const hasChildren = node.children === 'later' || (node.children?.length ?? 0) > 0
  const item = new vscode.TreeItem(node.label, hasChildren ? (node.open ? Expanded : Collapsed) : None)
  item.id = node.id
  if (node.description) item.description = node.description
  item.tooltip = node.tooltip ?? [node.label, node.description].filter(Boolean).join(': ')
  if (node.icon)
    item.iconPath = new vscode.ThemeIcon(node.icon, node.color ? new vscode.ThemeColor(node.color) : undefined)
  if (node.context) item.contextValue = node.context
  item.accessibilityInformation = { label: [node.label, node.description].filter(Boolean).join(', ') }
  return item
}

/** Today's as a time of day, others with their date. */
function timeOf(at: number): string {
  const then = new Date(at)
  const isToday = then.toDateString() === new Date().toDateString()
  return isToday ? then.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }) : then.toLocaleString()
}
