/**
 * What can go wrong at the wire, as data. Facts never travel inside the message: a client decides by `type` and the
 * fields beside it. Codes are JSON-RPC server error codes (-32000 to -32099).
 */
export type ProtocolErrorData =
  | { type: 'notGreeted' }
  | { type: 'tokenRefused' }
  | { type: 'roleRefused'; method: string; role: string }
  | { type: 'protocolMismatch'; server: { min: number; max: number } }
  | { type: 'invalidParams'; method: string; issues: { path: string; message: string }[] }
  | { type: 'frameTooLarge'; limit: number }
  | { type: 'sessionNotFound'; session: string }
  | { type: 'sessionBusy'; session: string }
  | { type: 'taskNotFound'; session: string; task: string }
  | { type: 'taskNotResumable'; session: string; task: string; state: string }
  | { type: 'checkpointNotFound'; session: string; checkpoint: string }
  | { type: 'approvalNotFound'; approval: string }
  | { type: 'approvalAlreadyAnswered'; approval: string; outcome: string; by: string }
  | { type: 'folderNotUsable'; folder: string; why: string }
  | { type: 'sandboxUnavailable'; kind: string; why: string; fix: string }
  | { type: 'sandboxExists'; folder: string }
  | { type: 'snapshotNotFound'; folder: string; snapshot: string }
  | { type: 'snapshotExists'; folder: string; snapshot: string }
  /** Bytes. */
  | { type: 'diskLimitReached'; folder: string; used: number; limit: number }
  | { type: 'settingRefused'; setting: string; why: string }
  | { type: 'processNotFound'; process: string }
  | { type: 'tooMany'; what: 'processes' | 'writes' | 'ports'; limit: number }
  | { type: 'storeUnavailable'; why: string; fix: string }
  | { type: 'internal' }

const codes: Record<ProtocolErrorData['type'], number> = {
  notGreeted: -32001,
  tokenRefused: -32002,
  protocolMismatch: -32003,
  frameTooLarge: -32004,
  roleRefused: -32005,
  sessionNotFound: -32010,
  taskNotFound: -32011,
  taskNotResumable: -32012,
  approvalNotFound: -32013,
  approvalAlreadyAnswered: -32014,
  folderNotUsable: -32015,
  sessionBusy: -32017,
  checkpointNotFound: -32018,
  sandboxUnavailable: -32020,
  storeUnavailable: -32021,
  sandboxExists: -32022,
  snapshotNotFound: -32023,
  snapshotExists: -32024,
  diskLimitReached: -32025,
  settingRefused: -32026,
  processNotFound: -32027,
  tooMany: -32028,
  invalidParams: -32602,
  internal: -32603,
}

/** Expected trouble that a client must hear of. Thrown anywhere in the daemon, converted to the wire in one place. */
export class ProtocolError extends Error {
  readonly code: number
  readonly data: ProtocolErrorData

  constructor(data: ProtocolErrorData, message: string) {
    super(message)
    this.name = 'ProtocolError'
    this.code = codes[data.type]
    this.data = data
  }
}

export const notGreeted = () =>
  new ProtocolError(
    { type: 'notGreeted' },
    'The first request must be daemon/hello with the token of the endpoint file.',
  )
export const tokenRefused = () =>
  new ProtocolError({ type: 'tokenRefused' }, 'The token is not the one in the endpoint file. Read the file again.')
export const roleRefused = (method: string, role: string) =>
  new ProtocolError(
    { type: 'roleRefused', method, role },
    `A client with the role "${role}" may not call ${method}. Nothing was done.`,
  )
export const protocolMismatch = (server: { min: number; max: number }) =>
  new ProtocolError(
    { type: 'protocolMismatch', server },
    `This daemon speaks protocol ${server.min} to ${server.max}. Update the older side.`,
  )
export const invalidParams = (method: string, issues: { path: string; message: string }[]) =>
  new ProtocolError(
    { type: 'invalidParams', method, issues },
    `${method}: ${issues.map((issue) => `${issue.path || 'params'}: ${issue.message}`).join('; ')}`,
  )
export const sessionNotFound = (session: string) =>
  new ProtocolError({ type: 'sessionNotFound', session }, `There is no session ${session}.`)
export const sessionBusy = (session: string) =>
  new ProtocolError({ type: 'sessionBusy', session }, 'A task of this session is still at work. Stop it first.')
export const taskNotFound = (session: string, task: string) =>
  new ProtocolError({ type: 'taskNotFound', session, task }, `Session ${session} has no task ${task}.`)
export const taskNotResumable = (session: string, task: string, state: string) =>
  new ProtocolError(
    { type: 'taskNotResumable', session, task, state },
    `Only a failed or interrupted task can be resumed; this one is ${state}.`,
  )
export const checkpointNotFound = (session: string, checkpoint: string) =>
  new ProtocolError(
    { type: 'checkpointNotFound', session, checkpoint },
    `Session ${session} has no checkpoint ${checkpoint}: the oldest ones are dropped.`,
  )
export const approvalNotFound = (approval: string) =>
  new ProtocolError({ type: 'approvalNotFound', approval }, `There is no approval ${approval}.`)
export const approvalAlreadyAnswered = (approval: string, outcome: string, by: string) =>
  new ProtocolError(
    { type: 'approvalAlreadyAnswered', approval, outcome, by },
    `This approval was already answered (${outcome}, by ${by}). Nothing was changed by your answer.`,
  )
export const folderNotUsable = (folder: string, why: string) =>
  new ProtocolError({ type: 'folderNotUsable', folder, why }, `${folder} cannot be a workspace: ${why}`)
export const sandboxUnavailable = (kind: string, why: string, fix: string) =>
  new ProtocolError({ type: 'sandboxUnavailable', kind, why, fix }, `Nothing was run: ${why} ${fix}`)
export const storeUnavailable = (why: string, fix: string) =>
  new ProtocolError({ type: 'storeUnavailable', why, fix }, `The session could not be saved: ${why} ${fix}`)
export const sandboxExists = (folder: string) =>
  new ProtocolError({ type: 'sandboxExists', folder }, `${folder} has a sandbox already. Dispose of that one first.`)
export const snapshotNotFound = (folder: string, snapshot: string) =>
  new ProtocolError(
    { type: 'snapshotNotFound', folder, snapshot },
    `The sandbox of ${folder} has no snapshot ${snapshot}.`,
  )
export const snapshotExists = (folder: string, snapshot: string) =>
  new ProtocolError(
    { type: 'snapshotExists', folder, snapshot },
    `The sandbox of ${folder} has a snapshot ${snapshot} already. Delete it or choose another name.`,
  )
export const diskLimitReached = (folder: string, used: number, limit: number) =>
  new ProtocolError(
    { type: 'diskLimitReached', folder, used, limit },
    `The sandbox of ${folder} would take ${Math.round(used / 2 ** 20)} MB of ${Math.round(limit / 2 ** 20)} MB. Delete a snapshot, reset it or raise the limit.`,
  )
export const settingRefused = (setting: string, why: string) =>
  new ProtocolError({ type: 'settingRefused', setting, why }, `${setting} was not changed: ${why}`)
export const processNotFound = (process: string) =>
  new ProtocolError({ type: 'processNotFound', process }, `This connection has no process ${process}.`)
export const tooMany = (what: 'processes' | 'writes' | 'ports', limit: number) =>
  new ProtocolError({ type: 'tooMany', what, limit }, `There are ${limit} ${what} under way on this connection.`)
