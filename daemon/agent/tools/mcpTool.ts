import { canonicalJson } from '#protocol/canonicalJson.ts'
import type { Tool, ToolResult } from '../tool.ts'
import { sha256 } from './digest.ts'

/** A tool as an MCP server declares it: all that it says, whatever that is beside these. */
export interface DeclaredTool {
  readonly name: string
  readonly description?: string
  readonly inputSchema: Readonly<Record<string, unknown>>
  readonly [said: string]: unknown
}

export interface McpToolParams {
  /** As the user named it; without a slash. */
  readonly server: string
  readonly declared: DeclaredTool
  /** What the server says of it now; undefined where it has it no more. */
  readonly declaredNow: () => DeclaredTool | undefined
  /** Calls it. Rejects only with the signal's reason. */
  readonly call: (args: object, signal: AbortSignal) => Promise<{ readonly text: string; readonly isError: boolean }>
}

/**
 * A tool of an MCP server. Its action names the server and the hash of all that the server says of the tool, so consent
 * is consent to just that: a tool that describes itself in another way is another one, also between the yes and the call.
 */
export function mcpTool({ server, declared, declaredNow, call }: McpToolParams): Tool {
  const schema = schemaOf(declared)
  const { name: tool, description = '', inputSchema } = declared
  return {
    spec: { name: `mcp__${server}__${tool}`, description, parameters: inputSchema },
    plan: (args) => ({
      type: 'planned',
      // What is shown is what is sent.
      action: { type: 'mcp', server, tool, schema, arguments: canonicalJson(args) },
      run: async ({ signal }) => {
        const now = declaredNow()
        if (!now || schemaOf(now) !== schema) return notCalled
        const { text, isError } = await call(args as object, signal)
        const outcome = isError ? 'error' : 'ok'
        return { outcome, output: text, summary: isError ? 'the server says that it failed' : 'called' }
      },
    }),
  }
}

const notCalled: ToolResult = {
  outcome: 'error',
  output: 'Nothing was called: the server describes this tool in another way by now, or has it no more.',
  summary: 'not called: it is another tool by now',
}

function schemaOf(declared: DeclaredTool): string {
  return sha256(canonicalJson(declared))
}
