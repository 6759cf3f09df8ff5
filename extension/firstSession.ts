import type { SessionSummary } from '#protocol/session.ts'
import type { FolderState } from './folderState.ts'
import type { WindowSession } from './windowSession.ts'

/**
 * A window where no session was chosen yet begins with the one that needs its user: looked for once, when the sessions
 * are first known, so that a task begun elsewhere later does not push aside what the user is at.
 */
export function beginWith(
  state: FolderState,
  shown: WindowSession,
  isMeant: (session: SessionSummary) => boolean,
): { dispose: () => void } {
  const stop = state.listed.on(() => {
    stop()
    const first = firstSession(state.sessions.filter(isMeant))
    if (first) shown.propose(first.id)
  })
  return { dispose: stop }
}

/** Of sessions, the newest first: one that waits for an answer, else one at work, else the newest if it left changes. */
export function firstSession(sessions: readonly SessionSummary[]): SessionSummary | undefined {
  const [newest] = sessions
  return (
    sessions.find(({ state }) => state === 'waiting') ??
    sessions.find(({ state }) => state !== 'idle') ??
    (newest && newest.changedFiles > 0 ? newest : undefined)
  )
}
