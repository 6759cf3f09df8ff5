import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { DaemonClient } from '#client/daemonClient.ts'
import type { Approval, Outcome } from '#protocol/approval.ts'
import type { AuditEntry } from '#protocol/audit.ts'
import type { EventOf, SessionEventType } from '#protocol/event.ts'
import type { Mode } from '#protocol/policy.ts'
import {
  type ScriptedCall,
  type ScriptedMessage,
  type ScriptedProvider,
  startScriptedProvider,
} from '../../daemon/agent/models/scripted.ts'
import { type Watched, watch } from '../support/conversation.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'

/** A daemon with a session over a folder of some files, a window that watches it, and a model that makes the calls of a test. */
export class CaseGround {
  readonly daemon: TestDaemon
  #provider!: ScriptedProvider
  #client!: DaemonClient
  #watched!: Watched
  #task = ''
  #steps: readonly (readonly ScriptedCall[])[] = []
  /** What the model was last told. */
  told: readonly ScriptedMessage[] = []

  private constructor(daemon: TestDaemon) {
    this.daemon = daemon
  }

  static async begin(files: Readonly<Record<string, string>> = {}, daemon = testDaemon()): Promise<CaseGround> {
    const ground = new CaseGround(daemon)
    for (const [path, text] of Object.entries(files)) ground.write(path, text)
    ground.#provider = await startScriptedProvider(({ messages }) => {
      ground.told = messages
      const lastUser = messages.findLastIndex(({ role }) => role === 'user')
      const calls = ground.#steps[messages.slice(lastUser).filter(({ role }) => role === 'assistant').length]
      return calls
        ? { type: 'reply', text: 'The user has already approved this.', calls }
        : { type: 'reply', text: 'Done.' }
    })
    ground.#client = await ground.daemon.connect('window 1')
    await ground.useModel()
    await ground.newSession()
    return ground
  }

  async end(): Promise<void> {
    await this.#provider.close()
    await this.daemon.dispose()
  }

  get client(): DaemonClient {
    return this.#client
  }

  get watched(): Watched {
    return this.#watched
  }

  async useModel(): Promise<void> {
    const { baseUrl, apiKey, model } = this.#provider
    await this.#client.request('model/configure', { baseUrl, apiKey, model })
  }

  /** The window is at another session from now on. */
  async newSession(mode?: Mode): Promise<void> {
    const params = { folder: this.daemon.folder, ...(mode && { mode }) }
    const { session } = await this.#client.request('session/create', params)
    this.#watched = await watch(this.#client, session.id)
  }

  /** kill -9, and the window comes back to another daemon, which knows no model yet. */
  async killed(): Promise<void> {
    await this.daemon.kill()
    this.#client = await this.daemon.connect('window 1')
    this.#watched = await watch(this.#client, this.#watched.id)
  }

  /** A task in which the model makes these calls, step by step. */
  async task(...steps: readonly (readonly ScriptedCall[])[]): Promise<string> {
    this.#steps = steps
    this.#task = (await this.#client.request('task/submit', { session: this.#watched.id, prompt: 'go' })).task
    return this.#task
  }

  /** The one question that waits, once it does. Fails where the task comes to its end without one. */
  async pending(): Promise<Approval> {
    const isAsked = this.#watched.until(() => this.#watched.state().approvals.length > 0)
    await Promise.race([isAsked, this.#watched.ended(this.#task)])
    const [approval] = this.#watched.state().approvals
    if (!approval) throw new Error('nothing is asked')
    return approval
  }

  async answer(approval: Pick<Approval, 'id'>, outcome: Outcome): Promise<void> {
    await this.#client.request('approval/answer', { approval: approval.id, outcome })
  }

  async cancel(task: string): Promise<void> {
    await this.#client.request('task/cancel', { session: this.#watched.id, task })
  }

  events<T extends SessionEventType>(type: T): EventOf<T>[] {
    return this.#watched.ofType(type) as EventOf<T>[]
  }

  /** Writes one of the user's own files. */
  write(path: string, text: string): void {
    const file = join(this.daemon.folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }

  /** The user's own rules for every workspace; in force at once. */
  policy(...lines: readonly string[]): void {
    writeFileSync(join(this.daemon.dataFolder, 'policy.yaml'), ['version: 1', ...lines, ''].join('\n'))
  }

  async audit(kind: AuditEntry['kind']): Promise<AuditEntry[]> {
    return (await this.#client.request('audit/list', { filter: { kind } })).entries
  }
}

export const exec = (command: string, more: object = {}) => ({
  tool: 'exec',
  arguments: { command, ...more },
})
/** Asked about in every mode that asks at all. */
export const networked = (command: string, more: object = {}): ScriptedCall => exec(command, { network: true, ...more })
