import { fileURLToPath } from 'node:url'
import { build } from '#client/build.ts'
import { connect } from '#client/connect.ts'
import type { DaemonClient } from '#client/daemonClient.ts'

/** Connects as the command line; `start` brings up a daemon where none runs, `role` keeps it to looking. */
export function connectCli(start: boolean, role?: 'view'): Promise<DaemonClient> {
  const client = { name: 'command line', version: build }
  if (!start) return connect({ client, build, ...(role && { role }) })
  const entry = fileURLToPath(new URL('./daemon/main.mjs', import.meta.url))
  return connect({ client, build, launch: { execPath: process.execPath, entry }, ...(role && { role }) })
}
