import type { SessionSummary } from '#protocol/session.ts'
import { sessionStateNames } from '../wording.ts'

/** A session's state at a glance, and in words for who cannot see it. */
export function StateDot({ state }: { state: SessionSummary['state'] }) {
  return (
    <span class={`dot ${state}`} role="img" aria-label={sessionStateNames[state]} title={sessionStateNames[state]} />
  )
}
