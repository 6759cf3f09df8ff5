import type { Failure } from '#protocol/task.ts'
import type { Model } from './agent/model.ts'
import { demoModelName, demoScript } from './agent/models/demo.ts'
import type { ScriptedProvider } from './agent/models/scripted.ts'
import { TaskFailure } from './agent/taskFailure.ts'
import type { KnownSecrets } from './sandbox/redaction.ts'
import type { ModelChoice } from './server/handlers/model.ts'

const openaiBaseUrl = 'https://api.openai.com/v1'

/**
 * The endpoint that the user set, or the demo model: a scripted provider on loopback, started when it is first needed,
 * spoken to like any other. The key is held here and nowhere else,
 * but for what takes it out of all that is told (`known`).
 */
export function modelChoice(
  demoPaceMs: number,
  known: KnownSecrets,
): ModelChoice & { current(begunOn?: string): Promise<Model>; close(): Promise<void> } {
  let isSaid = false
  let endpoint: { model: string; baseUrl: string; apiKey: string } | undefined
  let demo: Promise<ScriptedProvider> | undefined
  return {
    status: () => ({
      demo: !endpoint,
      baseUrl: endpoint?.baseUrl ?? '',
      model: endpoint?.model ?? demoModelName,
      hasKey: Boolean(endpoint?.apiKey),
    }),
    configure({ model, baseUrl, apiKey }) {
      isSaid = true
      if (apiKey) known.add('model key', apiKey)
      // A key belongs to its endpoint: another endpoint never gets the old one.
      const kept = endpoint && endpoint.baseUrl === (baseUrl ?? openaiBaseUrl) ? endpoint.apiKey : ''
      endpoint = model ? { model, baseUrl: baseUrl ?? openaiBaseUrl, apiKey: apiKey ?? kept } : undefined
    },
    async current(begunOn) {
      // Settings are the editor's: after a restart, what a command line answers must not go on with whatever there is.
      if (!isSaid && begunOn !== undefined && begunOn !== demoModelName) throw new TaskFailure(notSaid(begunOn))
      // Loaded at the first task: HTTP takes longer to load than the daemon to start.
      const { openaiModel } = await import('./agent/models/openai.ts')
      if (endpoint) return openaiModel(endpoint)
      demo ??= startDemo(demoPaceMs).catch((error: unknown) => {
        demo = undefined
        throw error
      })
      return openaiModel(await demo)
    },
    close: async () => (await demo)?.close(),
  }
}

function notSaid(begunOn: string): Failure {
  return {
    code: 'modelUnreachable',
    message: `It was begun on ${begunOn}, and since Paddock started nobody has told it which model to use.`,
    fix: 'Open the folder in your editor, which tells it, then resume the task.',
  }
}

async function startDemo(paceMs: number): Promise<ScriptedProvider> {
  const { startScriptedProvider } = await import('./agent/models/scripted.ts')
  return startScriptedProvider(demoScript({ paceMs }), demoModelName)
}
