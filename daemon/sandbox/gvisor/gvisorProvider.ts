import { sandboxUnavailable } from '#protocol/errors.ts'
import type { SandboxRunner, SandboxStatus } from '#protocol/sandbox.ts'
import type { DockerHost } from '../docker/dockerHost.ts'
import { dockerProvider } from '../docker/dockerProvider.ts'
import type { Environment } from '../environment.ts'
import type { OpenParams, Runners, Sandbox, SandboxProvider } from '../sandbox.ts'
import { directProvider } from './directProvider.ts'
import { gvisorEnvironment } from './gvisorEnvironment.ts'
import { readRunner, runnerFolder, writeRunner } from './runner.ts'

/** What gVisor is called among Docker's runtimes. */
export const runtimeName = 'runsc'

/**
 * Sandboxes with gVisor's kernel. Docker's engine runs them where it answers this user and knows the runtime, and they then
 * have what Docker's have: images, and system packages that stay. Otherwise the daemon runs runsc itself. A workspace keeps
 * what it began with: where that cannot be had any more it is refused, never run the other way.
 */
export function gvisorProvider(
  host: DockerHost,
): SandboxProvider & { readonly runners: Runners; readonly environment: Environment } {
  return new GvisorProvider(host)
}

class GvisorProvider implements SandboxProvider {
  readonly kind = 'gvisor'
  readonly layers = ['overlay'] as const
  readonly environment: Environment
  readonly runners: Runners
  readonly #host: DockerHost
  readonly #by: Readonly<Record<SandboxRunner, SandboxProvider>>

  constructor(host: DockerHost) {
    const docker = dockerProvider(host, { name: runtimeName, kind: this.kind })
    this.#host = host
    this.#by = { docker, runsc: directProvider({ hide: host.options.hide }) }
    this.environment = gvisorEnvironment({ docker: docker.environment })
    this.runners = { of: readRunner, settle: (store) => this.#settle(store) }
  }

  async cleanUp(): Promise<void> {
    await this.#by.runsc.cleanUp?.()
  }

  async probe(store?: string): Promise<SandboxStatus> {
    const runner = await this.#runnerOf(store)
    const status = await this.#by[runner].probe()
    return status.type === 'ready' ? { ...status, runner } : status
  }

  async open(params: OpenParams): Promise<Sandbox> {
    const { store, image } = params
    const runner = await this.#runnerOf(store)
    if (runner === 'runsc' && image) {
      const why = `The settings name an image (${image}), and this workspace's sandbox is run by runsc itself, which has none.`
      const fix = 'Leave the image empty; or give Docker the runtime runsc, and reset the sandbox.'
      throw sandboxUnavailable(this.kind, why, fix)
    }
    const sandbox = await this.#by[runner].open({ ...params, store: runnerFolder(store, runner) })
    try {
      // Before anything can be installed.
      await writeRunner(store, runner)
    } catch (error) {
      await sandbox.close()
      const why = `What runs it could not be written down: ${(error as Error).message}.`
      throw sandboxUnavailable(this.kind, why, `See that ${store} can be written and its disk has room.`)
    }
    return sandbox
  }

  async #settle(store: string): Promise<SandboxRunner> {
    const runner = await this.#runnerOf(store)
    await writeRunner(store, runner)
    return runner
  }

  async #runnerOf(store: string | undefined): Promise<SandboxRunner> {
    const settled = store === undefined ? undefined : readRunner(store)
    if (settled) return settled
    // An engine that is not there, or not for this user, runs nothing.
    const runtimes = await this.#host.runtimes().catch((): readonly string[] => [])
    return runtimes.includes(runtimeName) ? 'docker' : 'runsc'
  }
}
