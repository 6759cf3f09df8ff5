import { ExecSandbox } from '../execServer/execSandbox.ts'
import { ExecServer } from '../execServer/execServer.ts'
import { type NetworkPort, SandboxGone } from '../sandbox.ts'
import { launchHolder, type Plan } from './launch.ts'
import { mountAnew } from './refresh.ts'
import { cleanUp, sandboxParams } from './sandboxParams.ts'

/** A sandbox of namespaces. */
export class BubblewrapSandbox extends ExecSandbox {
  readonly #plan: Plan
  #refreshing: Promise<unknown> = Promise.resolve()

  /** Rejects with `StartFailure`. */
  static async open(plan: Plan, network?: NetworkPort): Promise<BubblewrapSandbox> {
    // Before the mount: what the user changes from now on may or may not be seen inside.
    const mountedAt = Date.now()
    try {
      return new BubblewrapSandbox(plan, await ExecServer.start(launchHolder(plan)), mountedAt, network)
    } catch (error) {
      await cleanUp(plan)
      throw error
    }
  }

  private constructor(plan: Plan, server: ExecServer, mountedAt: number, network: NetworkPort | undefined) {
    super({
      kind: 'bubblewrap',
      server,
      mountedAt,
      ...sandboxParams(plan),
      ...(network ? { network } : {}),
    })
    plan.confinement.onTooLarge(() => this.killAll())
    this.#plan = plan
  }

  /** What is asked of a frozen sandbox is answered once it is thawed; without control groups only commands stand still. */
  async freeze(): Promise<void> {
    const { group } = this.#plan.confinement
    if (group?.canFreeze) await group.freeze()
    else await this.server.request('f', [{ u8: 1 }], () => undefined)
  }

  async thaw(): Promise<void> {
    const { group } = this.#plan.confinement
    if (group?.canFreeze) group.thaw()
    else await this.server.request('f', [{ u8: 0 }], () => undefined)
  }

  override async close(): Promise<void> {
    // Frozen processes do not die.
    this.#plan.confinement.group?.thaw()
    await super.close()
  }

  async refresh(): Promise<boolean> {
    const refreshing = this.#refreshing.then(() => this.#refresh())
    this.#refreshing = refreshing.catch(() => {})
    return refreshing
  }

  async #refresh(): Promise<boolean> {
    const mountedAt = Date.now()
    try {
      const done = await mountAnew(this.#plan, this.server.pid!)
      if (done) this.mounted = mountedAt
      return done
    } catch (error) {
      const why = `its layer could not be mounted anew: ${String(error)}`
      await this.server.end(why)
      throw new SandboxGone(why)
    }
  }
}
