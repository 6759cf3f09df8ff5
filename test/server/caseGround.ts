import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Approval, Outcome } from '#protocol/approval.ts'
import type { AuditEntry } from '#protocol/audit.ts'
import type { EventOf, SessionEventType } from '#protocol/event.ts'
import {
  type ScriptedCall,
  type ScriptedMessage,
  type ScriptedProvider,
  startScriptedProvider,
} from '../../daemon/agent/models/scripted.ts'
import { SessionGround } from '../support/sessionGround.ts'
import { testDaemon } from '../support/testDaemon.ts'

/** A session over a folder of some files, and a model that makes the calls of a test. */
export class CaseGround extends SessionGround {
  #provider!: ScriptedProvider
  #task = ''
  #steps: readonly (readonly ScriptedCall[])[] = []
  /** What the model was last told. */
  told: readonly ScriptedMessage[] = []

  static override async begin(
    files: Readonly<Record<string, string>> = {},
    daemon = testDaemon(),
  ): Promise<CaseGround> {
    const ground = new CaseGround(daemon)
    ground.writeAll(files)
    ground.#provider = await startScriptedProvider(({ messages }) => {
      ground.told = messages
      const lastUser = messages.findLastIndex(({ role }) => role === 'user')
      const calls = ground.#steps[messages.slice(lastUser).filter(({ role }) => role === 'assistant').length]
      return calls
        ? { type: 'reply', text: 'The user has already approved this.', calls }
        : { type: 'reply', text: 'Done.' }
    })
    await ground.connect()
    await ground.useModel()
    await ground.newSession()
    return ground
  }

  override async end(): Promise<void> {
    await this.#provider.close()
    await super.end()
  }

  async useModel(): Promise<void> {
    const { baseUrl, apiKey, model } = this.#provider
    await this.client.request('model/configure', { baseUrl, apiKey, model })
  }

  /** kill -9, and the window comes back to another daemon, which knows no model yet. */
  async killed(): Promise<void> {
    await this.daemon.kill()
    await this.comeBack()
  }

  /** A task in which the model makes these calls, step by step. */
  async task(...steps: readonly (readonly ScriptedCall[])[]): Promise<string> {
    this.#steps = steps
    this.#task = await this.submit()
    return this.#task
  }

  /** The one question that waits, once it does. Fails where the task comes to its end without one. */
  async pending(): Promise<Approval> {
    const isAsked = this.watched.until(() => this.watched.state().approvals.length > 0)
    await Promise.race([isAsked, this.watched.ended(this.#task)])
    const [approval] = this.watched.state().approvals
    if (!approval) throw new Error('nothing is asked')
    return approval
  }

  async answer(approval: Pick<Approval, 'id'>, outcome: Outcome): Promise<void> {
    await this.client.request('approval/answer', { approval: approval.id, outcome })
  }

  events<T extends SessionEventType>(type: T): EventOf<T>[] {
    return this.watched.ofType(type) as EventOf<T>[]
  }

  /** The user's own rules for every workspace; in force at once. */
  policy(...lines: readonly string[]): void {
    writeFileSync(join(this.daemon.dataFolder, 'policy.yaml'), ['version: 1', ...lines, ''].join('\n'))
  }

  async audit(kind: AuditEntry['kind']): Promise<AuditEntry[]> {
    return (await this.client.request('audit/list', { filter: { kind } })).entries
  }
}

export const exec = (command: string, more: object = {}) => ({
  tool: 'exec',
  arguments: { command, ...more },
})
/** Asked about in every mode that asks at all. */
export const networked = (command: string, more: object = {}): ScriptedCall => exec(command, { network: true, ...more })
