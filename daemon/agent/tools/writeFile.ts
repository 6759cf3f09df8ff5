import * as z from 'zod'
import type { ToolContext, ToolResult } from '../tool.ts'
import { defineTool } from './define.ts'
import { sha256 } from './digest.ts'
import { shownPath, toolPath } from './path.ts'
import { readForWrite } from './readForWrite.ts'
import { counted } from './text.ts'
import description from './writeFile.md'

/** Creates a file, or replaces its whole content. */
export const writeFile = () =>
  defineTool({
    name: 'write_file',
    description,
    arguments: z.strictObject({ path: z.string(), content: z.string() }),
    plan({ path: written, content }, { root }) {
      const target = toolPath(root, written)
      if (target.type === 'invalid') return target
      const { path } = target
      const bytes = Buffer.from(content)
      return {
        type: 'planned',
        action: { type: 'write', path, size: bytes.length, sha256: sha256(bytes) },
        run: (context) => write(context, path, shownPath(root, path), bytes),
      }
    },
  })

async function write(context: ToolContext, path: string, shown: string, bytes: Buffer): Promise<ToolResult> {
  const current = await readForWrite(context.sandbox, path)
  if (current.type === 'refused') return { outcome: 'error', output: current.message, summary: current.message }
  const before = current.type === 'file' ? current.bytes : null
  if (before && bytes.equals(before)) {
    return { outcome: 'ok', output: `${shown} already has this content.`, summary: 'unchanged' }
  }
  await context.beforeWrite(path, before, current.type === 'file' ? current.mode : 0o644)
  context.signal.throwIfAborted()
  const done = await context.sandbox.writeFile(path, bytes)
  if (done.type === 'fault') return { outcome: 'error', output: done.message, summary: done.message }
  const summary = `${before ? 'replaced' : 'created'}, ${counted(lineCount(bytes), 'line')}`
  return { outcome: 'ok', output: `${shown} ${summary}.`, summary }
}

function lineCount(bytes: Buffer): number {
  let feeds = 0
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) feeds++
  return bytes.length > 0 && bytes[bytes.length - 1] !== 10 ? feeds + 1 : feeds
}
