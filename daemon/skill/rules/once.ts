import type { Catalogue } from '../catalogue/catalogue.ts'
import type { SkillDocument } from '../document/document.ts'
import type { Path } from '../document/location.ts'
import type { FileView } from '../workspace.ts'
import type { RuleContext } from './rule.ts'

/** Each reader has a place of its own among a document's facts: a WeakMap for each costs a microsecond a document. */
let readers = 0

/** What several rules read out of a document, read once: a document never changes. */
export function once<T extends object>(read: (document: SkillDocument) => T): (document: SkillDocument) => T {
  const place = readers++
  return (document) => {
    const found = (document.facts[place] as T | undefined) ?? read(document)
    document.facts[place] = found
    return found
  }
}

interface Seen<T> {
  readonly files: FileView
  readonly age: number
  readonly found: T
}

/** What several rules read out of a document and the disk around it, read again when either is another. */
export function onceSeen<T>(
  read: (document: SkillDocument, files: FileView) => T,
): (document: SkillDocument, files: FileView) => T {
  const place = readers++
  return (document, files) => {
    const before = document.facts[place] as Seen<T> | undefined
    if (before && before.files === files && before.age === files.age) return before.found
    const { age } = files
    const found = read(document, files)
    document.facts[place] = { files, age, found } satisfies Seen<T>
    return found
  }
}

/** What rules work out of the catalogue for all documents, worked out again once it has changed. */
export function onceKnown<T>(
  read: (catalogue: Catalogue, home: Path | undefined) => T,
): (context: Pick<RuleContext, 'catalogue' | 'home'>) => T {
  const known = new WeakMap<Catalogue, { age: number; home: Path | undefined; found: T }>()
  return ({ catalogue, home }) => {
    const before = known.get(catalogue)
    if (before && before.age === catalogue.age && before.home === home) return before.found
    const { age } = catalogue
    const found = read(catalogue, home)
    known.set(catalogue, { age, home, found })
    return found
  }
}

/** No more folders than this are remembered at a time. */
const mostFolders = 2000

/** What rules read out of the disk for a folder, read again when the disk has changed. */
export function onceInFolder<T>(read: (folder: Path, files: FileView) => T): (folder: Path, files: FileView) => T {
  const known = new WeakMap<FileView, { age: number; readonly found: Map<Path, T> }>()
  return (folder, files) => {
    let before = known.get(files)
    if (!before || before.age !== files.age) {
      before = { age: files.age, found: new Map() }
      known.set(files, before)
    }
    const { found } = before
    const answered = found.get(folder)
    if (answered !== undefined) return answered
    if (found.size >= mostFolders) found.clear()
    const answer = read(folder, files)
    found.set(folder, answer)
    return answer
  }
}

/** A function of a word, worked out once for each. */
export function forEachWord<T>(answer: (word: string) => T): (word: string) => T {
  const known = new Map<string, T>()
  return (word) => {
    if (!known.has(word)) known.set(word, answer(word))
    return known.get(word)!
  }
}
