import type { Sessions } from '../../session/sessions.ts'
import type { Handlers } from './handler.ts'

export function approvalHandlers(sessions: Sessions): Handlers<'approval/list' | 'approval/answer'> {
  return {
    'approval/list': async () => ({ approvals: await sessions.approvals() }),
    'approval/answer': async ({ approval, outcome }, { wire }) => {
      await sessions.answer(approval, outcome, wire.client)
      return { outcome }
    },
  }
}
