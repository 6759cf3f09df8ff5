import type { ProtocolErrorData } from '#protocol/errors.ts'

/** The daemon refused a request. Decide by `data`; the message is for people. */
export class DaemonError extends Error {
  readonly data: ProtocolErrorData | undefined

  constructor(message: string, data?: ProtocolErrorData) {
    super(message)
    this.name = 'DaemonError'
    this.data = data
  }
}

/** No daemon could be reached (and, where starting one was asked for, started). */
export class NoDaemon extends Error {
  /** Trying again does not help: something has to be mended first. */
  readonly lasting: boolean

  constructor(message: string, { lasting = false, ...options }: ErrorOptions & { lasting?: boolean } = {}) {
    super(message, options)
    this.name = 'NoDaemon'
    this.lasting = lasting
  }
}

/** The connection ended before the answer came. Whether the request was carried out is not known. */
export class ConnectionClosed extends Error {
  constructor() {
    super('The connection to the daemon was closed.')
    this.name = 'ConnectionClosed'
  }
}
