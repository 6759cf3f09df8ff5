import type { Container } from 'dockerode'
import { ExecSandbox, type ExecSandboxParams } from '../execServer/execSandbox.ts'
import type { FileRead } from '../sandbox.ts'
import { hitLimits, limitCounters } from './limitCounters.ts'

/** A container with an exec server in it. */
export class DockerSandbox extends ExecSandbox {
  readonly #container: Container

  constructor(container: Container, params: Omit<ExecSandboxParams, 'watchLimits'>) {
    const { limits = {} } = params
    const watched = limits.memoryMiB === 'whole' || limits.processes === 'whole'
    let before = { memory: 0, processes: 0 }
    super({
      ...params,
      ...(watched
        ? {
            watchLimits: () => async () => {
              const now = await limitCounters((path) => this.#text(path))
              const hit = hitLimits(before, now)
              before = now
              return hit
            },
          }
        : {}),
    })
    this.#container = container
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

  async #text(path: string): Promise<string> {
    const read = await this.readFile(path, { maxBytes: 4096 })
    return read.type === 'read' ? Buffer.from((read as FileRead).bytes).toString() : ''
  }
}
