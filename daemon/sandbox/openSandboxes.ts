import type { SandboxInfo } from '#protocol/sandbox.ts'
import type { Sandbox } from './sandbox.ts'

interface OpenOne {
  readonly session: string
  readonly since: number
  readonly sandbox: Sandbox
  readonly maySave: boolean
  frozen: boolean
}

const portsWithinMs = 1_000

/** The sandboxes that are open over one workspace. */
export class OpenSandboxes {
  readonly #all = new Set<OpenOne>()
  readonly #onChange: () => void

  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  get size(): number {
    return this.#all.size
  }

  /** `maySave`: its memory may be written to the disk. */
  add(session: string, sandbox: Sandbox, { maySave }: Pick<OpenOne, 'maySave'>): void {
    const one: OpenOne = { session, since: Date.now(), sandbox, maySave, frozen: false }
    this.#all.add(one)
    void sandbox.closed.then(() => {
      this.#all.delete(one)
      this.#onChange()
    })
    this.#onChange()
  }

  /** Nothing inside runs from then on: held where the kind can, closed where it cannot. */
  async freeze(): Promise<void> {
    await this.#each(async (one) => {
      if (one.frozen) return
      if (!one.sandbox.freeze) return one.sandbox.close()
      try {
        await one.sandbox.freeze()
        one.frozen = true
      } catch {
        await one.sandbox.close()
      }
    })
  }

  /** Of all that are frozen: whether each was saved, or one of them is only held. Nothing where there are none. */
  async saveMemory(): Promise<SandboxInfo['memory']> {
    let isSaved = true
    await this.#each(async ({ frozen, sandbox, maySave }) => {
      if (!frozen) return
      try {
        if (!maySave || !sandbox.saveMemory) throw new Error('it is not to be saved')
        await sandbox.saveMemory()
      } catch {
        isSaved = false
      }
    })
    if (this.size === 0) return undefined
    return isSaved ? 'saved' : 'held'
  }

  /** One that does not come back is closed. */
  async thaw(): Promise<void> {
    await this.#each(async (one) => {
      if (!one.frozen) return
      try {
        await one.sandbox.thaw?.()
        one.frozen = false
      } catch {
        await one.sandbox.close()
      }
    })
  }

  async close(): Promise<void> {
    await this.#each(({ sandbox }) => sandbox.close())
  }

  async describe(): Promise<SandboxInfo['open']> {
    return Promise.all(
      [...this.#all].map(async ({ session, since, sandbox, frozen }) => ({
        session,
        kind: sandbox.kind,
        ...(sandbox.runner ? { runner: sandbox.runner } : {}),
        since,
        limits: { ...sandbox.limits },
        ports: frozen ? [] : await portsOf(sandbox),
        ...(sandbox.resumed ? { resumed: sandbox.resumed } : {}),
      })),
    )
  }

  async #each(work: (one: OpenOne) => Promise<void>): Promise<void> {
    await Promise.all([...this.#all].map((one) => work(one).catch(() => {})))
  }
}

/** What is inside may be slow to answer, or gone: that is no reason not to tell the rest. */
async function portsOf(sandbox: Sandbox) {
  const { promise: late, resolve } = Promise.withResolvers<[]>()
  const timer = setTimeout(() => resolve([]), portsWithinMs)
  const ports = await Promise.race([sandbox.ports().catch(() => []), late])
  clearTimeout(timer)
  return ports.slice(0, 200).map(({ port, program }) => (program === undefined ? { port } : { port, program }))
}
