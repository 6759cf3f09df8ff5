import { realpathSync } from 'node:fs'
import * as vscode from 'vscode'
import { Signal } from './signal.ts'

const memoryKey = 'paddock.folder'

/** The folders of this window that agents can work on, and the one that is meant where several are open. */
export class Folders {
  /** Another one is meant now. */
  readonly chosen = new Signal()
  readonly #memory: vscode.Memento

  constructor(memory: vscode.Memento) {
    this.#memory = memory
  }

  all(): readonly vscode.WorkspaceFolder[] {
    return (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file')
  }

  /** The one that was chosen, else the first. */
  current(): vscode.WorkspaceFolder | null {
    const all = this.all()
    const chosen = this.#memory.get<string>(memoryKey)
    return all.find(({ uri }) => uri.toString() === chosen) ?? all[0] ?? null
  }

  /** The current one's path as the daemon spells it. */
  currentPath(): string | null {
    const folder = this.current()
    return folder && realPath(folder.uri.fsPath)
  }

  choose(folder: vscode.WorkspaceFolder): void {
    const before = this.current()
    void this.#memory.update(memoryKey, folder.uri.toString())
    if (this.current() !== before) this.chosen.emit()
  }

  /** Asks where several are open and none was chosen yet, or always with `again`. Null: none open, or the user left. */
  async ask({ again = false } = {}): Promise<vscode.WorkspaceFolder | null> {
    const all = this.all()
    if (all.length === 0) {
      const open = 'Open Folder…'
      const answer = await vscode.window.showInformationMessage(
        'Open a folder first: agents work on a copy of it.',
        open,
      )
      if (answer === open) await vscode.commands.executeCommand('vscode.openFolder')
      return null
    }
    if (all.length === 1 || (!again && this.#memory.get(memoryKey) !== undefined)) return this.current()
    const items = all.map((folder) => ({ label: folder.name, description: folder.uri.fsPath, folder }))
    const picked = await vscode.window.showQuickPick(items, {
      title: 'Paddock: which folder is meant?',
    })
    if (!picked) return null
    this.choose(picked.folder)
    return picked.folder
  }

  /** Whether a path as the daemon spells it (perhaps with links resolved) is one of them. */
  includes(path: string): boolean {
    return this.all().some((folder) => this.isAt(folder, path))
  }

  /** The folder at a path as the daemon spells it. */
  at(path: string): vscode.WorkspaceFolder | undefined {
    return this.all().find((folder) => this.isAt(folder, path))
  }

  isAt({ uri }: vscode.WorkspaceFolder, path: string): boolean {
    return uri.fsPath === path || realPath(uri.fsPath) === path
  }
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path)
  } catch {
    return path
  }
}
