import type { LimitName, Limits, SandboxRunner } from '#protocol/sandbox.ts'
import type { Command, CommandResult, ExecOptions, LimitsInForce, NetworkPort, Sandbox } from '../sandbox.ts'
import { CommandCalls } from './commandCalls.ts'
import type { ExecServer } from './execServer.ts'
import { FileCalls } from './fileCalls.ts'
import { WayOut } from './outgoing.ts'
import { ProcessCalls } from './processCalls.ts'

export interface ExecSandboxParams {
  readonly kind: string
  readonly runner?: SandboxRunner | undefined
  readonly server: ExecServer
  readonly root: string
  readonly home: string
  /** All that commands find in their environment, before what they bring. */
  readonly environment: Readonly<Record<string, string>>
  /** The shell that command lines run in, as seen inside. */
  readonly shell: string
  readonly mountedAt: number
  /** What was asked for, and what of it the kind holds by itself; of the rest, the exec server holds what it can. */
  readonly asked?: Limits
  readonly limits?: LimitsInForce
  /** Where connections go; without it nothing gets out. */
  readonly network?: NetworkPort
  /** Called before a command; what it answers is called after, and says which limits of the whole sandbox were hit. */
  readonly watchLimits?: () => () => readonly LimitName[] | Promise<readonly LimitName[]>
  /** What is left to do once the server is gone; `closed` waits for it. */
  readonly onEnd?: (why: string) => Promise<void>
}

/** A sandbox of any kind, over the exec server that runs in it: a kind launches one, and is this or extends it. */
export class ExecSandbox implements Sandbox {
  readonly kind: string
  readonly runner: SandboxRunner | undefined
  readonly root: string
  readonly home: string
  readonly limits: LimitsInForce
  readonly closed: Promise<void>
  readonly start: Sandbox['start']
  readonly ports: Sandbox['ports']
  readonly connect: Sandbox['connect']
  readonly readFile: Sandbox['readFile']
  readonly writeFile: Sandbox['writeFile']
  readonly remove: Sandbox['remove']
  readonly makeSymlink: Sandbox['makeSymlink']
  readonly setMode: Sandbox['setMode']
  readonly list: Sandbox['list']
  readonly stat: Sandbox['stat']
  /** For kinds that mount anew. */
  protected mounted: number
  protected readonly server: ExecServer
  readonly #commands: CommandCalls

  constructor(params: ExecSandboxParams) {
    const { server } = params
    this.kind = params.kind
    this.runner = params.runner
    this.root = params.root
    this.home = params.home
    this.mounted = params.mountedAt
    this.limits = limitsInForce(params.asked ?? {}, params.limits ?? {})
    this.server = server
    // Before any command: what it listens at cannot be taken. Where that fails, nothing gets out.
    const wayOut = params.network && new WayOut(server, params.network)
    this.#commands = new CommandCalls(server, { ...params, wayOut })
    const processes = new ProcessCalls(server, params)
    this.start = processes.start.bind(processes)
    this.ports = processes.ports.bind(processes)
    this.connect = processes.connect.bind(processes)
    const files = new FileCalls(server)
    this.readFile = files.readFile.bind(files)
    this.writeFile = files.writeFile.bind(files)
    this.remove = files.remove.bind(files)
    this.makeSymlink = files.makeSymlink.bind(files)
    this.setMode = files.setMode.bind(files)
    this.list = files.list.bind(files)
    this.stat = files.stat.bind(files)
    this.closed = server.gone.then((why) => params.onEnd?.(why))
  }

  get mountedAt(): number {
    return this.mounted
  }

  exec(command: Command, options: ExecOptions = {}): Promise<CommandResult> {
    return this.#commands.exec(command, options)
  }

  async killAll(): Promise<void> {
    await this.server.request('X', [], () => undefined)
  }

  async close(): Promise<void> {
    await this.server.end('it was closed')
    await this.closed
  }
}

/** The limits that the exec server holds, for each process or command by itself. */
const ownLimits: ReadonlySet<string> = new Set(['openFiles', 'fileMiB', 'outputMiB'] satisfies LimitName[])

function limitsInForce(asked: Limits, held: LimitsInForce): LimitsInForce {
  const names = Object.entries(asked).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  const without = names.map((name) => [name, ownLimits.has(name) ? 'perProcess' : 'notEnforced'])
  return { ...Object.fromEntries(without), ...held }
}
