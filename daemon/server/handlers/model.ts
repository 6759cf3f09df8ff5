import type { ModelStatus } from '#protocol/model.ts'
import type { Handlers } from './handler.ts'

/** Which model new tasks run on; main.ts holds it, with the key, in memory only. */
export interface ModelChoice {
  status(): ModelStatus
  configure(endpoint: { model?: string | undefined; baseUrl?: string | undefined; apiKey?: string | undefined }): void
}

export function modelHandlers(
  choice: ModelChoice,
  onChosen: (model: ModelStatus) => void,
): Handlers<'model/status' | 'model/configure'> {
  return {
    'model/status': () => ({ model: choice.status() }),
    'model/configure': (endpoint) => {
      choice.configure(endpoint)
      onChosen(choice.status())
      return { model: choice.status() }
    },
  }
}
