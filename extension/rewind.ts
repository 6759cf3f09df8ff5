import * as vscode from 'vscode'
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
