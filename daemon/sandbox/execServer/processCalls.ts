import { constants } from 'node:os'
import { type Duplex, Readable } from 'node:stream'
import type { ListeningPort, ProcessCommand, Sandbox, SandboxProcess } from '../sandbox.ts'
import { readProcessEnd, runFields, type Where, whyNotRunnable } from './commandFields.ts'
import type { ExecSandboxParams } from './execSandbox.ts'
import type { ExecServer } from './execServer.ts'
import { type Field, type FieldReader, readableName } from './wire.ts'

const stderrChannel = 2 ** 30
const largestSize = 0xffff
/** What a program on a terminal may expect of it. */
const terminalVariables = { TERM: 'xterm-256color', COLORTERM: 'truecolor' }

/** The half of a Sandbox that talks to what runs inside: programs that were started, and ports. */
export class ProcessCalls {
  readonly #server: ExecServer
  readonly #where: Where
  readonly #watchLimits: ExecSandboxParams['watchLimits']

  constructor(server: ExecServer, { watchLimits, ...where }: Where & Pick<ExecSandboxParams, 'watchLimits'>) {
    this.#server = server
    this.#where = where
    this.#watchLimits = watchLimits
  }

  async start(command: ProcessCommand): ReturnType<Sandbox['start']> {
    const why = whyNotRunnable(command)
    if (why) return { type: 'failedToStart', why }
    const { terminal } = command
    const env = terminal ? { ...terminalVariables, ...command.env } : (command.env ?? {})
    const server = this.#server
    let id = 0
    const onSent = (sent: number) => {
      id = sent
    }
    const open = () => {
      const main = server.openChannel(id)
      const stderr = terminal ? undefined : server.openChannel(id + stderrChannel)
      return { type: 'open' as const, main, stderr }
    }
    const head: Field[] = [{ u8: terminal ? 1 : 0 }, ...size(terminal ?? { columns: 0, rows: 0 })]
    const fields = [...head, ...runFields({ ...command, env }, this.#where)]
    // Limits that are looked at from outside hold for as long as something runs.
    const watched = this.#watchLimits?.()
    const unwatch = () => void Promise.resolve(watched?.()).catch(() => {})
    try {
      const streams = await server.request('P', fields, open, { onSent })
      if (streams.type === 'fault') {
        unwatch()
        return { type: 'failedToStart', why: streams.words }
      }
      const process = startedProcess(server, id, streams)
      process.ended.then(unwatch, unwatch)
      return process
    } catch (error) {
      unwatch()
      throw error
    }
  }

  async ports(): Promise<ListeningPort[]> {
    const ports = await this.#server.request('p', [], (fields) => [...readPorts(fields)])
    return Array.isArray(ports) ? ports : []
  }

  async connect(port: number): Promise<Duplex> {
    if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error(`${port} is no port.`)
    let id = 0
    const onSent = (sent: number) => {
      id = sent
    }
    const connected = await this.#server.request('C', [{ u16: port }], () => this.#server.openChannel(id), { onSent })
    if ('errno' in connected) throw new Error(`Nothing could be reached at port ${port}: ${connected.words}.`)
    return connected
  }
}

function startedProcess(
  server: ExecServer,
  id: number,
  { main, stderr }: { main: Duplex; stderr: Duplex | undefined },
): SandboxProcess {
  // Nothing goes in there; its other half must not keep it.
  const errors = stderr?.end() ?? Readable.from([])
  const ended = server
    .request('W', [{ u32: id }], readProcessEnd)
    .then((end) => (end.type === 'fault' ? Promise.reject(new Error(end.words)) : end))
  // Who does not wait for it is not told.
  ended.catch(() => {})
  return {
    type: 'started',
    stdin: main,
    stdout: main,
    stderr: errors,
    kill(signal = 'SIGTERM') {
      const number = constants.signals[signal as NodeJS.Signals]
      if (number === undefined) throw new Error(`There is no signal ${signal}.`)
      server.say('k', id, [{ u32: number }])
    },
    resize: (columns, rows) => server.say('y', id, size({ columns, rows })),
    ended,
  }
}

function size({ columns, rows }: { columns: number; rows: number }): Field[] {
  return [columns, rows].map((value) => ({ u16: Math.max(0, Math.min(Math.trunc(value) || 0, largestSize)) }))
}

function* readPorts(fields: FieldReader): Generator<ListeningPort> {
  while (!fields.done) {
    const port = fields.u16()
    const program = readableName(fields.bytes()).name
    yield program === '' ? { port } : { port, program }
  }
}
