import { createRequire } from 'node:module'
import * as vscode from 'vscode'
import { build } from '#client/build.ts'
import { client } from './client.ts'
import type { DaemonConnection } from './daemonConnection.ts'
import type { startSkillClient } from './skillClient.ts'

/** Starts the skill language service when the first skill is opened, and not before: its client is a bundle of its own. */
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
    log,
  })
}

function isSkill({ uri, languageId }: vscode.TextDocument): boolean {
  return uri.scheme === 'file' && (languageId === 'skill' || /\/SKILL\.md$/.test(uri.path))
}
