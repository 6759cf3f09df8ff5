import { setTimeout as delay } from 'node:timers/promises'

export interface DaemonLifeParams {
  readonly idleMs: number
  /** A task is at work. */
  readonly isBusy: () => boolean
  /** Somebody is connected, or a sandbox is open. */
  readonly isUsed: () => boolean
  /** Lets nobody new come. */
  readonly withdraw: () => Promise<void>
  /** Ends everything, once the requests under way are carried out. */
  readonly stop: () => Promise<void>
  readonly report: (line: string) => void
}

/** What is under way when the daemon is to go has so long to be carried out. */
const requestsMs = 5_000
const stopMs = 15_000

/** How long the daemon runs: until it is told to go, or has had nothing to do for a while. */
export class DaemonLife {
  readonly #params: DaemonLifeParams
  /** Requests that are being carried out: a keep that was begun is brought to its end. */
  readonly #requests = new Set<Promise<unknown>>()
  #goWhenIdle = false
  #going = false
  #idle: NodeJS.Timeout | undefined

  constructor(params: DaemonLifeParams) {
    this.#params = params
  }

  /** The daemon does not go in the middle of it. */
  during<T>(request: Promise<T>): Promise<T> {
    this.#requests.add(request)
    return request.finally(() => this.#requests.delete(request))
  }

  /** To be called whenever something began or ended that keeps the daemon. */
  look(): void {
    clearTimeout(this.#idle)
    if (this.#going) return
    const { isBusy, isUsed, idleMs } = this.#params
    const busy = isBusy()
    if (this.#goWhenIdle && !busy) return void this.go('asked to, and idle')
    if (busy || isUsed()) return
    this.#idle = setTimeout(() => void this.go('idle'), idleMs)
  }

  /** Somebody asks it to go; with `whenIdle` once no task is at work. True where it has to wait for that. */
  askToGo(whenIdle: boolean): boolean {
    const pending = whenIdle && this.#params.isBusy()
    this.#goWhenIdle = true
    // The answer goes out first.
    if (!pending && !this.#going) setImmediate(() => void this.go('asked to'))
    return pending
  }

  /** Ends the process in order; told twice, at once. */
  async go(why: string): Promise<void> {
    if (this.#going) return process.exit(1)
    this.#going = true
    const { report } = this.#params
    report(`going: ${why}`)
    // Whatever hangs or fails on the way: the next daemon needs the database.
    setTimeout(() => process.exit(1), stopMs).unref()
    await this.#stopInOrder().catch((error: unknown) => report(`while going: ${String(error)}`))
    process.exit(0)
  }

  async #stopInOrder(): Promise<void> {
    await this.#params.withdraw()
    await Promise.race([Promise.allSettled(this.#requests), delay(requestsMs)])
    await this.#params.stop()
  }
}
