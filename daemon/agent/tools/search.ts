import * as z from 'zod'
import type { CommandResult } from '../../sandbox/sandbox.ts'
import type { ToolContext, ToolResult } from '../tool.ts'
import { defineTool } from './define.ts'
import { shownPath, toolPath } from './path.ts'
import description from './search.md'
import { counted } from './text.ts'

const maxMatches = 200
const maxLineLength = 300
const timeoutMs = 60_000
/** Output beyond this is not looked at: enough for `maxMatches` lines of ordinary length. */
const outputLimit = 128 * 1024

const oneLine = (text: string) => !/[\n\0]/.test(text)

/** Finds lines by a pattern, with grep inside the sandbox. */
export const search = () =>
  defineTool({
    name: 'search',
    description,
    arguments: z.strictObject({
      pattern: z.string().min(1).max(10_000).refine(oneLine, 'must be one line'),
      path: z.string().optional(),
      glob: z
        .string()
        .min(1)
        .max(1000)
        .refine((glob) => !glob.includes('/'), 'is matched against file names; use path for a folder')
        .refine(oneLine, 'must be one line')
        .optional(),
    }),
    plan({ pattern, path: written = '.', glob }, { root }) {
      const target = toolPath(root, written)
      if (target.type === 'invalid') return target
      const { path } = target
      const line = grepLine(pattern, shownPath(root, path), glob)
      return {
        type: 'planned',
        action: { type: 'search', path, pattern },
        run: (context) => run(context, root, line),
      }
    },
  })

function grepLine(pattern: string, path: string, glob: string | undefined): string[] {
  const options = ['-rnIHE', '--exclude-dir=.git', '--exclude-dir=node_modules', '--color=never', '-m', '50']
  if (glob !== undefined) options.push(`--include=${glob}`)
  options.push('-e', pattern, '--')
  // Without a path grep walks the workspace and names files without "./"; a name of "-" would be the standard input.
  if (path !== '.') options.push(path.startsWith('-') ? `./${path}` : path)
  return ['grep', ...options]
}

async function run({ sandbox, signal }: ToolContext, root: string, line: string[]): Promise<ToolResult> {
  const enough = new AbortController()
  let feeds = 0
  const result = await sandbox.exec(
    { line, cwd: root, timeoutMs, outputLimit },
    {
      signal: AbortSignal.any([signal, enough.signal]),
      onOutput: (stream, bytes) => {
        if (stream !== 'stdout') return
        for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) feeds++
        if (feeds > maxMatches) enough.abort()
      },
    },
  )
  signal.throwIfAborted()
  return searchResult(result)
}

function searchResult({ end, stdout, stderr, evidence }: CommandResult): ToolResult {
  const text = Buffer.from(stdout.head).toString('utf8')
  const lines = text.split('\n')
  const torn = lines.pop() ?? ''
  if (torn && stdout.omitted === 0 && end.type === 'exited') lines.push(torn)
  const shown = lines.slice(0, maxMatches).map(shortened)
  const complaint = Buffer.from(stderr.head).toString('utf8').trim().slice(0, 1000)
  const stopped = end.type === 'timedOut' ? `Stopped after ${timeoutMs / 1000} s; search a smaller folder.` : undefined
  const more =
    lines.length > maxMatches || stdout.omitted > 0 ? 'There are more matches; narrow the search.' : undefined
  // grep answers 1 for "no match" and 2 for trouble, with which it may still have found something.
  const broken = shown.length === 0 && (end.type !== 'exited' || end.code > 1)
  const notes = [more, stopped, complaint].filter((note) => note !== undefined && note !== '')
  const summary = broken
    ? 'the search failed'
    : shown.length === 0
      ? 'no match'
      : counted(shown.length, 'matching line')
  const body = shown.length === 0 && !broken ? ['No match.'] : shown
  const output = [...body, ...notes.map((note) => `[${note}]`)].join('\n') || '[The search failed.]'
  return { outcome: broken ? 'error' : 'ok', output, summary, evidence }
}

function shortened(line: string): string {
  return line.length <= maxLineLength ? line : `${line.slice(0, maxLineLength)} [… ${line.length - maxLineLength} more]`
}
