import { alone } from './alone.ts'
import type { RecordedName } from './catalogue.ts'

/** Names that many files say, each kept once. */
export class NameTable {
  readonly #names = new Map<string, RecordedName>()

  /** What stands in a text that goes. */
  shared(name: RecordedName): RecordedName {
    return (
      this.#names.get(keyOf(name)) ?? this.added({ ...name, namespace: alone(name.namespace), name: alone(name.name) })
    )
  }

  /** A name that stands alone already. */
  added({ of, form, namespace, name, called }: RecordedName): RecordedName {
    const key = keyOf({ of, form, namespace, name, called })
    const known = this.#names.get(key)
    if (known) return known
    const added = { of, form, namespace, name, called }
    this.#names.set(key, added)
    return added
  }
}

function keyOf({ of, form, namespace, name, called }: RecordedName): string {
  return `${of} ${form} ${called} ${namespace} ${name}`
}
