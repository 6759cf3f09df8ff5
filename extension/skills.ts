import { createRequire } from 'node:module'
import * as vscode from 'vscode'
import { build } from '#client/build.ts'
import { client } from './client.ts'
import type { DaemonConnection } from './daemonConnection.ts'
import { Signal } from './signal.ts'
import type { startSkillClient } from './skillClient.ts'

/** The skill language service of this window. */
export interface SkillLanguage extends vscode.Disposable {
  /** Asks the service, and starts it where it does not run yet. */
  request<R>(method: string, params: unknown): Promise<R>
  /** What is known of skills may be another now. */
  readonly changed: Signal
}

/**
 * Starts the skill language service when the first skill or relative of one is opened or somebody asks, and not before: its client is a
 * bundle of its own.
 */
export function serveSkills(connection: DaemonConnection, log: vscode.LogOutputChannel): SkillLanguage {
  let running: ReturnType<typeof start> | null = null
  const changed = new Signal()
  const begin = () => {
    if (running) return running
    const starting = start(connection, log)
    running = starting
    starting.then(
      (language) => language.onChange(() => changed.emit()),
      (error) => {
        running = null
        log.error('The skill language service could not be started.', error)
      },
    )
    return starting
  }
  const look = () => {
    if (vscode.workspace.isTrusted && vscode.workspace.textDocuments.some(isSkill)) begin().catch(() => {})
  }
  look()
  const listening = vscode.Disposable.from(
    vscode.workspace.onDidOpenTextDocument(look),
    vscode.workspace.onDidGrantWorkspaceTrust(look),
  )
  return {
    changed,
    request: async (method, params) => (await begin()).request(method, params),
    dispose() {
      listening.dispose()
      running?.then((language) => language.dispose()).catch(() => {})
    },
  }
}

async function start(connection: DaemonConnection, log: vscode.LogOutputChannel) {
  const load = createRequire(__filename)
  const bundle = load('./skillClient.cjs') as { startSkillClient: typeof startSkillClient }
  const languages = await vscode.languages.getLanguages()
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
