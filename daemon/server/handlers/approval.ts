import type { Sessions } from '../../session/sessions.ts'
import type { Handlers } from './handler.ts'

export function approvalHandlers(sessions: Sessions): Handlers<'approval/list' | 'approval/answer'> {
  return {
    'approval/list': () => ({ approvals: sessions.approvals() }),
    'approval/answer': ({ approval, outcome }, { wire }) => {
      sessions.answer(approval, outcome, wire.client)
      return { outcome }
    },
  }
}
