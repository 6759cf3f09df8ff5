import { resolve } from 'node:path'
import type { DaemonClient } from '#client/daemonClient.ts'
import type { ParamsOf } from '#protocol/methods.ts'
import { UsageError } from '../usage.ts'

export type Kind = NonNullable<ParamsOf<'process/start'>['kind']>

/** Whose sandbox is meant. */
export interface Target {
  readonly folder: string
  /** Where absent, the session of the folder that terminals share. */
  readonly session?: string | undefined
  readonly kind?: Kind | undefined
}

const kinds: Record<Kind, true> = { bubblewrap: true, docker: true, gvisor: true, seatbelt: true, none: true }

/** The options by which every verb says whose sandbox is meant. */
export const targetOptions = {
  folder: { type: 'string' },
  session: { type: 'string' },
  kind: { type: 'string' },
} as const

/** Throws `UsageError` for a kind that there is not. */
export function readTarget(values: { folder?: string; session?: string; kind?: string }): Target {
  return {
    folder: resolve(values.folder ?? '.'),
    session: values.session,
    kind: values.kind === undefined ? undefined : readKind(values.kind),
  }
}

export function readKind(text: string): Kind {
  if (Object.hasOwn(kinds, text)) return text as Kind
  throw new UsageError(`There is no kind "${text}". Kinds: ${Object.keys(kinds).join(', ')}.`)
}

/**
 * The session to run in: the one that is named, else the newest of the folder that terminals share, made where there is
 * none. What is written there is reviewed like any change. Each kind that is asked for has one of its own, since a session's
 * sandbox is of one kind at a time.
 */
export async function sessionOf(client: DaemonClient, { folder, session, kind }: Target): Promise<string> {
  if (session !== undefined) return session
  const title = kind === undefined ? 'Terminal' : `Terminal (${kind})`
  const { sessions } = await client.request('session/list', { folder })
  const found = sessions.find((each) => each.title === title)
  return (found ?? (await client.request('session/create', { folder, title })).session).id
}
