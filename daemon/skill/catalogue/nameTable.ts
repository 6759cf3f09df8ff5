import { alone } from './alone.ts'
import type { RecordedName } from './catalogue.ts'

/** Names that many files say, each kept once. */
export class NameTable {
  /** By the name alone; few are said in more than one way. */
  readonly #names = new Map<string, RecordedName[]>()

  /** What stands in a text that goes. */
  shared(name: RecordedName): RecordedName {
    return this.#known(name) ?? this.added({ ...name, namespace: alone(name.namespace), name: alone(name.name) })
  }

  /** A name that stands alone already. */
  added({ of, form, namespace, name, called }: RecordedName): RecordedName {
    const added = { of, form, namespace, name, called }
    const known = this.#known(added)
    if (known) return known
    const alike = this.#names.get(name)
    if (alike) alike.push(added)
    else this.#names.set(name, [added])
    return added
  }

  #known({ of, form, namespace, name, called }: RecordedName): RecordedName | undefined {
    for (const each of this.#names.get(name) ?? none) {
      const isSame = each.of === of && each.form === form && each.called === called && each.namespace === namespace
      if (isSame) return each
    }
    return undefined
  }
}

const none: readonly RecordedName[] = []
