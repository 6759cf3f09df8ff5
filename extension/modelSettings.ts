import * as vscode from 'vscode'
import type { DaemonClient } from '#client/daemonClient.ts'
import { DaemonError } from '#client/daemonError.ts'
import type { ParamsOf } from '#protocol/methods.ts'
import { modelParams, parseStoredKey, type StoredKey } from './modelParams.ts'

const keyName = 'paddock.model.key'

/** The user's model settings, and the key in the editor's secret storage. */
export class ModelSettings {
  readonly #secrets: vscode.SecretStorage

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets
  }

  get(): { baseUrl: string; name: string } {
    const settings = vscode.workspace.getConfiguration('paddock.model')
    return { baseUrl: settings.get('baseUrl', ''), name: settings.get('name', '') }
  }

  async key(): Promise<StoredKey | null> {
    return parseStoredKey(await this.#secrets.get(keyName))
  }

  async set(settings: { baseUrl: string; name: string }, key: StoredKey | null): Promise<void> {
    if (key) await this.#secrets.store(keyName, JSON.stringify(key))
    else await this.#secrets.delete(keyName)
    const configuration = vscode.workspace.getConfiguration('paddock.model')
    const value = (text: string) => text || undefined
    await configuration.update('baseUrl', value(settings.baseUrl), vscode.ConfigurationTarget.Global)
    await configuration.update('name', value(settings.name), vscode.ConfigurationTarget.Global)
  }

  async params(): Promise<ParamsOf<'model/configure'>> {
    return modelParams(this.get(), await this.key())
  }

  /** Calls back when a setting or the key changed. */
  onDidChange(listener: () => void): vscode.Disposable {
    return vscode.Disposable.from(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('paddock.model')) listener()
      }),
      this.#secrets.onDidChange(({ key }) => {
        if (key === keyName) listener()
      }),
    )
  }
}

/** On a new connection: a window where no model is set leaves the one that another window or a command line set. */
export async function greetWithModel(
  client: Pick<DaemonClient, 'request'>,
  settings: ModelSettings,
  log: vscode.LogOutputChannel,
): Promise<void> {
  if ((await settings.params()).model !== undefined) await configureModel(client, settings, log)
}

/** Tells the daemon which model answers. Trouble is reported and leaves the daemon's model as it was. */
export async function configureModel(
  client: Pick<DaemonClient, 'request'>,
  settings: ModelSettings,
  log: vscode.LogOutputChannel,
): Promise<void> {
  try {
    await client.request('model/configure', await settings.params())
  } catch (error) {
    log.error('The model could not be set.', error)
    if (error instanceof DaemonError) {
      void vscode.window.showErrorMessage(
        `Paddock: the model could not be set: ${error.message} Check paddock.model.baseUrl and paddock.model.name.`,
      )
    }
  }
}
