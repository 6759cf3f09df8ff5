import type { Model, ModelRequest, ReplyOptions } from '../model.ts'
import { host } from './endpoint.ts'
import { failureOfProvider } from './openaiFailure.ts'
import { guardedFetch } from './openaiFetch.ts'
import { chatMessages, chatTools } from './openaiMessages.ts'
import { ReplyAssembly } from './openaiReply.ts'

export interface OpenaiParams {
  readonly baseUrl: string
  readonly model: string
  /** Undefined for servers that want none. */
  readonly apiKey?: string | undefined
  /** So long the provider may be silent, in ms; default two minutes. */
  readonly idleMs?: number
}

/** A model behind any OpenAI-compatible endpoint: Chat Completions, streamed. */
export function openaiModel(params: OpenaiParams): Model {
  const name = `${params.model} at ${host(params.baseUrl)}`
  // Loaded at the first reply: the package takes longer to load than the daemon to start.
  let client: Promise<Client> | undefined
  return {
    name,
    async reply(request, options) {
      client ??= connect(params)
      const assembly = new ReplyAssembly(options.onText)
      try {
        await stream(await client, params.model, request, options, assembly)
      } catch (error) {
        options.signal.throwIfAborted()
        // Once the reply has ended well, what happens to its connection is no matter.
        if (!assembly.isFinished) return failureOfProvider(error, params)
      }
      options.signal.throwIfAborted()
      return assembly.end(name)
    },
  }
}

type Client = Awaited<ReturnType<typeof connect>>

async function connect({ baseUrl, apiKey, idleMs = 120_000 }: OpenaiParams) {
  const { OpenAI } = await import('openai')
  return new OpenAI({
    baseURL: baseUrl,
    // What is undefined here would be looked up in the daemon's environment.
    apiKey: apiKey || 'none',
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    maxRetries: 0,
    logLevel: 'off',
    // `idleMs` decides; this only has to be later.
    timeout: 24 * 60 * 60 * 1000,
    fetch: guardedFetch({ idleMs, sendKey: Boolean(apiKey) }),
  })
}

async function stream(
  client: Client,
  model: string,
  { system, messages, tools }: ModelRequest,
  { signal }: ReplyOptions,
  assembly: ReplyAssembly,
): Promise<void> {
  const chunks = await client.chat.completions.create(
    {
      model,
      stream: true,
      stream_options: { include_usage: true },
      messages: chatMessages(system, messages),
      ...(tools.length > 0 && { tools: chatTools(tools) }),
    },
    { signal },
  )
  for await (const chunk of chunks) assembly.take(chunk)
}
