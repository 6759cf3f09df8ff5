import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { DaemonClient } from '#client/daemonClient.ts'
import type { Mode } from '#protocol/policy.ts'
import type { TaskState } from '#protocol/task.ts'
import type { Script, ScriptedCall, ScriptedProvider } from '../../daemon/agent/models/scripted.ts'
import { scriptSteps, useScript, type Watched, watch } from './conversation.ts'
import { type TestDaemon, testDaemon } from './testDaemon.ts'

/** A daemon with a session over a folder of some files, and a window that watches it; the model is what the test last put there. */
export class SessionGround {
  readonly daemon: TestDaemon
  client!: DaemonClient
  watched!: Watched
  readonly #providers: ScriptedProvider[] = []

  protected constructor(daemon: TestDaemon) {
    this.daemon = daemon
  }

  static async begin(files: Readonly<Record<string, string>> = {}, daemon = testDaemon()): Promise<SessionGround> {
    const ground = new SessionGround(daemon)
    ground.writeAll(files)
    await ground.connect()
    await ground.newSession()
    return ground
  }

  async end(): Promise<void> {
    for (const provider of this.#providers) await provider.close()
    await this.daemon.dispose()
  }

  /** The window is at another session from now on. */
  async newSession(mode?: Mode): Promise<void> {
    const params = { folder: this.daemon.folder, ...(mode && { mode }) }
    const { session } = await this.client.request('session/create', params)
    this.watched = await watch(this.client, session.id)
  }

  async use(script: Script): Promise<ScriptedProvider> {
    const provider = await useScript(this.client, script)
    this.#providers.push(provider)
    return provider
  }

  /** Each of `steps` is the calls of one reply; after them the model says "Done." */
  async useSteps(steps: readonly (readonly ScriptedCall[])[] = []): Promise<void> {
    this.#providers.push(await scriptSteps(this.client, steps))
  }

  async submit(prompt = 'go'): Promise<string> {
    return (await this.client.request('task/submit', { session: this.watched.id, prompt })).task
  }

  async cancel(task: string): Promise<TaskState> {
    return (await this.client.request('task/cancel', { session: this.watched.id, task })).state
  }

  /** An orderly stop, and the window comes back to another daemon, which knows no model yet. */
  async restarted(): Promise<void> {
    await this.client.request('daemon/shutdown', { whenIdle: false })
    await this.client.closed
    for (const provider of this.#providers.splice(0)) await provider.close()
    await this.comeBack()
  }

  /** Writes one of the user's own files. */
  write(path: string, text: string): void {
    const file = join(this.daemon.folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }

  protected writeAll(files: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(files)) this.write(path, text)
  }

  protected async connect(): Promise<void> {
    this.client = await this.daemon.connect('window 1')
  }

  protected async comeBack(): Promise<void> {
    await this.connect()
    this.watched = await watch(this.client, this.watched.id)
  }
}
