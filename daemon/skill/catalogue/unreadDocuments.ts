import type { SkillDocument } from '../document/document.ts'
import type { Path } from '../document/location.ts'

/** No more characters of text than this are held. */
const mostText = 64_000_000

/** Documents that the index has read and nobody else yet, for a program that is about to look at each of them, once. */
export class UnreadDocuments {
  readonly #documents = new Map<Path, SkillDocument>()
  #text = 0

  add(path: Path, document: SkillDocument): void {
    if (this.#text + document.text.length > mostText) return
    this.#text += document.text.length
    this.#documents.set(path, document)
  }

  take(path: Path): SkillDocument | undefined {
    const document = this.#documents.get(path)
    if (document) {
      this.#text -= document.text.length
      this.#documents.delete(path)
    }
    return document
  }

  clear(): void {
    this.#documents.clear()
    this.#text = 0
  }
}
