import type { Command, CommandResult, ExecOptions } from '../sandbox.ts'
import { BoundedOutput, noOutput } from './boundedOutput.ts'
import { readEnd, runFields, whyNotRunnable } from './commandFields.ts'
import type { ExecSandboxParams } from './execSandbox.ts'
import type { ExecServer } from './execServer.ts'
import type { WayOut } from './outgoing.ts'
import { chunkBytes } from './wire.ts'

const defaultTimeoutMs = 120_000
const maxTimeoutMs = 2 ** 31 - 1
const defaultOutputLimit = 64 << 10
const maxOutputLimit = 1 << 20
const maxInputBytes = 16 << 20

type Place = Pick<
  ExecSandboxParams,
  'kind' | 'runner' | 'root' | 'environment' | 'shell' | 'network' | 'watchLimits'
> & {
  readonly wayOut: WayOut | undefined
}

/** `Sandbox.exec`, by requests to an exec server. */
export class CommandCalls {
  readonly #server: ExecServer
  readonly #place: Place

  constructor(server: ExecServer, place: Place) {
    this.#server = server
    this.#place = place
  }

  async exec(command: Command, options: ExecOptions): Promise<CommandResult> {
    const server = this.#server
    const { kind, runner, watchLimits } = this.#place
    const started = performance.now()
    const network = command.network ?? false
    const result = (end: CommandResult['end'], stdout = noOutput, stderr = noOutput): CommandResult => {
      const effective = network && this.#place.wayOut?.isOpen === true && end.type !== 'failedToStart'
      const by = runner ? { kind, runner } : { kind }
      const evidence = { ...by, requested: { network }, effective: { network: effective }, active: true }
      return { end, stdout, stderr, durationMs: performance.now() - started, evidence }
    }
    const why = whyNotRunnable(command) ?? whyNoInput(command)
    if (why) return result({ type: 'failedToStart', why })
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
    let timer: NodeJS.Timeout | undefined
    const limitTime = () => {
      timer = setTimeout(
        () => (options.hold?.() ? limitTime() : stop({ type: 'timedOut', afterMs: timeoutMs })),
        timeoutMs,
      )
    }
    limitTime()
    options.signal?.addEventListener('abort', onAbort, { once: true })
    const limitsHit = watchLimits?.()
    try {
      const fields = [{ u64: limit }, { u8: command.stdin ? 1 : 0 }, ...runFields(command, this.#place)]
      const answered = server.request('R', fields, (answer) => readEnd(answer, stdout, stderr), {
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
      const hit = [...new Set([...ended.limitsHit, ...(limitsHit ? await limitsHit() : [])])]
      return { ...result(end, ended.stdout, ended.stderr), ...(hit.length > 0 ? { limitsHit: hit } : {}) }
    } finally {
      clearTimeout(timer)
      options.signal?.removeEventListener('abort', onAbort)
    }
  }
}

async function feed(server: ExecServer, id: number, input: Uint8Array): Promise<void> {
  for (let at = 0; at < input.byteLength; at += chunkBytes) {
    await server.add('I', id, [{ rest: input.subarray(at, at + chunkBytes) }])
  }
  await server.add('I', id, [])
}

function whyNoInput({ stdin }: Command): string | undefined {
  return (stdin?.byteLength ?? 0) > maxInputBytes ? `Its input is larger than ${maxInputBytes >> 20} MiB.` : undefined
}
