import type { Sessions } from '../../session/sessions.ts'
import type { Handlers } from './handler.ts'

export function workspaceHandlers(sessions: Sessions): Handlers<'workspace/saved'> {
  return {
    'workspace/saved': async ({ folder }) => {
      await sessions.userSaved(folder)
      return {}
    },
  }
}
