import { ProtocolError, type ProtocolErrorData } from '#protocol/errors.ts'
import type { Failure, FailureCode } from '#protocol/task.ts'

/** Ends the task with a reason. Thrown inside the loop only; `runTask` makes a value of it. */
export class TaskFailure extends Error {
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.message)
    this.failure = failure
  }
}

/** Why a task failed, for whatever was thrown: a known reason, or a bug. */
export function failureOf(error: unknown): Failure {
  if (error instanceof TaskFailure) return error.failure
  if (error instanceof ProtocolError) {
    const { data } = error
    const code = codes[data.type] ?? 'internal'
    if (data.type === 'sandboxUnavailable') return { code, message: `Nothing was run: ${data.why}`, fix: data.fix }
    if (data.type === 'storeUnavailable') return { code, message: `It could not be saved: ${data.why}`, fix: data.fix }
    if (data.type === 'folderNotUsable') {
      return { code, message: `Nothing was run: ${error.message}`, fix: 'Put the folder back, then resume the task.' }
    }
    return { code, message: error.message }
  }
  const message = error instanceof Error ? error.message : String(error)
  return {
    code: 'internal',
    message: `Paddock itself failed: ${message}`,
    fix: 'Resume the task; the daemon’s log says more.',
  }
}

/** For what the store threw, whatever it was. */
export function storeFailure(error: unknown): TaskFailure {
  const failure = failureOf(error)
  if (failure.code === 'storeUnavailable') return new TaskFailure(failure)
  const why = error instanceof Error ? error.message : String(error)
  return new TaskFailure({
    code: 'storeUnavailable',
    message: `The session could not be saved: ${why}`,
    fix: 'See whether the disk is full, then resume the task.',
  })
}

const codes: Partial<Record<ProtocolErrorData['type'], FailureCode>> = {
  sandboxUnavailable: 'sandboxUnavailable',
  folderNotUsable: 'sandboxUnavailable',
  storeUnavailable: 'storeUnavailable',
}
