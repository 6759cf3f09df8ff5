import type { ToolCall } from '#protocol/event.ts'

/**
 * The calls with ids that no other call of the task has, whatever the model called them and whatever was forgotten of
 * the task since: an approval holds for one call. Some providers leave ids out or begin anew every time.
 */
export function distinctCalls(calls: readonly ToolCall[], step: number): ToolCall[] {
  return calls.map((call, index) => ({ ...call, id: `${step}_${index}_${call.id || 'call'}` }))
}

/** The id that the model gave the call: some providers know their own ids again, and take no others. */
export function givenId(id: string): string {
  return id.replace(/^\d+_\d+_/, '')
}
