import { createRequire } from 'node:module'
import * as vscode from 'vscode'
import { build } from '#client/build.ts'
import { client } from './client.ts'
import type { DaemonConnection } from './daemonConnection.ts'
import type { startSkillClient } from './skillClient.ts'

/** Starts the skill language service when the first skill or relative of one is opened, and not before: its client is a bundle of its own. */
export function serveSkills(connection: DaemonConnection, log: vscode.LogOutputChannel): vscode.Disposable {
  let running: Promise<{ dispose(): Promise<void> }> | null = null
  const look = () => {
    if (running || !vscode.workspace.isTrusted || !vscode.workspace.textDocuments.some(isSkill)) return
    running = start(connection, log)
    running.catch((error) => {
      running = null
      log.error('The skill language service could not be started.', error)
    })
  }
  look()
  return vscode.Disposable.from(
    vscode.workspace.onDidOpenTextDocument(look),
    vscode.workspace.onDidGrantWorkspaceTrust(look),
    { dispose: () => void running?.then((language) => language.dispose()).catch(() => {}) },
  )
}

async function start(connection: DaemonConnection, log: vscode.LogOutputChannel) {
  const load = createRequire(__filename)
  const bundle = load('./skillClient.cjs') as { startSkillClient: typeof startSkillClient }
  const languages = await vscode.languages.getLanguages()
  return bundle.startSkillClient({
    client,
    build,
    ready: () => connection.use(),
    complement: languages.includes('skill'),
    commands: [],
    log,
  })
}

/** Files for whose sake the service is started; once it runs, it also reads other Markdown. */
const relatives =
  /\/(?:SKILL|AGENT|AGENTS|CLAUDE|CLAUDE\.local|GEMINI|MEMORY)\.md$|\.(?:agent|instructions)\.md$|\/\.(?:claude|agents)\/.*\.md$|\/agents\/openai\.ya?ml$/

function isSkill({ uri, languageId }: vscode.TextDocument): boolean {
  const ours = ['skill', 'chatagent', 'instructions', 'prompt'].includes(languageId)
  return uri.scheme === 'file' && (ours || relatives.test(uri.path))
}
