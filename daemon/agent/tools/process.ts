import * as z from 'zod'
import type { ProcessNews } from '../background.ts'
import type { ToolResult } from '../tool.ts'
import { defineTool } from './define.ts'
import description from './process.md'
import { outputText } from './text.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGKILL', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const

/** Talks to a program that runs in the background. */
export const processTool = () =>
  defineTool({
    name: 'process',
    description,
    arguments: z.strictObject({
      process: z.string().regex(/^p\d{1,9}$/, 'is no process: exec names it when it starts one'),
      input: z.string().min(1).max(100_000).optional(),
      signal: z.enum(signals).optional(),
      wait_seconds: z.int().min(0).max(600).describe('For news, default 1').optional(),
    }),
    plan: ({ process: id, input, signal: kill, wait_seconds = 1 }) => ({
      type: 'planned',
      action: {
        type: 'process',
        process: id,
        ...(input !== undefined && { input }),
        ...(kill !== undefined && { signal: kill }),
      },
      run: async ({ background, signal }) => {
        const process = background.get(id)
        if (!process) {
          const known = background.all.map((other) => `${other.id} (${other.command.slice(0, 80)})`).join(', ')
          const output = `There is no process ${id}. ${known ? `There are: ${known}.` : 'None was started in this sandbox.'}`
          return { outcome: 'error', output, summary: 'no such process' }
        }
        if (input !== undefined && !process.write(input)) {
          const { output } = newsResult(await process.look({ waitMs: 0, signal }))
          const why = 'does not read its input'
          return { outcome: 'error', output: `${output}\n[Nothing was written: it ${why}.]`, summary: `${id} ${why}` }
        }
        if (kill !== undefined) process.kill(kill)
        return newsResult(await process.look({ waitMs: wait_seconds * 1000, signal }))
      },
    }),
  })

/** What the model is told of a process. */
export function newsResult({ id, output, end }: ProcessNews): ToolResult {
  const text = outputText(output)
  const state = end ? endings[end.type](end as never) : 'runs'
  return {
    outcome: 'ok',
    output: [`[${id} ${state}]`, text || '[no new output]'].join('\n'),
    summary: `${id} ${state}`,
  }
}

type End = NonNullable<ProcessNews['end']>
const endings: { [T in End['type']]: (end: Extract<End, { type: T }>) => string } = {
  exited: ({ code }) => `ended with exit ${code}`,
  signalled: ({ signal }) => `was ended by ${signal}`,
  lost: ({ why }) => `is gone: ${why}`,
}
