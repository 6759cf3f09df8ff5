import * as vscode from 'vscode'
import type { Hunk } from '#protocol/change.ts'
import type { ChangeSet } from './changeSet.ts'
import { parseSideUri } from './changeUri.ts'
import type { DaemonConnection } from './daemonConnection.ts'
import { hunkLabel, hunkLines } from './hunkAt.ts'

/** One hunk, as the keep and discard commands name it. */
export interface HunkRef {
  readonly session: string
  readonly path: string
  readonly hunk: string
}

/**
 * A comment thread for every hunk in the layer's side of an open diff, with Keep and Discard in its title. Hunks are
 * asked for anew whenever the changes move, never guessed from clicks.
 */
export class HunkThreads {
  readonly #connection: DaemonConnection
  readonly #controller: vscode.CommentController
  readonly #documents = new Map<string, Map<string, vscode.CommentThread>>()
  readonly #refs = new WeakMap<vscode.CommentThread, HunkRef>()
  readonly #disposables: vscode.Disposable[]
  #shown = new Set<string>()

  constructor(connection: DaemonConnection, changes: ChangeSet) {
    this.#connection = connection
    this.#controller = vscode.comments.createCommentController('paddock', 'Paddock hunks')
    this.#disposables = [
      this.#controller,
      vscode.workspace.onDidOpenTextDocument((document) => void this.#renew(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => void this.#renew(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#clear(document.uri.toString())),
      vscode.window.onDidChangeVisibleTextEditors((editors) => this.#show(editors.map(({ document }) => document))),
      { dispose: changes.changed.on(() => vscode.workspace.textDocuments.forEach((open) => void this.#renew(open))) },
    ]
  }

  refOf(thread: vscode.CommentThread): HunkRef | undefined {
    return this.#refs.get(thread)
  }

  dispose(): void {
    for (const key of [...this.#documents.keys()]) this.#clear(key)
    vscode.Disposable.from(...this.#disposables).dispose()
  }

  /** Makes a document's threads before it is shown: the editor draws one twice that is made while the diff opens. */
  async prepare(uri: vscode.Uri): Promise<void> {
    await this.#renew(await vscode.workspace.openTextDocument(uri))
  }

  /**
   * The editor's own trash icon removes a thread without telling. A diff that is left gets its threads anew, so that all
   * of them are there when it is shown again.
   */
  #show(documents: readonly vscode.TextDocument[]): void {
    const before = this.#shown
    this.#shown = new Set(documents.map(({ uri }) => uri.toString()))
    for (const document of vscode.workspace.textDocuments) {
      const key = document.uri.toString()
      if (!before.has(key) || this.#shown.has(key) || !this.#documents.has(key)) continue
      this.#clear(key)
      void this.#renew(document)
    }
  }

  async #renew(document: vscode.TextDocument): Promise<void> {
    const side = parseSideUri(document.uri)
    if (side?.side !== 'layer') return
    const { session, path } = side
    const hunks = await this.#connection.request('change/hunks', { session, path }).then(
      (answer) => answer.hunks,
      () => [],
    )
    if (document.isClosed) return
    const key = document.uri.toString()
    const before = this.#documents.get(key) ?? new Map<string, vscode.CommentThread>()
    const now = new Map<string, vscode.CommentThread>()
    for (const [index, hunk] of hunks.entries()) {
      const thread =
        before.get(hunk.id) ?? this.#controller.createCommentThread(document.uri, rangeOf(hunk, document), [])
      before.delete(hunk.id)
      draw(thread, hunkLabel(hunk, index, hunks.length), rangeOf(hunk, document))
      this.#refs.set(thread, { session, path, hunk: hunk.id })
      now.set(hunk.id, thread)
    }
    for (const gone of before.values()) gone.dispose()
    this.#documents.set(key, now)
  }

  #clear(key: string): void {
    for (const thread of this.#documents.get(key)?.values() ?? []) thread.dispose()
    this.#documents.delete(key)
  }
}

function draw(thread: vscode.CommentThread, label: string, range: vscode.Range): void {
  thread.canReply = false
  if (!thread.range?.isEqual(range)) thread.range = range
  if (thread.label === label) return
  thread.label = label
  thread.collapsibleState = vscode.CommentThreadCollapsibleState.Expanded
}

function rangeOf(hunk: Hunk, document: vscode.TextDocument): vscode.Range {
  const { first, last } = hunkLines(hunk, document.lineCount)
  return new vscode.Range(first, 0, last, 0)
}
