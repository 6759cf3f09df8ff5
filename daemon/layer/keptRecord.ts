import type { Base } from './base.ts'
import type { Kept } from './checkpointEntry.ts'
import type { CheckpointStore } from './checkpointStore.ts'
import type { Difference } from './difference.ts'
import { baseBytes, type Sides } from './sides.ts'
import { heldBase } from './takeCheckpoint.ts'

/**
 * Writes down for the checkpoints what is kept: a checkpoint from before the agent's change holds nothing of it, and
 * rewinding to that still has to know what the agent saw there.
 */
export class KeptRecord {
  readonly #sides: Sides
  readonly #store: CheckpointStore
  readonly #before = new Map<string, Base>()
  readonly #kept: Kept[] = []
  readonly #isOn: boolean

  constructor(sides: Sides, store: CheckpointStore) {
    this.#sides = sides
    this.#store = store
    this.#isOn = store.names().length > 0
    if (this.#isOn) store.begin()
  }

  /** To be called before the change is kept. */
  async before(difference: Difference): Promise<void> {
    if (!this.#isOn) return
    for (const { path, base } of ends(difference)) this.#before.set(path, await this.#held(path, base))
  }

  /** To be called once it is. */
  kept(difference: Difference): void {
    if (!this.#isOn) return
    for (const { path } of ends(difference)) {
      const before = this.#before.get(path)
      const after = this.#sides.bases.get(path)
      if (before && after) this.#kept.push({ path, before, after: heldBase(this.#sides, this.#store, after) })
    }
  }

  save(): void {
    this.#store.addKept(this.#kept)
  }

  /** Where nobody knows what the agent started from, it is what the user has. */
  async #held(path: string, base: Base): Promise<Base> {
    const { bases, user } = this.#sides
    if (base.type === 'unknown') {
      const { state, bytes } = await user.read(path)
      if (state.type === 'unusable') return base
      if (state.type !== 'file') return state
      if (bytes) this.#store.contents.put(bytes)
      return { ...state, stored: bytes !== undefined }
    }
    if (base.type !== 'file') return base
    if (base.stored) return heldBase(this.#sides, this.#store, base)
    const bytes = await baseBytes({ bases, user }, path, base)
    if (bytes) this.#store.contents.put(bytes)
    return { ...base, stored: bytes !== undefined }
  }
}

/** Both ends of a rename. */
function ends(difference: Difference): Difference[] {
  return difference.from ? [difference, difference.from] : [difference]
}
