import { chmod } from 'node:fs/promises'
import { constants } from 'node:os'
import { join } from 'node:path'
import { BoundedOutput, noOutput } from '../execServer/boundedOutput.ts'
import { ExecServer } from '../execServer/execServer.ts'
import { FileCalls } from '../execServer/fileCalls.ts'
import { chunkBytes, type Field, type FieldReader } from '../execServer/wire.ts'
import { type Command, type CommandResult, type ExecOptions, type Sandbox, SandboxGone } from '../sandbox.ts'
import { environment, launchHolder, launchNetworked, type Plan, shell } from './launch.ts'

const kind = 'bubblewrap'
const defaultTimeoutMs = 120_000
const maxTimeoutMs = 2 ** 31 - 1
const defaultOutputLimit = 64 << 10
const maxOutputLimit = 1 << 20
const maxCommandBytes = 2 << 20
const maxInputBytes = 16 << 20

/**
 * A sandbox of namespaces: one exec server without a network and, from the first command that has it, a second one with
 * the machine's. Where either is lost the sandbox is gone.
 */
export class BubblewrapSandbox implements Sandbox {
  readonly kind = kind
  readonly root: string
  readonly home: string
  readonly mountedAt: number
  readonly limits = {}
  readonly closed: Promise<void>
  readonly readFile: Sandbox['readFile']
  readonly writeFile: Sandbox['writeFile']
  readonly remove: Sandbox['remove']
  readonly makeSymlink: Sandbox['makeSymlink']
  readonly setMode: Sandbox['setMode']
  readonly list: Sandbox['list']
  readonly stat: Sandbox['stat']
  readonly #plan: Plan
  readonly #environment: Readonly<Record<string, string>>
  readonly #server: ExecServer
  #networked: Promise<ExecServer> | undefined
  #gone: string | undefined

  /** Rejects with `StartFailure`. */
  static async open(plan: Plan): Promise<BubblewrapSandbox> {
    // Before the mount: what the user changes from now on may or may not be seen inside.
    const mountedAt = Date.now()
    try {
      return new BubblewrapSandbox(plan, await ExecServer.start(launchHolder(plan)), mountedAt)
    } catch (error) {
      await openUp(plan)
      throw error
    }
  }

