import { DaemonError, NoDaemon } from '#client/daemonError.ts'
import { Blocked, type Trouble } from './daemonConnection.ts'

/** Why there is no connection, and the one thing to do about it. */
export function trouble(error: unknown): Trouble {
  if (error instanceof Blocked) return error.trouble
  const why = error instanceof Error ? error.message : String(error)
  if (error instanceof DaemonError && error.data?.type === 'protocolMismatch') {
    return { why, fix: 'Close the other windows, or run “paddock daemon stop”, so that the newer daemon can start.' }
  }
  if (error instanceof NoDaemon) return { why, fix: 'Look into the log with “Paddock: Show Daemon Log”, then retry.' }
  return { why, fix: 'Retry; if it stays, look into the log with “Paddock: Show Daemon Log”.' }
}
