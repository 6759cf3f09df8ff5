import type { Container } from 'dockerode'
import type { Confinement } from '../cgroup/confinement.ts'
import { ExecSandbox, type ExecSandboxParams } from '../execServer/execSandbox.ts'
import { hitLimits, limitCounters } from './limitCounters.ts'

export interface DockerSandboxParams extends Omit<ExecSandboxParams, 'watchLimits'> {
  /** Of what Docker does not hold: the disk. */
  readonly confinement: Confinement
}

/** A container with an exec server in it. */
export class DockerSandbox extends ExecSandbox {
  readonly #container: Container

  constructor(container: Container, params: DockerSandboxParams) {
    const { confinement, onEnd, limits = {} } = params
    const isCounted = limits.memoryMiB === 'whole' || limits.processes === 'whole'
    const text = async (path: string) => {
      const read = await this.readFile(path, { maxBytes: 4096 })
      return read.type === 'read' ? Buffer.from(read.bytes).toString() : ''
    }
    let before = { memory: 0, processes: 0 }
    const watchLimits = () => {
      const others = confinement.watch()
      return async () => {
        const now = isCounted ? await limitCounters(text) : before
        const hit = hitLimits(before, now)
        before = now
        return [...hit, ...(await others())]
      }
    }
    super({
      ...params,
      ...(Object.keys(limits).length > 0 ? { watchLimits } : {}),
      onEnd: async (why) => {
        await confinement.end()
        await onEnd?.(why)
      },
    })
    this.#container = container
    confinement.onTooLarge(() => this.killAll())
  }

  async freeze(): Promise<void> {
    await this.#container.pause()
  }

  async thaw(): Promise<void> {
    await this.#container.unpause()
  }

  override async close(): Promise<void> {
    // What is frozen would not see that its input has ended.
    await this.thaw().catch(() => {})
    await super.close()
  }
}
