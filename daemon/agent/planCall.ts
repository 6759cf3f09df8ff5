import type { ToolCall } from '#protocol/event.ts'
import type { Tool, ToolPlan } from './tool.ts'

/** What a call would do, or why it cannot be: told to whoever wrote it. `cut`: the reply ended too early. */
export function planCall(
  tools: ReadonlyMap<string, Tool>,
  { tool: name, arguments: text }: Pick<ToolCall, 'tool' | 'arguments'>,
  root: string,
  cut = false,
): ToolPlan {
  const tool = tools.get(name)
  if (!tool) {
    const known = [...tools.keys()].join(', ')
    return { type: 'invalid', message: `There is no tool ${JSON.stringify(name)}. The tools are: ${known}.` }
  }
  const parsed = parseArguments(text)
  if (parsed.type === 'object') return tool.plan(parsed.value, { root })
  const hint = cut ? ' Your reply was cut off by the provider’s length limit: make the call smaller.' : ''
  return { type: 'invalid', message: `The call was not run: ${parsed.why}${hint}` }
}

export function toolsByName(tools: readonly Tool[]): ReadonlyMap<string, Tool> {
  return new Map(tools.map((tool) => [tool.spec.name, tool]))
}

/** Strict: one JSON object, never repaired. */
function parseArguments(text: string): { type: 'object'; value: object } | { type: 'malformed'; why: string } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(0, 200) : 'malformed'
    return { type: 'malformed', why: `its arguments are not valid JSON (${why}). Send them again as one JSON object.` }
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { type: 'object', value }
  return { type: 'malformed', why: 'its arguments must be one JSON object.' }
}
