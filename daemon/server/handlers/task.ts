import type { Sessions } from '../../session/sessions.ts'
import type { Handlers } from './handler.ts'

export function taskHandlers(
  sessions: Sessions,
): Handlers<'task/submit' | 'task/cancel' | 'task/resume' | 'task/retry'> {
  return {
    'task/submit': async ({ session, prompt, references, submission }) => ({
      task: (await sessions.get(session)).tasks.submit(prompt, references, submission),
    }),
    'task/cancel': async ({ session, task }, { wire }) => ({
      state: await (await sessions.get(session)).tasks.cancel(task, wire.client),
    }),
    'task/resume': async ({ session, task }) => {
      ;(await sessions.get(session)).tasks.resume(task)
      return {}
    },
    'task/retry': async ({ session, task, submission }) => ({
      task: (await sessions.get(session)).tasks.retry(task, submission),
    }),
  }
}
