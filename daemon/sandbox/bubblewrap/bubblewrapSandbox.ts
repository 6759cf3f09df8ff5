import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { ExecSandbox } from '../execServer/execSandbox.ts'
import { ExecServer } from '../execServer/execServer.ts'
import { type Command, SandboxGone } from '../sandbox.ts'
import { environment, launchHolder, launchNetworked, type Plan, shell } from './launch.ts'

/**
 * A sandbox of namespaces: one exec server without a network and, from the first command that has it, a second one with
 * the machine's. Where either is lost the sandbox is gone.
 */
export class BubblewrapSandbox extends ExecSandbox {
  readonly #plan: Plan
  #networked: Promise<ExecServer> | undefined
  #gone: string | undefined

  /** Rejects with `StartFailure`. */
  static async open(plan: Plan): Promise<BubblewrapSandbox> {
    // Before the mount: what the user changes from now on may or may not be seen inside.
    const mountedAt = Date.now()
    try {
      return new BubblewrapSandbox(plan, await ExecServer.start(launchHolder(plan)), mountedAt)
    } catch (error) {
      await openUp(plan)
      throw error
    }
  }

  private constructor(plan: Plan, server: ExecServer, mountedAt: number) {
    super({
      kind: 'bubblewrap',
      server,
      root: plan.root,
      home: plan.home,
      environment: environment(plan),
      shell: shell(),
      mountedAt,
      onEnd: (why) => this.#endAll(why),
    })
    this.#plan = plan
  }

  override async killAll(): Promise<void> {
    const networked = await this.#networked?.catch(() => undefined)
    await Promise.all([super.killAll(), networked?.request('X', [], () => undefined)])
  }

  protected override serverFor({ network }: Command): ExecServer | Promise<ExecServer> {
    return network ? this.#withNetwork() : this.server
  }

  async #endAll(why: string): Promise<void> {
    this.#gone ??= why
    const networked = await this.#networked?.catch(() => undefined)
    await networked?.end(why)
    await openUp(this.#plan)
  }

  #withNetwork(): Promise<ExecServer> {
    if (this.#gone !== undefined) return Promise.reject(new SandboxGone(this.#gone))
    if (this.#networked) return this.#networked
    const starting = ExecServer.start(launchNetworked(this.#plan, this.server.pid!)).catch((error) => {
      // The next command that asks tries again.
      this.#networked = undefined
      throw this.#gone === undefined ? error : new SandboxGone(this.#gone)
    })
    this.#networked = starting
    starting.then(
      (server) => server.gone.then((why) => this.server.end(why)),
      () => {},
    )
    return starting
  }
}

/** The kernel leaves an unreadable folder in a layer's `work`, which its owner could not simply remove. */
async function openUp({ layer }: Plan): Promise<void> {
  await chmod(join(layer.work, 'work'), 0o700).catch(() => {})
}
