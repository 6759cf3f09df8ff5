import * as vscode from 'vscode'
import type { Location, Position } from 'vscode-languageclient'
import { LanguageClient, type LanguageClientOptions } from 'vscode-languageclient/node'
import { openSkillChannel } from '#client/skillChannel.ts'

interface SkillClientParams {
  readonly client: { readonly name: string; readonly version: string }
  readonly build: string
  /** Makes sure that a daemon runs. */
  readonly ready: () => Promise<unknown>
  /** The editor has a SKILL.md support of its own: add only what it lacks. */
  readonly complement: boolean
  /** Commands of this extension that lenses may run, beside the one that shows references. */
  readonly commands: readonly string[]
  readonly log: LanguageClientOptions['outputChannel']
}

export interface SkillClient {
  /** Asks the service what no editor's protocol has a word for. */
  request<R>(method: string, params: unknown): Promise<R>
  /** What is known of skills may be another now. */
  onChange(listener: () => void): void
  dispose(): Promise<void>
}

const showReferences = 'paddock.skills.showReferences'
const section = 'paddock.skills'

/** Files that are no Markdown, or that the editor may not know as such. */
const patterns = [
  '**/*.mdc',
  '**/agents/openai.{yaml,yml}',
  '**/{plugin,marketplace,skills-lock,eval_queries}.json',
  '**/hooks/hooks.json',
  '**/{eval,evals}/**/*.{json,yaml,yml}',
  '**/{skill,skills}/**/scripts/**',
]

/** What the service has something to say about: skills and their relatives, and mentions in any Markdown. */
const documentSelector = [
  ...['skill', 'chatagent', 'instructions', 'prompt', 'markdown'].map((language) => ({ language, scheme: 'file' })),
  ...patterns.map((pattern) => ({ pattern, scheme: 'file' })),
]

/** Starts the client of the skill language service, on a stream of its own to the daemon. It comes back when that closes. */
export async function startSkillClient(params: SkillClientParams): Promise<SkillClient> {
  const { client, build, ready, complement, commands, log } = params
  const settings = vscode.workspace.getConfiguration(section)
  const language = new LanguageClient(section, 'Paddock skills', () => openSkillChannel({ client, build, ready }), {
    documentSelector,
    initializationOptions: {
      complement,
      commands: [...commands, showReferences, 'vscode.open'],
      settings: { profiles: settings.get('profiles'), severity: settings.get('severity') },
    },
    synchronize: { configurationSection: section },
    ...(log ? { outputChannel: log } : {}),
    connectionOptions: { maxRestartCount: 10 },
  })
  const shown = vscode.commands.registerCommand(
    showReferences,
    (uri: string, position: Position, locations: Location[]) => {
      const { asPosition, asLocation } = language.protocol2CodeConverter
      const places = locations.map((location) => asLocation(location))
      return vscode.commands.executeCommand(
        'editor.action.showReferences',
        vscode.Uri.parse(uri),
        asPosition(position),
        places,
      )
    },
  )
  try {
    await language.start()
  } catch (error) {
    // The next attempt registers and starts anew.
    shown.dispose()
    await language.dispose().catch(() => {})
    throw error
  }
  return {
    request: <R>(method: string, params: unknown): Promise<R> => language.sendRequest<R>(method, params),
    onChange: (listener) => void language.onNotification('paddock/skillsChanged', listener),
    async dispose() {
      shown.dispose()
      await language.dispose()
    },
  }
}
