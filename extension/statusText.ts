import type { SessionSummary } from '#protocol/session.ts'
import { visible } from '#protocol/visible.ts'
import { inert } from './approvalText.ts'

export interface StatusText {
  readonly text: string
  readonly tooltip: string
  readonly waiting: boolean
  /** For those who hear it. */
  readonly label: string
}

/** What the status bar says of a folder's sessions; null where there is nothing to say. */
export function statusText(sessions: readonly SessionSummary[], approvals: number): StatusText | null {
  const live = sessions.filter(({ state }) => state !== 'idle')
  if (approvals > 0) {
    const what = approvals === 1 ? '1 approval' : `${approvals} approvals`
    return {
      text: `$(shield) Paddock: ${what}`,
      tooltip: `${what} wait for your answer. Click to answer.`,
      waiting: true,
      label: `Paddock: ${what} waiting for your answer. Shows them.`,
    }
  }
  if (live.length === 0) return null
  const what = live.length === 1 ? 'running' : `${live.length} sessions running`
  return {
    text: `$(loading~spin) Paddock: ${what}`,
    tooltip: live.map(({ title }) => inert(visible(title))).join('\n'),
    waiting: false,
    label: `Paddock: ${what}`,
  }
}

/** "waiting for you, 3 changed files" */
export function sessionDetail({ state, approvals, changedFiles, unsandboxed }: SessionSummary): string {
  const facts: string[] = unsandboxed ? ['no sandbox'] : []
  if (approvals > 0) facts.push(approvals === 1 ? 'waits for 1 approval' : `waits for ${approvals} approvals`)
  else if (state !== 'idle') facts.push(state)
  if (changedFiles > 0) facts.push(changedFiles === 1 ? '1 changed file' : `${changedFiles} changed files`)
  return facts.join(', ')
}
