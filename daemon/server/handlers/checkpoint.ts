import type { Sessions } from '../../session/sessions.ts'
import type { Handlers } from './handler.ts'

export function checkpointHandlers(sessions: Sessions): Handlers<'checkpoint/list' | 'checkpoint/rewind'> {
  return {
    'checkpoint/list': async ({ session }) => ({ checkpoints: (await sessions.get(session)).checkpoints() }),
    'checkpoint/rewind': async ({ session, checkpoint }, { wire }) => ({
      result: await (await sessions.get(session)).rewind(checkpoint, wire.client),
    }),
  }
}
