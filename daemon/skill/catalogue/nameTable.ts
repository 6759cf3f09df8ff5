import { alone } from './alone.ts'
import type { RecordedName } from './catalogue.ts'

/** Names that many files say, each kept once. */
export class NameTable {
  /** By the name alone; few are said in more than one way. */
  readonly #names = new Map<string, RecordedName[]>()

  /** What stands in a text that goes. */
  shared(name: RecordedName): RecordedName {
    const alike = this.#names.get(name.name)
    const known = alike && sameAs(name, alike)
    return known ?? this.added({ ...name, namespace: alone(name.namespace), name: alone(name.name) })
  }

  /** A name that stands alone already. */
  added(name: RecordedName): RecordedName {
    const alike = this.#names.get(name.name)
    const known = alike && sameAs(name, alike)
    if (known) return known
    const { of, form, namespace, called } = name
    const added = { of, form, namespace, name: name.name, called }
    if (alike) alike.push(added)
    else this.#names.set(added.name, [added])
    return added
  }
}

function sameAs(
  { of, form, namespace, called }: RecordedName,
  alike: readonly RecordedName[],
): RecordedName | undefined {
  for (const each of alike) {
    if (each.of === of && each.form === form && each.called === called && each.namespace === namespace) return each
  }
  return undefined
}
