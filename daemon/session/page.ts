import type { LoggedEvent } from '#protocol/event.ts'
import { pageStarts } from './store.ts'

/** Characters of text that a page may hold: even if each took six bytes in JSON it would fit a frame. */
const pageWeight = 2_000_000

/** The first events of these that fit a page; always at least one. */
export function fitForward(events: readonly LoggedEvent[]): LoggedEvent[] {
  let weight = 0
  const end = events.findIndex((logged) => {
    weight += weightOf(logged)
    return weight > pageWeight
  })
  return events.slice(0, end < 0 ? events.length : Math.max(1, end))
}

/** The last events of these that fit a page and begin where a page may; at least those of the last step. */
export function fitBackward(events: readonly LoggedEvent[]): LoggedEvent[] {
  let weight = 0
  let start = events.length
  for (let i = events.length - 1; i >= 0; i--) {
    const logged = events[i] as LoggedEvent
    weight += weightOf(logged)
    if (weight > pageWeight && start < events.length) break
    if (i === 0 || pageStarts.includes(logged.event.type)) start = i
  }
  return events.slice(start)
}

function weightOf({ event }: LoggedEvent): number {
  const base = 500
  switch (event.type) {
    case 'taskSubmitted':
    case 'taskStarted':
      return (
        base + event.prompt.length + (event.references ?? []).reduce((sum, { text }) => sum + (text?.length ?? 0), 0)
      )
    case 'modelReplied':
      return (
        base +
        event.text.length +
        (event.reasoning?.length ?? 0) +
        event.calls.reduce((sum, call) => sum + call.arguments.length, 0)
      )
    case 'toolStarted':
      return base + JSON.stringify(event.action).length
    case 'toolFinished':
      return base + event.output.length
    case 'approvalAsked':
      return base + JSON.stringify(event.approval).length
    default:
      return base
  }
}
