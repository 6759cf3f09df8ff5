import * as vscode from 'vscode'
import type { Checkpoint } from '#protocol/checkpoint.ts'
import { visible } from '#protocol/visible.ts'
import { inert } from './approvalText.ts'
import type { EditorWindow } from './editorWindow.ts'
import { tell } from './messages.ts'

/** Makes a session's layer what it was at a checkpoint, once the user said so. */
export async function rewind({ connection }: EditorWindow, session: string, checkpoint: string): Promise<void> {
  const { checkpoints } = await connection.request('checkpoint/list', { session })
  const known = checkpoints.find(({ id }) => id === checkpoint)
  if (!known) return tell('this checkpoint is no longer kept; the oldest ones are dropped')
  const detail =
    'What the agent changed since then goes, whether by its tools or its commands. Your own files and what you kept stay as they are. The state of now becomes a checkpoint too, so you can come back.'
  const go = 'Rewind'
  const message = `Rewind this session's layer to ${new Date(known.at).toLocaleString()}?`
  if ((await vscode.window.showWarningMessage(message, { modal: true, detail }, go)) !== go) return
  const { result } = await connection.request('checkpoint/rewind', { session, checkpoint })
  if (result.type === 'failed') throw new Error(`It stopped at ${result.path}: ${result.why} Rewind again to go on.`)
  tell(result.files === 0 ? 'the layer is as it was then already' : `rewound; ${result.files} files went back`)
}

/** "Rewind Session…": every checkpoint of the session that is shown, the newest first. */
export async function rewindSession(window: EditorWindow): Promise<void> {
  const { connection, session } = window
  await connection.use()
  const { id } = session
  if (!id) return tell('open the session first that you want to rewind')
  const { checkpoints } = await connection.request('checkpoint/list', { session: id })
  if (checkpoints.length === 0) return tell('this session has no checkpoint yet; one is made after each step')
  const prompts = new Map(session.state?.tasks.map((task) => [task.id, task.prompt]))
  const items = checkpoints.toReversed().map((checkpoint) => ({
    label: checkpointLabel(checkpoint),
    description: new Date(checkpoint.at).toLocaleString(),
    detail: inert(visible(promptLine(prompts.get(checkpoint.task)))),
    checkpoint: checkpoint.id,
  }))
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Paddock: Rewind Session',
    placeHolder: 'To what it was…',
    matchOnDetail: true,
  })
  if (picked) await rewind(window, id, picked.checkpoint)
}

function checkpointLabel({ step }: Checkpoint): string {
  return step === 0 ? 'Before the first step' : `After step ${step}`
}

function promptLine(prompt: string | undefined): string {
  const line = prompt?.trim().split('\n', 1)[0] ?? 'an earlier task'
  return line.length > 120 ? `${line.slice(0, 119)}…` : line
}
