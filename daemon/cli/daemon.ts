import { isBuiltin } from 'node:module'
import { fileURLToPath } from 'node:url'
import { build } from '#client/build.ts'
import { connect } from '#client/connect.ts'
import type { DaemonClient } from '#client/daemonClient.ts'
import { NoDaemon } from '#client/daemonError.ts'

/** Connects as the command line; `start` brings up a daemon where none runs, `role` keeps it to looking. */
export function connectCli(start: boolean, role?: 'view'): Promise<DaemonClient> {
  const client = { name: 'command line', version: build }
  if (!start) return connect({ client, build, ...(role && { role }) })
  // It is started by the Node that runs this.
  if (!isBuiltin('node:sqlite')) {
    throw new NoDaemon(
      `The daemon needs a Node with a database, 22.13 or newer, and this is ${process.version}. With "npx paddock" the project's own is used.`,
      { lasting: true },
    )
  }
  const entry = fileURLToPath(new URL('./daemon/main.mjs', import.meta.url))
  return connect({ client, build, launch: { execPath: process.execPath, entry }, ...(role && { role }) })
}
