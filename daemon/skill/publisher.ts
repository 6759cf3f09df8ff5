import type { Diagnostic, PublishDiagnosticsParams } from 'vscode-languageserver'
import type { SkillDocument } from './document/document.ts'
import { type Telling, told } from './features/diagnostics.ts'
import type { SkillService } from './service.ts'

interface PublisherPorts {
  readonly service: SkillService
  /** The document as it is now; undefined for one that is not ours or not open. */
  readonly documentAt: (uri: string) => SkillDocument | undefined
  readonly tellingOf: (document: SkillDocument) => Telling
  readonly send: (params: PublishDiagnosticsParams) => void
  readonly report: (error: unknown) => void
}

/** After a change of the catalogue open documents are looked at again, but not at every one of many changes. */
const calm = 150

/** Tells the editor what is wrong with the open documents: at once what is known, and again when more is. */
export class Publisher {
  readonly #ports: PublisherPorts
  readonly #waiting = new Map<string, NodeJS.Immediate>()
  /** What was told of each document last, so that nothing is told twice. */
  readonly #last = new Map<string, string>()
  readonly #forget: () => void
  #later: NodeJS.Timeout | undefined
  #settling = false
  #ended = false

  constructor(ports: PublisherPorts) {
    this.#ports = ports
    this.#forget = ports.service.index.onChange(() => this.allLater())
  }

  /** The document changed. Changes that arrive together are answered once, before the next read of the stream. */
  changed(uri: string): void {
    if (this.#waiting.has(uri)) return
    const immediate = setImmediate(() => {
      this.#waiting.delete(uri)
      this.#publish(uri)
    })
    this.#waiting.set(uri, immediate)
  }

  /** Something changed that open documents may speak of. */
  allLater(): void {
    if (this.#ended) return
    this.#later ??= setTimeout(() => {
      this.#later = undefined
      this.all()
    }, calm)
  }

  all(): void {
    for (const { uri } of this.#ports.service.documents) this.#publish(uri)
  }

  /** The document is no longer open: nothing is said about it any more. */
  closed(uri: string): void {
    clearImmediate(this.#waiting.get(uri))
    this.#waiting.delete(uri)
    if (this.#last.delete(uri)) this.#ports.send({ uri, diagnostics: [] })
  }

  dispose(): void {
    this.#ended = true
    this.#forget()
    clearTimeout(this.#later)
    for (const immediate of this.#waiting.values()) clearImmediate(immediate)
    this.#waiting.clear()
    this.#last.clear()
  }

  #publish(uri: string): void {
    const { service, documentAt, tellingOf, send, report } = this.#ports
    const document = this.#ended ? undefined : documentAt(uri)
    if (!document) return
    let diagnostics: Diagnostic[]
    try {
      diagnostics = told(document, service.findings(document), tellingOf(document))
    } catch (error) {
      // A bug in one rule must not end the daemon; what was told before may be old.
      report(error)
      diagnostics = []
    }
    const { version } = document
    const news = `${version} ${JSON.stringify(diagnostics)}`
    // Of a Markdown file that is nobody's instructions, only trouble is worth a message.
    const silent = document.kind === 'markdown' && diagnostics.length === 0 && !this.#last.has(uri)
    if (!silent) {
      if (this.#last.get(uri) !== news) send({ uri, version, diagnostics })
      this.#last.set(uri, news)
    }
    service.catchUp()
    this.#settle()
  }

  /** Fetches what rules asked for, and looks again. */
  #settle(): void {
    if (this.#settling || !this.#ports.service.hasQuestions) return
    this.#settling = true
    this.#ports.service.settle().then(
      (news) => {
        this.#settling = false
        if (news && !this.#ended) this.all()
      },
      (error) => {
        this.#settling = false
        this.#ports.report(error)
      },
    )
  }
}
