import * as vscode from 'vscode'

const scheme = 'paddock-text'
const kept = 20

/** Read-only documents of text that was made at the moment it was asked for. */
export class TextDocuments {
  readonly #texts = new Map<string, string>()
  readonly #renewed = new vscode.EventEmitter<vscode.Uri>()
  readonly #registration: vscode.Disposable

  constructor() {
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(scheme, {
      onDidChange: this.#renewed.event,
      provideTextDocumentContent: (uri) =>
        this.#texts.get(uri.path) ?? 'This was told by an earlier window. Ask again.\n',
    })
  }

  /** Shows it under this name, in place of what was shown under it before. */
  async show(name: string, text: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme, path: `/${name}` })
    this.#texts.delete(uri.path)
    this.#texts.set(uri.path, text)
    const [oldest] = this.#texts.keys()
    if (this.#texts.size > kept && oldest !== undefined) this.#texts.delete(oldest)
    this.#renewed.fire(uri)
    const document = await vscode.workspace.openTextDocument(uri)
    await vscode.languages.setTextDocumentLanguage(document, 'markdown')
    await vscode.window.showTextDocument(document, { preview: true })
  }

  dispose(): void {
    vscode.Disposable.from(this.#registration, this.#renewed).dispose()
  }
}
