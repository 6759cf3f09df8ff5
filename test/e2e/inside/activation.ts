// Runs inside the extension host of a real VS Code; `extensionHost.e2e.ts` starts it.
import { writeFileSync } from 'node:fs'
import * as vscode from 'vscode'

/** What VS Code calls. Writes what it saw to the file that PADDOCK_SEEN names; the test outside judges. */
export async function run(): Promise<void> {
  const extension = vscode.extensions.getExtension('paddock.paddock')
  const activeBefore = extension?.isActive ?? false
  const startedAt = performance.now()
  await extension?.activate()
  const activationMs = performance.now() - startedAt
  const commands = (await vscode.commands.getCommands(true)).filter((command) => command.startsWith('paddock.'))
  const seen: Seen = { active: extension?.isActive ?? false, activeBefore, activationMs, commands }
  writeFileSync(process.env['PADDOCK_SEEN']!, JSON.stringify(seen))
}

export interface Seen {
  readonly active: boolean
  readonly activeBefore: boolean
  readonly activationMs: number
  readonly commands: readonly string[]
}
