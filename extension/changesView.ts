import * as vscode from 'vscode'
import type { Change } from '#protocol/change.ts'
import { visible } from '#protocol/visible.ts'
import type { ChangeSet } from './changeSet.ts'
import { type ChangeNode, changeList, changeMark, changeSummary, changeTree, skippedMessage } from './changeTree.ts'

const statusIcon: Readonly<Record<Change['status'], [icon: string, color: string]>> = {
  added: ['diff-added', 'gitDecoration.addedResourceForeground'],
  modified: ['diff-modified', 'gitDecoration.modifiedResourceForeground'],
  deleted: ['diff-removed', 'gitDecoration.deletedResourceForeground'],
  renamed: ['diff-renamed', 'gitDecoration.renamedResourceForeground'],
}

export interface ChangesViewParams {
  readonly changes: ChangeSet
  /** The title and the folder of the session that is shown. */
  readonly title: () => string
  readonly folder: () => vscode.WorkspaceFolder | null
  readonly memory: vscode.Memento
}

/** The "Changes" view: what the session's layer makes different, by folder or as a list. */
export class ChangesView {
  readonly #params: ChangesViewParams
  readonly #renewed = new vscode.EventEmitter<void>()
  readonly #view: vscode.TreeView<ChangeNode>
  readonly #stop: () => void

  constructor(params: ChangesViewParams) {
    this.#params = params
    this.#view = vscode.window.createTreeView<ChangeNode>('paddock.changes', {
      treeDataProvider: {
        onDidChangeTreeData: this.#renewed.event,
        getChildren: (node) => this.#children(node),
        getTreeItem: (node) => (node.type === 'folder' ? this.#folderItem(node) : this.#fileItem(node)),
      },
      showCollapseAll: true,
      canSelectMany: false,
    })
    this.#stop = params.changes.changed.on(() => this.#renew())
    this.showAs(this.isTree)
  }

  get isTree(): boolean {
    return this.#params.memory.get('paddock.changesAsTree', true)
  }

  showAs(tree: boolean): void {
    void this.#params.memory.update('paddock.changesAsTree', tree)
    void vscode.commands.executeCommand('setContext', 'paddock.changesAsTree', tree)
    this.#renewed.fire()
  }

  dispose(): void {
    this.#stop()
    vscode.Disposable.from(this.#view, this.#renewed).dispose()
  }

  #renew(): void {
    const { changes, skipped } = this.#params.changes
    const { length } = changes
    this.#view.message = skippedMessage(skipped)
    this.#view.description = this.#params.title()
    this.#view.badge =
      length > 0
        ? { value: length, tooltip: length === 1 ? '1 changed file to review' : `${length} changed files to review` }
        : undefined
    void vscode.commands.executeCommand('setContext', 'paddock.hasChanges', length > 0)
    this.#renewed.fire()
  }

  #children(node: ChangeNode | undefined): ChangeNode[] {
    if (node) return node.type === 'folder' ? [...node.children] : []
    const { changes } = this.#params.changes
    return this.isTree ? changeTree(changes) : changeList(changes)
  }

  #folderItem({ path, name }: Extract<ChangeNode, { type: 'folder' }>): vscode.TreeItem {
    const item = new vscode.TreeItem(visible(name), vscode.TreeItemCollapsibleState.Expanded)
    item.id = `folder:${path}`
    item.iconPath = vscode.ThemeIcon.Folder
    item.contextValue = 'changeFolder'
    return item
  }

  #fileItem({ change, name, folder }: Extract<ChangeNode, { type: 'file' }>): vscode.TreeItem {
    const item = new vscode.TreeItem(visible(name))
    const [icon, color] = statusIcon[change.status]
    item.id = `file:${change.path}`
    const facts = [changeMark(change), this.isTree ? '' : folder, change.baseMoved ? 'merges' : '']
    item.description = visible(facts.filter(Boolean).join(' · '))
    item.tooltip = `${visible(change.path)}\n${visible(changeSummary(change))}`
    item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor(color))
    item.contextValue = 'change'
    item.command = { command: 'paddock.openChange', title: 'Open Diff', arguments: [change.path] }
    return item
  }
}
