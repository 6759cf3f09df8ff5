import type { EventOf } from '#protocol/event.ts'

export type Decided = EventOf<'connectionDecided'>

/** Whether to tell of it: what the user refused a moment ago is no news. */
export function isNews(event: Decided): boolean {
  return event.decision.verdict === 'deny' && (event.decision.rule !== 'denied' || nobodyWasAsked(event))
}

/** Whether a rule is all that it lacks: not where a rule, or the kind of address, refused it. */
export function lacksRule(event: Decided): boolean {
  const { rule } = event.decision
  return rule === 'undecided' || rule === 'notAnswered' || nobodyWasAsked(event)
}

export function whyDenied(event: Decided): string {
  return event.decision.rule === 'notAnswered' || nobodyWasAsked(event)
    ? 'no rule of this workspace allows it'
    : event.decision.reason
}

/** Only for a task is somebody asked; a program of a terminal needs a rule. */
function nobodyWasAsked({ decision, task }: Decided): boolean {
  return decision.rule === 'denied' && task === undefined
}
