import * as z from 'zod'
import type { FileFault, Sandbox } from '../../sandbox/sandbox.ts'
import type { ToolResult } from '../tool.ts'
import { defineTool } from './define.ts'
import { LineWindow } from './lineWindow.ts'
import { shownPath, toolPath } from './path.ts'
import description from './readFile.md'
import { counted } from './text.ts'

const maxLines = 2000
const maxBytes = 100_000
const chunkBytes = 1024 * 1024
/** So far into a file the tool looks for lines. */
const scanBytes = 256 * 1024 * 1024

const lineNumber = z.int().min(1).optional()

/** Reads a text file's lines, bounded. */
export const readFile = () =>
  defineTool({
    name: 'read_file',
    description,
    arguments: z.strictObject({ path: z.string(), start_line: lineNumber, end_line: lineNumber }),
    plan({ path: written, start_line: first = 1, end_line: last = Number.MAX_SAFE_INTEGER }, { root }) {
      const target = toolPath(root, written)
      if (target.type === 'invalid') return target
      if (last < first) return { type: 'invalid', message: 'The call was not run: end_line lies before start_line.' }
      const { path } = target
      return {
        type: 'planned',
        action: { type: 'read', path },
        run: async ({ sandbox, signal }) => {
          const window = new LineWindow(first, Math.min(last, first + maxLines - 1), maxBytes)
          const scan = await scanFile(sandbox, path, window, signal)
          const shown = shownPath(root, path)
          return scan.type === 'scanned' ? linesResult(window, scan, shown, first) : refusal(scan, shown)
        },
      }
    },
  })

interface Scanned {
  readonly type: 'scanned'
  readonly size: number
  readonly whole: boolean
}
type NotScanned = FileFault | { readonly type: 'binary' | 'tooFar'; readonly size: number }

async function scanFile(
  sandbox: Sandbox,
  path: string,
  window: LineWindow,
  signal: AbortSignal,
): Promise<Scanned | NotScanned> {
  for (let offset = 0; offset < scanBytes; ) {
    signal.throwIfAborted()
    const read = await sandbox.readFile(path, { offset, maxBytes: chunkBytes })
    if (read.type === 'fault') return read
    const { bytes, size } = read
    if (offset === 0 && bytes.subarray(0, 8192).includes(0)) return { type: 'binary', size }
    const wantsMore = window.take(bytes)
    offset += bytes.length
    if (!wantsMore) return { type: 'scanned', size, whole: false }
    if (bytes.length === 0 || offset >= size) return { type: 'scanned', size, whole: true }
  }
  return { type: 'tooFar', size: scanBytes }
}

function refusal(scan: NotScanned, shown: string): ToolResult {
  if (scan.type === 'fault') return { outcome: 'error', output: scan.message, summary: scan.message }
  const summary =
    scan.type === 'binary'
      ? `binary file, ${counted(scan.size, 'byte')}`
      : `lines beyond the first ${counted(scanBytes, 'byte')}`
  return { outcome: 'error', output: `${shown} cannot be read as text (${summary}). Look at it with exec.`, summary }
}

function linesResult(window: LineWindow, { size, whole }: Scanned, shown: string, first: number): ToolResult {
  if (size === 0) return { outcome: 'ok', output: '[The file is empty.]', summary: 'empty' }
  const last = window.lastKept
  if (last === 0) {
    const summary = `${shown} has only ${counted(window.seen, 'line')}`
    return { outcome: 'error', output: `${summary}; start_line was ${first}.`, summary }
  }
  const { text, notes } = forModel(window.bytes)
  const limit = counted(maxBytes, 'byte')
  if (window.cut) notes.push(`Cut inside line ${last}: a result holds at most ${limit}. Use exec for the rest of it.`)
  else if (!whole)
    notes.push(`Lines ${first} to ${last} of a file of ${counted(size, 'byte')}; go on with start_line ${last + 1}.`)
  else if (first > 1) notes.push(`Lines ${first} to ${last}, the end of the file.`)
  const ending = notes.length === 0 ? '' : `${text.endsWith('\n') ? '' : '\n'}[${notes.join(' ')}]`
  const summary = whole && first === 1 ? counted(last, 'line') : `lines ${first} to ${last}`
  return { outcome: 'ok', output: text + ending, summary }
}

/** What the model sees of the bytes, and what it has to know of them beside that. */
function forModel(bytes: Buffer): { text: string; notes: string[] } {
  const notes: string[] = []
  let text = bytes.toString('utf8')
  if (text.includes('\uFFFD') && !Buffer.from(text).equals(bytes)) {
    notes.push('Not valid UTF-8: \uFFFD stands for other bytes.')
  }
  if (text.startsWith('\uFEFF')) {
    text = text.slice(1)
    notes.push('The file begins with a byte order mark.')
  }
  if (text.includes('\r\n')) {
    text = text.replaceAll('\r\n', '\n')
    notes.push('The file has CRLF line ends; edit_file keeps them.')
  }
  return { text, notes }
}
