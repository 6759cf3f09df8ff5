import * as z from 'zod'
import type { LimitName } from '#protocol/sandbox.ts'
import type { CommandResult, ProcessCommand } from '../../sandbox/sandbox.ts'
import type { ToolContext, ToolResult } from '../tool.ts'
import { defineTool } from './define.ts'
import description from './exec.md'
import { newsResult } from './process.ts'
import { duration, outputText } from './text.ts'

/** Of each stream. */
const outputLimit = 64 * 1024
/** A server that cannot start says so at once. */
const firstWordMs = 1_000
const defaultTimeoutSeconds = 120

/** Runs a shell command inside the sandbox. */
export const exec = () =>
  defineTool({
    name: 'exec',
    description,
    arguments: z.strictObject({
      command: z
        .string()
        .min(1)
        .max(100_000)
        .refine((command) => !command.includes('\0'), 'holds a NUL character'),
      purpose: z.string().max(500).describe('Why, in a few words, for the user').optional(),
      timeout_seconds: z.int().min(1).max(3600).describe(`Default ${defaultTimeoutSeconds}`).optional(),
      network: z.boolean().optional(),
      background: z.boolean().optional(),
    }),
    plan: (
      { command, purpose, timeout_seconds = defaultTimeoutSeconds, network = false, background = false },
      { root },
    ) => ({
      type: 'planned',
      action: { type: 'command', command, cwd: root, network, ...(background && { background }) },
      ...(purpose !== undefined && { claim: purpose }),
      run: async (context) => {
        if (background) return startInBackground(context, { line: command, cwd: root, tag: context.tag })
        const request = {
          line: command,
          cwd: root,
          timeoutMs: timeout_seconds * 1000,
          outputLimit,
          network,
          tag: context.tag,
        }
        const result = await context.sandbox.exec(request, {
          signal: context.signal,
          onOutput: watch(context),
          hold: context.waits,
        })
        return toolResult(result)
      },
    }),
  })

async function startInBackground(context: ToolContext, command: ProcessCommand): Promise<ToolResult> {
  const { background, sandbox, signal } = context
  const news = await background.start(sandbox, command, { waitMs: firstWordMs, signal })
  if ('why' in news) return { outcome: 'error', output: `It did not start: ${news.why}`, summary: 'did not start' }
  return newsResult(news)
}

function toolResult(result: CommandResult): ToolResult {
  const stdout = outputText(result.stdout)
  const stderr = outputText(result.stderr)
  const { limitsHit: hit = [] } = result
  const limits = hit.map((name) => limitNames[name]).join(' and ')
  const end = endings[result.end.type](result.end as never) + (limits && `, at the sandbox’s limit on ${limits},`)
  const summary = `${end} in ${duration(result.durationMs)}`
  const parts = [`[${summary}]`]
  if (stdout) parts.push(stdout)
  if (stderr) parts.push(`[stderr]\n${stderr}`)
  if (!stdout && !stderr) parts.push('[no output]')
  const ok = result.end.type === 'exited' && result.end.code === 0
  const evidence = hit.length > 0 ? { ...result.evidence, limitsHit: [...hit] } : result.evidence
  return { outcome: ok ? 'ok' : 'error', output: parts.join('\n'), summary, evidence }
}

const limitNames: Record<LimitName, string> = {
  memoryMiB: 'memory',
  processes: 'processes',
  cpus: 'processor time',
  openFiles: 'open files',
  fileMiB: 'the size of a file',
  diskMiB: 'disk space',
  outputMiB: 'output',
}

type End = CommandResult['end']
const endings: { [T in End['type']]: (end: Extract<End, { type: T }>) => string } = {
  exited: ({ code }) => `exit ${code}`,
  signalled: ({ signal }) => `killed by ${signal}`,
  timedOut: ({ afterMs }) => `stopped at its time limit of ${duration(afterMs)}`,
  cancelled: () => 'cancelled',
  failedToStart: ({ why }) => `did not start (${why})`,
}

/** Both streams as one text, each decoded on its own so that no character is torn. */
function watch({ onOutput }: ToolContext) {
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() }
  return (stream: 'stdout' | 'stderr', bytes: Uint8Array) => {
    const text = decoders[stream].decode(bytes, { stream: true })
    if (text) onOutput(text)
  }
}
