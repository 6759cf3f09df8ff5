import * as z from 'zod'
import { visible } from '#protocol/visible.ts'
import type { FileKind, FolderList } from '../../sandbox/sandbox.ts'
import type { ToolResult } from '../tool.ts'
import { defineTool } from './define.ts'
import description from './listDir.md'
import { toolPath } from './path.ts'

const limit = 1000

/** Lists the entries of one folder. */
export const listDir = () =>
  defineTool({
    name: 'list_dir',
    description,
    arguments: z.strictObject({ path: z.string().optional() }),
    plan({ path: written = '.' }, { root }) {
      const target = toolPath(root, written)
      if (target.type === 'invalid') return target
      const { path } = target
      return {
        type: 'planned',
        action: { type: 'list', path },
        run: async ({ sandbox }) => {
          const list = await sandbox.list(path, { limit })
          if (list.type === 'fault') return { outcome: 'error', output: list.message, summary: list.message }
          return listResult(list)
        },
      }
    },
  })

const marks: Record<FileKind, string> = { file: '', folder: '/', symlink: '@', other: '?' }

function listResult({ entries, truncated }: FolderList): ToolResult {
  // A name may hold a line end; spelled out, it cannot pass for two entries.
  const lines = entries.map(({ name, kind }) => visible(name).replaceAll('\n', '⟨U+000A⟩') + marks[kind])
  if (truncated) lines.push(`[The folder has more than these ${entries.length} entries.]`)
  const summary = entries.length === 1 ? '1 entry' : `${truncated ? 'more than ' : ''}${entries.length} entries`
  return { outcome: 'ok', output: lines.join('\n') || '[The folder is empty.]', summary }
}