  private constructor(plan: Plan, server: ExecServer, mountedAt: number) {
    this.root = plan.root
    this.home = plan.home
    this.mountedAt = mountedAt
    this.#plan = plan
    this.#environment = environment(plan)
    this.#server = server
    const files = new FileCalls(server)
    this.readFile = files.readFile.bind(files)
    this.writeFile = files.writeFile.bind(files)
    this.remove = files.remove.bind(files)
    this.makeSymlink = files.makeSymlink.bind(files)
    this.setMode = files.setMode.bind(files)
    this.list = files.list.bind(files)
    this.stat = files.stat.bind(files)
    this.closed = server.gone.then((why) => this.#endAll(why))
  }

  async exec(command: Command, options: ExecOptions = {}): Promise<CommandResult> {
    const started = performance.now()
    const network = command.network ?? false
    const result = (end: CommandResult['end'], stdout = noOutput, stderr = noOutput): CommandResult => {
      const effective = network && end.type !== 'failedToStart'
      const evidence = { kind, requested: { network }, effective: { network: effective }, active: true }
      return { end, stdout, stderr, durationMs: performance.now() - started, evidence }
    }
    const why = whyNotRunnable(command)
    if (why) return result({ type: 'failedToStart', why })
    let server = this.#server
    if (network) {
      try {
        server = await this.#withNetwork()
      } catch (error) {
        if (this.#gone !== undefined) throw new SandboxGone(this.#gone)
        return result({ type: 'failedToStart', why: `The network could not be given: ${String(error)}` })
      }
    }
    if (options.signal?.aborted) return result({ type: 'cancelled' })

    const limit = Math.min(command.outputLimit ?? defaultOutputLimit, maxOutputLimit)
    const stdout = new BoundedOutput(limit)
    const stderr = new BoundedOutput(limit)
    const timeoutMs = Math.min(command.timeoutMs ?? defaultTimeoutMs, maxTimeoutMs)
    let stopped: CommandResult['end'] | undefined
    let id = 0
    const stop = (end: CommandResult['end']) => {
      if (stopped) return
      stopped = end
      void server.add('K', id, [])
    }
    const onAbort = () => stop({ type: 'cancelled' })
    const timer = setTimeout(() => stop({ type: 'timedOut', afterMs: timeoutMs }), timeoutMs)
    options.signal?.addEventListener('abort', onAbort, { once: true })
    try {
      const answered = server.request('R', this.#fields(command, limit), (fields) => readEnd(fields, stdout, stderr), {
        dataLimit: 2 * limit,
        onSent: (sent) => {
          id = sent
        },
        onData: (letter, bytes) => {
          const [name, output] = letter === 'o' ? (['stdout', stdout] as const) : (['stderr', stderr] as const)
          output.add(bytes)
          options.onOutput?.(name, bytes)
        },
      })
      if (command.stdin) void feed(server, id, command.stdin)
      const ended = await answered
      if (ended.type === 'fault') return result({ type: 'failedToStart', why: ended.words })
      if (ended.stdout.tail.byteLength > 0) options.onOutput?.('stdout', ended.stdout.tail)
      if (ended.stderr.tail.byteLength > 0) options.onOutput?.('stderr', ended.stderr.tail)
      const end = ended.end.type === 'failedToStart' ? ended.end : (stopped ?? ended.end)
      return result(end, ended.stdout, ended.stderr)
    } finally {
      clearTimeout(timer)
      options.signal?.removeEventListener('abort', onAbort)
    }
  }

  start(): Promise<never> {
    return Promise.reject(new Error('not yet'))
  }

  ports(): Promise<never> {
    return Promise.reject(new Error('not yet'))
  }

  connect(): Promise<never> {
    return Promise.reject(new Error('not yet'))
  }

  async killAll(): Promise<void> {
    const networked = await this.#networked?.catch(() => undefined)
    await Promise.all(
      [this.#server, ...(networked ? [networked] : [])].map((server) => server.request('X', [], () => undefined)),
    )
  }

  async close(): Promise<void> {
    await this.#server.end('it was closed')
    await this.closed
  }

  async #endAll(why: string): Promise<void> {
    this.#gone ??= why
    const networked = await this.#networked?.catch(() => undefined)
    await networked?.end(why)
    await openUp(this.#plan)
  }

  #withNetwork(): Promise<ExecServer> {
    if (this.#gone !== undefined) return Promise.reject(new SandboxGone(this.#gone))
    if (this.#networked) return this.#networked
    const starting = ExecServer.start(launchNetworked(this.#plan, this.#server.pid))
    this.#networked = starting
    starting.then(
      (server) => server.gone.then((why) => this.#server.end(why)),
      () => {
        // The next command that asks tries again.
        this.#networked = undefined
      },
    )
    return starting
  }

  #fields(command: Command, limit: number): Field[] {
    const { line, cwd = this.root, env = {}, stdin } = command
    const argv = typeof line === 'string' ? [shell(), '-c', '--', line] : line
    const variables = Object.entries({ ...this.#environment, ...env }).flat()
    return [
      { u64: limit },
      { u8: stdin ? 1 : 0 },
      { text: cwd },
      { u32: argv.length },
      ...[...argv, ...variables].map((text) => ({ text })),
    ]
  }
}

function readEnd(fields: FieldReader, stdout: BoundedOutput, stderr: BoundedOutput) {
  const how = fields.u8()
  const code = fields.u32()
  const streams = { type: 'ended' as const, stdout: stdout.finish(fields), stderr: stderr.finish(fields) }
  const ends: readonly (() => CommandResult['end'])[] = [
    () => ({ type: 'exited', code }),
    () => ({ type: 'signalled', signal: signalName(code) }),
    () => ({ type: 'failedToStart', why: fields.rest().toString() }),
  ]
  const end = ends[how]
  if (!end) throw new Error('a command ended in no known way')
  return { ...streams, end: end() }
}

/** The kernel leaves an unreadable folder in a layer's `work`, which its owner could not simply remove. */
async function openUp({ layer }: Plan): Promise<void> {
  await chmod(join(layer.work, 'work'), 0o700).catch(() => {})
}

async function feed(server: ExecServer, id: number, input: Uint8Array): Promise<void> {
  for (let at = 0; at < input.byteLength; at += chunkBytes) {
    await server.add('I', id, [{ rest: input.subarray(at, at + chunkBytes) }])
  }
  await server.add('I', id, [])
}

function whyNotRunnable({ line, cwd = '/', env = {}, stdin }: Command): string | undefined {
  const argv = typeof line === 'string' ? [line] : line
  const texts = [...argv, cwd, ...Object.entries(env).flat()]
  if (argv.length === 0 || argv[0] === '') return 'There is no command.'
  if (texts.some((text) => text.includes('\0'))) return 'A command cannot have a NUL character in it.'
  if (Object.keys(env).some((name) => name === '' || name.includes('='))) return 'A variable has no usable name.'
  if (!cwd.startsWith('/')) return `The folder to run in is no absolute path: ${cwd}`
  if (texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 8, 0) > maxCommandBytes) return 'It is too long.'
  if ((stdin?.byteLength ?? 0) > maxInputBytes) return `Its input is larger than ${maxInputBytes >> 20} MiB.`
  return undefined
}

function signalName(number: number): string {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? `signal ${number}`
}
