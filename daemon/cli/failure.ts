import { ConnectionClosed, DaemonError, NoDaemon } from '#client/daemonError.ts'
import { exitCodes } from './exitCodes.ts'
import { UsageError } from './usage.ts'

interface Failure {
  readonly message: string
  /** What the daemon said of it, as data. */
  readonly data?: DaemonError['data']
  readonly code: number
}

/** What went wrong, where that is something a person can act on; undefined where it is a bug. */
export function failureOf(error: unknown): Failure | undefined {
  if (error instanceof UsageError || (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS')) {
    return { message: (error as Error).message, code: exitCodes.usage }
  }
  if (error instanceof NoDaemon) return { message: error.message, code: exitCodes.unavailable }
  if (error instanceof ConnectionClosed) return { message: error.message, code: exitCodes.failed }
  if (!(error instanceof DaemonError)) return undefined
  const code = error.data?.type === 'sandboxUnavailable' ? exitCodes.unavailable : exitCodes.failed
  return { message: error.message, data: error.data, code }
}
