import { alone } from './alone.ts'
import type { RecordedName } from './catalogue.ts'

/** Names that many files say, each kept once. */
export class NameTable {
  readonly #names = new Map<string, RecordedName>()

  shared({ of, form, namespace, name, called }: RecordedName): RecordedName {
    const key = `${of} ${form} ${called} ${namespace} ${name}`
    const known = this.#names.get(key)
    if (known) return known
    const added = { of, form, namespace: alone(namespace), name: alone(name), called }
    this.#names.set(alone(key), added)
    return added
  }
}
