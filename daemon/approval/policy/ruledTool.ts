import type { Action } from '#protocol/approval.ts'

/** A tool as rules name it. */
export interface RuledTool {
  readonly tool: string
  /** SHA-256 of what it says of itself, where it is not Paddock's own. */
  readonly schema?: string
}

/** Of an MCP server: by server and tool, `github/create_issue`, whatever the model calls it. */
export function ruledTool(action: Action, tool: string): RuledTool {
  return action.type === 'mcp' ? { tool: `${action.server}/${action.tool}`, schema: action.schema } : { tool }
}
