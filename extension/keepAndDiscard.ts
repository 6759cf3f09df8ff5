import * as vscode from 'vscode'
import type { KeepAnswers, Selection } from '#protocol/change.ts'
import { visible } from '#protocol/visible.ts'
import { inert } from './approvalText.ts'
import type { ChangeSet } from './changeSet.ts'
import type { DaemonConnection } from './daemonConnection.ts'
import { askConsents } from './keepConsent.ts'
import { baseName, discardOutcome, keepOutcome, type Outcome, these } from './keepOutcome.ts'
import { complain, tell } from './messages.ts'

const mostSelections = 10_000

type Conflict = Outcome['conflicts'][number]

export interface KeepAndDiscardParams {
  readonly connection: DaemonConnection
  readonly changes: ChangeSet
  /** The folder that a session's changes belong to. */
  readonly folderOf: (session: string) => vscode.WorkspaceFolder | null
  /** Shows the agent's version beside the user's own file, there to be edited. */
  readonly openConflict: (session: string, path: string) => Promise<void>
  /** Shows what the agent changed in a file. */
  readonly openChange: (session: string, path: string) => Promise<void>
}

/** The one way from every surface of the editor to `change/keep` and `change/discard`. Writes no file itself. */
export class KeepAndDiscard {
  readonly #params: KeepAndDiscardParams

  constructor(params: KeepAndDiscardParams) {
    this.#params = params
  }

  async keep(session: string, selections: readonly Selection[]): Promise<void> {
    if (selections.length === 0 || !(await this.#saveDirty(session, selections))) return
    await this.#keep(session, selections, {})
  }

  async discard(session: string, selections: readonly Selection[]): Promise<void> {
    if (selections.length === 0) return
    const { results } = await this.#params.connection.request('change/discard', wire(session, selections))
    this.#report(session, discardOutcome(results))
  }

  async #keep(session: string, selections: readonly Selection[], answers: KeepAnswers): Promise<void> {
    const { results } = await this.#params.connection.request('change/keep', {
      ...wire(session, selections),
      ...answers,
    })
    const outcome = keepOutcome(results)
    this.#report(session, outcome)
    if (outcome.runsLater.length === 0) return
    const consents = await askConsents(outcome.runsLater, (path) => this.#params.openChange(session, path))
    const consented = new Set(consents.map(({ path }) => path))
    // Where its content changed while the question stood there, it is asked about anew.
    if (consents.length > 0) {
      await this.#keep(session, selected(selections, consented), { ...answers, consents })
    }
  }

  /** What is unsaved in an editor is not yet in the file that a keep merges with. False: the user wants neither. */
  async #saveDirty(session: string, selections: readonly Selection[]): Promise<boolean> {
    const folder = this.#params.folderOf(session)
    if (!folder) return true
    const files = new Set(selections.map(({ path }) => vscode.Uri.joinPath(folder.uri, path).toString()))
    const dirty = vscode.workspace.textDocuments.filter(({ uri, isDirty }) => isDirty && files.has(uri.toString()))
    if (dirty.length === 0) return true
    const which = these(dirty.map(({ uri }) => ({ path: uri.path })))
    const question =
      dirty.length === 1
        ? `${which} has unsaved edits. Save it and keep?`
        : `${which} have unsaved edits. Save them and keep?`
    const save = 'Save and Keep'
    if ((await vscode.window.showWarningMessage(question, { modal: true }, save)) !== save) return false
    const saved = await Promise.all(dirty.map((document) => document.save()))
    if (saved.every(Boolean)) return true
    void vscode.window.showErrorMessage(`Nothing was kept: ${which} could not be saved.`)
    return false
  }

  #report(session: string, outcome: Outcome): void {
    if (outcome.done) tell(outcome.done)
    if (outcome.stale.length > 0) {
      void this.#params.changes.refresh()
      const which = inert(these(outcome.stale.map((path) => ({ path }))))
      void vscode.window.showInformationMessage(`${which}: the agent has changed this meanwhile. Look at it again.`)
    }
    for (const { path, why, fix } of outcome.refusals) {
      void vscode.window.showErrorMessage(inert(`${visible(path)}: ${why} ${fix}`.trim()))
    }
    for (const conflict of outcome.conflicts) void this.#ask(session, conflict).catch(complain)
  }

  async #ask(session: string, { path, why, user }: Conflict): Promise<void> {
    const [open, take] = ['Compare with Mine', "Take the Agent's Version"]
    const message = inert(`${visible(baseName(path))} was not kept: ${why}`)
    // A file that the user deleted has nothing to be compared with.
    const answer = await vscode.window.showWarningMessage(message, ...(user ? [open] : []), take)
    if (answer === open) await this.#params.openConflict(session, path)
    if (answer !== take) return
    const selections = [{ path }]
    if (!(await this.#saveDirty(session, selections))) return
    await this.#keep(session, selections, { overwrite: { path, user } })
  }
}

/** Those of these files, whole where nothing in particular was selected of one. */
function selected(selections: readonly Selection[], paths: ReadonlySet<string>): Selection[] {
  return [...paths].map((path) => selections.find((one) => one.path === path) ?? { path })
}

/** More selections than one request can name are everything. */
function wire(session: string, selections: readonly Selection[]): { session: string; selections?: Selection[] } {
  return selections.length > mostSelections ? { session } : { session, selections: [...selections] }
}
