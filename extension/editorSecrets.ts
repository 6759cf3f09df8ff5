import type * as vscode from 'vscode'
import type { DaemonClient } from '#client/daemonClient.ts'

const prefix = 'paddock.secret.'
const mostAtATime = 100

/** Values of sandbox secrets that the editor keeps. A daemon has them in memory for as long as it runs, and nowhere else. */
export class EditorSecrets {
  readonly #storage: vscode.SecretStorage

  constructor(storage: vscode.SecretStorage) {
    this.#storage = storage
  }

  async store(key: string, value: string): Promise<void> {
    await this.#storage.store(prefix + key, value)
  }

  async forget(key: string): Promise<void> {
    await this.#storage.delete(prefix + key)
  }

  /** Tells a daemon all of them, before anything is asked of it. */
  async provide(client: Pick<DaemonClient, 'request'>): Promise<void> {
    const keys = (await this.#storage.keys()).filter((key) => key.startsWith(prefix)).slice(0, 1_000)
    for (let at = 0; at < keys.length; at += mostAtATime) {
      const secrets: Record<string, string> = {}
      for (const key of keys.slice(at, at + mostAtATime)) {
        const value = await this.#storage.get(key)
        if (value) secrets[key.slice(prefix.length)] = value
      }
      if (Object.keys(secrets).length > 0) await client.request('sandbox/provideSecrets', { secrets })
    }
  }
}
