import * as vscode from 'vscode'
import type { Approval } from '#protocol/approval.ts'
import type { PageCommand } from '#protocol/page.ts'
import { changeCommands, discardAll, keepAll, openChange, openFile, reviewAll } from './changeCommands.ts'
import { decidedCommands } from './decidedView.ts'
import { runDoctor } from './doctor.ts'
import type { Commands, EditorWindow } from './editorWindow.ts'
import { hunkCommands } from './hunkCommands.ts'
import { complain } from './messages.ts'
import { modeCommands } from './modeCommand.ts'
import { setUpModel } from './modelSetup.ts'
import { policyCommands } from './policyFiles.ts'
import { rewind, rewindSession } from './rewind.ts'
import { sandboxCommands } from './sandboxCommands.ts'
import { portCommands } from './sandboxPorts.ts'
import { sandboxSettingCommands } from './sandboxSettings.ts'
import { openSandboxTerminal } from './sandboxTerminal.ts'
import { secretCommands } from './secretCommands.ts'
import { sessionCommands } from './sessionCommands.ts'
import { skillCommands } from './skillCommands.ts'
import { taskCommands } from './taskCommands.ts'

/** Registers every command of the manifest; what one throws is told to the user and logged. */
export function registerCommands(window: EditorWindow): vscode.Disposable {
  const table: Commands = {
    ...sessionCommands(window),
    ...taskCommands(window),
    ...changeCommands(window),
    ...hunkCommands(window),
    ...approvalCommands(window),
    ...modeCommands(window),
    ...policyCommands(window),
    ...decidedCommands(window),
    ...sandboxCommands(window),
    ...sandboxSettingCommands(window),
    ...secretCommands(window),
    ...portCommands(window),
    ...skillCommands(window),
    'paddock.openSandboxTerminal': () => openSandboxTerminal(window),
    'paddock.showPolicy': () => showPolicy(window),
    'paddock.doctor': () => runDoctor(window),
    'paddock.rewindSession': () => rewindSession(window),
    'paddock.setModel': () => setUpModel(window.model),
    'paddock.showDaemonLog': () => showDaemonLog(window),
    'paddock.chooseFolder': async () => {
      if (await window.folders.ask({ again: true })) window.session.recall()
      window.chat.renew()
      await Promise.all([window.sandbox.refresh(), window.policy.refresh(), window.decisions.refresh()])
    },
  }
  return vscode.Disposable.from(
    ...Object.entries(table).map(([id, run]) =>
      vscode.commands.registerCommand(id, (...args: unknown[]) => guarded(window, id, () => run(...(args as never[])))),
    ),
  )
}

/** What the chat page asks of the editor. */
export function pageCommand(window: EditorWindow, command: PageCommand): Promise<void> {
  return guarded(window, command.name, () => run(window, command))
}

function run(window: EditorWindow, command: PageCommand): unknown {
  switch (command.name) {
    case 'reviewChanges':
      return reviewAll(window, command.session)
    case 'openChange':
      return openChange(window, command.session, command.path)
    case 'openFile':
      return openFile(window, window.session.id, command.path, command.line)
    case 'openLink':
      return vscode.env.openExternal(vscode.Uri.parse(command.url, true))
    case 'keepAll':
      return keepAll(window, command.session)
    case 'discardAll':
      return discardAll(window, command.session)
    case 'rewind':
      return rewind(window, command.session, command.checkpoint)
    case 'setModel':
      return setUpModel(window.model)
    case 'setMode':
      return vscode.commands.executeCommand('paddock.setMode')
    case 'retryConnection':
      return window.connection.retry()
    case 'manageTrust':
      return vscode.commands.executeCommand('workbench.trust.manage')
    case 'checkSandbox':
      return window.chat.renew()
  }
}

function approvalCommands({ answers }: EditorWindow): Commands {
  return {
    'paddock.answerApproval': async () => {
      const approval = await answers.pick('Paddock: which approval?')
      if (approval) await answers.askHow(approval)
    },
    'paddock.allowOnce': ({ id }: Approval) => answers.answerLine(id, { type: 'allowOnce' }),
    'paddock.deny': ({ id }: Approval) => answers.answerLine(id, { type: 'deny' }),
    'paddock.moreAnswers': (approval: Approval) => answers.askHow(approval),
    'paddock.showApproval': async (clicked?: Approval) => {
      const approval = clicked ?? (await answers.pick('Paddock: show which approval?'))
      if (approval) await answers.show(approval)
    },
  }
}

async function showPolicy({ connection, folders, documents }: EditorWindow): Promise<void> {
  const folder = await folders.ask()
  if (!folder) return
  const { text } = await connection.request('sandbox/policy', { folder: folder.uri.fsPath })
  await documents.show(`Policy of ${folder.name}.md`, text)
}

async function showDaemonLog({ connection, log }: EditorWindow): Promise<void> {
  if (connection.state.type !== 'connected') return log.show()
  const { logFile } = await connection.request('daemon/status', {})
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(logFile), { preview: true })
}

async function guarded({ log }: EditorWindow, name: string, work: () => unknown): Promise<void> {
  try {
    await work()
  } catch (error) {
    log.error(`${name} failed.`, error)
    complain(error)
  }
}
