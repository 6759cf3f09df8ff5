import { LanguageClient, type LanguageClientOptions } from 'vscode-languageclient/node'
import { openSkillChannel } from '#client/skillChannel.ts'

interface SkillClientParams {
  readonly client: { readonly name: string; readonly version: string }
  readonly build: string
  /** Makes sure that a daemon runs. */
  readonly ready: () => Promise<unknown>
  /** The editor has a SKILL.md support of its own: add only what it lacks. */
  readonly complement: boolean
  readonly log: LanguageClientOptions['outputChannel']
}

/** Starts the client of the skill language service, on a stream of its own to the daemon. It comes back when that closes. */
export async function startSkillClient({ client, build, ready, complement, log }: SkillClientParams) {
  const language = new LanguageClient(
    'paddock.skills',
    'Paddock skills',
    async () => {
      await ready()
      return openSkillChannel({ client, build })
    },
    {
      documentSelector: [
        { language: 'skill', scheme: 'file' },
        { language: 'markdown', scheme: 'file', pattern: '**/SKILL.md' },
      ],
      initializationOptions: { complement },
      ...(log ? { outputChannel: log } : {}),
      connectionOptions: { maxRestartCount: 10 },
    },
  )
  await language.start()
  return language
}
