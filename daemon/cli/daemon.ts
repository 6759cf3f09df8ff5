import { fileURLToPath } from 'node:url'
import { connect } from '#client/connect.ts'
import type { DaemonClient } from '#client/daemonClient.ts'

declare const PADDOCK_BUILD: string
const build = typeof PADDOCK_BUILD === 'undefined' ? '0.0.0+source' : PADDOCK_BUILD

/** Connects as the command line; `start` brings up a daemon where none runs. */
export function connectCli(start: boolean): Promise<DaemonClient> {
  const client = { name: 'command line', version: build }
  if (!start) return connect({ client, build })
  const entry = fileURLToPath(new URL('./daemon/main.mjs', import.meta.url))
  return connect({ client, build, launch: { execPath: process.execPath, entry } })
}
