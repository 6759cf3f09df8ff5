import type { Sessions } from '../../session/sessions.ts'
import type { Handlers } from './handler.ts'

export function changeHandlers(
  sessions: Sessions,
): Handlers<'change/list' | 'change/hunks' | 'change/read' | 'change/keep' | 'change/discard'> {
  return {
    'change/list': async ({ session }) => {
      const { layer } = await sessions.get(session)
      const changes = await layer.changes()
      return { revision: layer.revision, changes, skipped: [...layer.skipped] }
    },
    'change/hunks': async ({ session, path }) => {
      const { layer } = await sessions.get(session)
      const hunks = await layer.hunks(path)
      return { revision: layer.revision, hunks }
    },
    'change/read': async ({ session, path, side }) => ({
      content: await (await sessions.get(session)).layer.read(path, side),
    }),
    'change/keep': async ({ session, selections, ...answers }, { wire }) => ({
      results: await (await sessions.get(session)).keep(selections ?? 'all', wire.client, answers),
    }),
    'change/discard': async ({ session, selections }, { wire }) => ({
      results: await (await sessions.get(session)).discard(selections ?? 'all', wire.client),
    }),
  }
}
