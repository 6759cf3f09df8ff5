import * as vscode from 'vscode'
import { sideDocument } from './changeDocuments.ts'
import type { ChangeSet } from './changeSet.ts'

export interface GutterParams {
  readonly changes: ChangeSet
  /** The folder of the session that is shown. */
  readonly folder: () => vscode.WorkspaceFolder | null
}

/**
 * Marks in the plain editor what the agent made different, through a source control that is there only while there are
 * changes. The layer plays the original, so that a mark's inline diff offers to keep or discard.
 */
export class Gutter {
  readonly #params: GutterParams
  readonly #stop: vscode.Disposable
  #control: { readonly source: vscode.SourceControl; readonly key: string } | null = null

  constructor(params: GutterParams) {
    this.#params = params
    this.#stop = vscode.Disposable.from(
      { dispose: params.changes.changed.on(() => this.#renew()) },
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('paddock.review.gutter')) this.#renew()
      }),
    )
  }

  dispose(): void {
    this.#stop.dispose()
    this.#control?.source.dispose()
  }

  #renew(): void {
    const { changes } = this.#params
    const folder = this.#params.folder()
    const session = changes.session
    const marked = changes.changes.filter(({ kind, status }) => kind === 'text' && status === 'modified')
    const wanted = folder && session && marked.length > 0 && isOn()
    // The editor asks for the original once per provider: another set of files needs another provider.
    const key = wanted ? JSON.stringify([session, ...marked.map(({ path }) => path)]) : ''
    if (key === (this.#control?.key ?? '')) return
    this.#control?.source.dispose()
    this.#control = null
    if (!wanted) return
    const originals = new Map(
      marked.map((change) => [
        vscode.Uri.joinPath(folder.uri, change.path).toString(),
        sideDocument(folder, session, change, 'layer'),
      ]),
    )
    const source = vscode.scm.createSourceControl('paddock', 'Paddock: the agent’s version', folder.uri)
    source.inputBox.visible = false
    source.quickDiffProvider = { provideOriginalResource: (uri) => originals.get(uri.toString()) }
    this.#control = { source, key }
  }
}

function isOn(): boolean {
  return vscode.workspace.getConfiguration('paddock.review').get('gutter', true)
}
