import * as z from 'zod'
import type { ToolContext, ToolResult } from '../tool.ts'
import { defineTool } from './define.ts'
import { sha256 } from './digest.ts'
import description from './editFile.md'
import { shownPath, toolPath } from './path.ts'
import { readForWrite } from './readForWrite.ts'
import { replaceText } from './replaceText.ts'
import { counted, decodeText } from './text.ts'

interface Edit {
  readonly old: string
  readonly new: string
  readonly all: boolean
}

/** Replaces a part of a text file; every other byte stays. */
export const editFile = () =>
  defineTool({
    name: 'edit_file',
    description,
    arguments: z.strictObject({
      path: z.string(),
      old_text: z.string().min(1),
      new_text: z.string(),
      all: z.boolean().optional(),
    }),
    plan({ path: written, old_text, new_text, all = false }, { root }) {
      const target = toolPath(root, written)
      if (target.type === 'invalid') return target
      if (old_text === new_text) {
        return { type: 'invalid', message: 'The call was not run: old_text and new_text are the same.' }
      }
      const { path } = target
      const edit = { old: old_text, new: new_text, all }
      const hash = sha256(JSON.stringify([old_text, new_text, all]))
      return {
        type: 'planned',
        action: { type: 'write', path, size: Buffer.byteLength(new_text), sha256: hash, edit: true },
        run: (context) => apply(context, path, shownPath(root, path), edit),
      }
    },
  })

async function apply(context: ToolContext, path: string, shown: string, edit: Edit): Promise<ToolResult> {
  const current = await readForWrite(context.sandbox, path)
  if (current.type === 'refused') return failed(current.message)
  if (current.type === 'absent') return failed(`${shown} does not exist. Create it with write_file.`)
  const decoded = decodeText(current.bytes)
  if (decoded.type === 'binary') return failed(`${shown} is not UTF-8 text. Change it with exec.`)
  const replaced = replaceText(decoded.text, edit.old, edit.new, edit.all)
  if (replaced.type === 'missing') {
    return failed(`old_text does not occur in ${shown}. Read the file again and copy the text exactly.`)
  }
  if (replaced.type === 'ambiguous') {
    const { count, lines } = replaced
    const where = `${lines.join(', ')}${count > lines.length ? ', …' : ''}`
    return failed(
      `old_text occurs ${count} times in ${shown} (lines ${where}). Take in more lines around it, or set all.`,
    )
  }
  await context.beforeWrite(path, current.bytes, current.mode)
  context.signal.throwIfAborted()
  const done = await context.sandbox.writeFile(path, Buffer.from(replaced.text))
  if (done.type === 'fault') return failed(done.message)
  const lines = replaced.lines.length === 1 ? `at line ${replaced.lines[0]}` : counted(replaced.count, 'place')
  return { outcome: 'ok', output: `${shown} edited, ${lines}.`, summary: `edited, ${lines}` }
}

function failed(message: string): ToolResult {
  return { outcome: 'error', output: `Nothing was changed: ${message}`, summary: message }
}
