import { createRequire } from 'node:module'
import * as vscode from 'vscode'
import { build } from '#client/build.ts'
import { client } from './client.ts'
import type { DaemonConnection } from './daemonConnection.ts'
import type { SkillClient, startSkillClient } from './skillClient.ts'
import type { ClientExplanation } from './skillExplanationText.ts'

/** The skill language service. It is started when the first skill or relative of one is opened, and not before: its client is a bundle of its own. */
export class SkillLanguage {
  readonly #connection: DaemonConnection
  readonly #log: vscode.LogOutputChannel
  readonly #looks: vscode.Disposable
  #running: Promise<SkillClient> | null = null

  constructor(connection: DaemonConnection, log: vscode.LogOutputChannel) {
    this.#connection = connection
    this.#log = log
    const look = () => {
      if (!vscode.workspace.isTrusted || !vscode.workspace.textDocuments.some(isSkill)) return
      this.#client().catch((error) => log.error('The skill language service could not be started.', error))
    }
    look()
    this.#looks = vscode.Disposable.from(
      vscode.workspace.onDidOpenTextDocument(look),
      vscode.workspace.onDidGrantWorkspaceTrust(look),
    )
  }

  /** What each client makes of an open skill; null where it is none. */
  async explain(uri: vscode.Uri): Promise<readonly ClientExplanation[] | null> {
    return (await this.#client()).explain(uri)
  }

  dispose(): void {
    this.#looks.dispose()
    void this.#running?.then((language) => language.dispose()).catch(() => {})
  }

  #client(): Promise<SkillClient> {
    if (this.#running) return this.#running
    const running = start(this.#connection, this.#log)
    this.#running = running
    running.catch(() => {
      this.#running = null
    })
    return running
  }
}

async function start(connection: DaemonConnection, log: vscode.LogOutputChannel): Promise<SkillClient> {
  const load = createRequire(__filename)
  const bundle = load('./skillClient.cjs') as { startSkillClient: typeof startSkillClient }
  const languages = await vscode.languages.getLanguages()
  // Asked after the round trip before, when activation has registered its own.
  const commands = await vscode.commands.getCommands(true)
  return bundle.startSkillClient({
    client,
    build,
    ready: () => connection.use(),
    complement: languages.includes('skill'),
    commands: commands.filter((command) => command.startsWith('paddock.skills.')),
    log,
  })
}

/** Files for whose sake the service is started; once it runs, it also reads other Markdown. */
const relatives = [
  /\/(?:SKILL|AGENT|AGENTS|AGENTS\.override|CLAUDE|CLAUDE\.local|GEMINI|MEMORY)\.md$/,
  /\.(?:agent|chatmode|instructions|prompt)\.md$/,
  /\/\.(?:claude|agents|opencode|cursor)\/.*\.mdc?$/,
  /\/agents\/openai\.ya?ml$/,
  /\/\.(?:claude|agents|codex|cursor)-plugin\/[^/]+\.json$/,
  /\/(?:skills-lock|hooks\/hooks|evals?\/evals)\.json$/,
]

function isSkill({ uri, languageId }: vscode.TextDocument): boolean {
  const ours = ['skill', 'chatagent', 'instructions', 'prompt'].includes(languageId)
  return uri.scheme === 'file' && (ours || relatives.some((relative) => relative.test(uri.path)))
}
