import type { ToolCall } from '#protocol/event.ts'

/** The calls with ids that no other call of the conversation has: some providers leave them out or begin anew every time. */
export function distinctCalls(calls: readonly ToolCall[], step: number, taken: ReadonlySet<string>): ToolCall[] {
  const ids = new Set(taken)
  return calls.map((call, index) => {
    let id = call.id
    for (let turn = 0; id === '' || ids.has(id); turn++)
      id = `${call.id || 'call'}_${step}_${index}${turn ? `_${turn}` : ''}`
    ids.add(id)
    return { ...call, id }
  })
}
