import { createHash } from 'node:crypto'
import type { Action } from '#protocol/approval.ts'
import { canonicalJson } from '#protocol/canonicalJson.ts'

/**
 * What an answer is bound to: SHA-256 (hex) over the canonical JSON of the tool's name and the action. Two calls with the
 * same hash would do the same; one byte of difference in command, path or content gives another.
 */
export function actionHash(tool: string, action: Action): string {
  return createHash('sha256').update(canonicalJson({ tool, action })).digest('hex')
}

/** What a grant for the session covers: just this action; a host and port whatever command wants them. */
export function grantKey(tool: string, action: Action): string {
  return actionHash(tool, action.type === 'connect' ? { ...action, command: '' } : action)
}
