import { constants } from 'node:os'
import { parseArgs } from 'node:util'
import type { DaemonClient } from '#client/daemonClient.ts'
import type { ProcessEnd } from '#protocol/process.ts'
import { visible } from '#protocol/visible.ts'
import { connectCli } from '../daemon.ts'
import { UsageError } from '../usage.ts'
import { printJson } from './output.ts'
import { type RemoteProgram, type Sink, startRemote } from './remoteProgram.ts'
import { readTarget, sessionOf, targetOptions } from './target.ts'

/** As `env`, `timeout` and `docker exec` have them: every code below 124 is the command's own. */
export const execCodes = { timedOut: 124, unavailable: 125 } as const

const options = {
  ...targetOptions,
  cwd: { type: 'string' },
  env: { type: 'string', multiple: true },
  timeout: { type: 'string' },
  json: { type: 'boolean' },
} as const

const killAfterMs = 2_000
const keptBytes = 1 << 20

/** `paddock sandbox exec`: a command inside, with the streams and the exit code of this program. */
export async function exec(args: string[]): Promise<number> {
  const [mine, command] = splitCommand(args)
  const { values } = parseArgs({ args: mine, options })
  if (command.length === 0) throw new UsageError('What is the command? paddock sandbox exec -- CMD…')
  const timeoutMs = values.timeout === undefined ? undefined : readSeconds(values.timeout)
  const env = Object.fromEntries((values.env ?? []).map(readVariable))
  const target = readTarget(values)
  const waiting = earlySignals()
  const client = await connectCli(true)
  try {
    const session = await sessionOf(client, target)
    const { kind } = target
    const { cwd } = values
    const asked = {
      session,
      // The shell says why a command does not start, and with the codes that everybody knows.
      command: ['sh', '-c', 'exec "$@"', 'sh', ...command],
      env,
      ...(cwd === undefined ? {} : { cwd }),
      ...(kind === undefined ? {} : { kind }),
    }
    const kept = values.json ? new KeptOutput() : undefined
    const gone = kept ? neverGone : readerGone()
    const program = await startRemote(client, asked, kept?.sink ?? toStreams)
    waiting.stop()
    const { end, timedOut } = await accompany(program, timeoutMs)
    const code = timedOut ? execCodes.timedOut : gone() ? 128 + constants.signals.SIGPIPE : exitCodeOf(end)
    if (kept) printJson({ session, end, timedOut, code, ...kept.all() })
    else if (end.type === 'lost') process.stderr.write(`Nothing more came of it: ${visible(end.why)}\n`)
    return code
  } finally {
    waiting.stop()
    client.close()
  }
}

/** One run whose output is only for this program. */
export async function runInside(
  client: DaemonClient,
  params: Parameters<typeof startRemote>[1],
): Promise<{ end: ProcessEnd; stdout: string; stderr: string }> {
  const kept = new KeptOutput()
  const program = await startRemote(client, params, kept.sink)
  void program.write(new Uint8Array(), true)
  const end = await program.ended
  const { stdout, stderr } = kept.all()
  return { end, stdout, stderr }
}

/** As a shell tells it: 128 and the number of the signal that ended it. */
export function exitCodeOf(end: ProcessEnd): number {
  if (end.type === 'exited') return end.code
  if (end.type === 'lost') return execCodes.unavailable
  return 128 + (constants.signals[end.signal as NodeJS.Signals] ?? Number(/\d+/.exec(end.signal)?.[0] ?? 0))
}

/** Feeds it what comes in, passes signals on, and answers how it ended. */
async function accompany(program: RemoteProgram, timeoutMs: number | undefined) {
  const { stdin } = process
  let timedOut = false
  const timers: NodeJS.Timeout[] = []
  if (timeoutMs !== undefined) {
    const late = () => {
      timedOut = true
      program.kill('SIGTERM')
      timers.push(setTimeout(() => program.kill('SIGKILL'), killAfterMs))
    }
    timers.push(setTimeout(late, timeoutMs))
  }
  const passOn = (signal: NodeJS.Signals) => program.kill(signal)
  for (const signal of passedOn) process.on(signal, passOn)
  const fed = feed(program, stdin)
  const end = await program.ended
  for (const timer of timers) clearTimeout(timer)
  for (const signal of passedOn) process.off(signal, passOn)
  // Nobody reads it any more, and it must not keep this program.
  stdin.destroy()
  await Promise.race([fed, new Promise((resolve) => setImmediate(resolve))])
  return { end, timedOut }
}

const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const

async function feed(program: RemoteProgram, stdin: NodeJS.ReadStream): Promise<void> {
  try {
    for await (const chunk of stdin) await program.write(chunk as Buffer)
  } catch {
    // What cannot be read is at its end.
  }
  await program.write(new Uint8Array(), true)
}

/** While nothing runs yet, a signal ends this program; the connection goes with it, and what it had asked for. */
function earlySignals(): { stop(): void } {
  const leave = (signal: NodeJS.Signals) => process.exit(128 + constants.signals[signal])
  const early = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of early) process.on(signal, leave)
  return {
    stop() {
      for (const signal of early) process.off(signal, leave)
    },
  }
}

const toStreams: Sink = (stream, bytes) =>
  new Promise((resolve, reject) => {
    process[stream].write(bytes, (error) => (error ? reject(error) : resolve()))
  })

/** Whether whoever read our output went away, as `head` does. */
function readerGone(): () => boolean {
  let gone = false
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => {
      gone = true
    })
  }
  return () => gone
}

const neverGone = () => false

/** The first of each stream. */
class KeptOutput {
  readonly #kept = { stdout: [] as Buffer[], stderr: [] as Buffer[] }
  readonly #sizes = { stdout: 0, stderr: 0 }

  readonly sink: Sink = async (stream, bytes) => {
    const room = Math.max(0, keptBytes - this.#sizes[stream])
    this.#sizes[stream] += bytes.byteLength
    if (room > 0) this.#kept[stream].push(bytes.subarray(0, room))
  }

  all() {
    const text = (stream: 'stdout' | 'stderr') => Buffer.concat(this.#kept[stream]).toString()
    const omitted = (stream: 'stdout' | 'stderr') => Math.max(0, this.#sizes[stream] - keptBytes)
    return {
      stdout: text('stdout'),
      stderr: text('stderr'),
      omittedBytes: { stdout: omitted('stdout'), stderr: omitted('stderr') },
    }
  }
}

/** What is ours, and the command: after `--`, or from the first word on that is no option. */
export function splitCommand(args: string[]): [string[], string[]] {
  for (let at = 0; at < args.length; at++) {
    const word = args[at] as string
    if (word === '--') return [args.slice(0, at), args.slice(at + 1)]
    if (!word.startsWith('-')) return [args.slice(0, at), args.slice(at)]
    const option = options[word.slice(2) as keyof typeof options]
    if (option?.type === 'string') at += 1
  }
  return [args, []]
}

function readSeconds(text: string): number {
  const seconds = Number(text)
  if (seconds > 0 && seconds < 2 ** 31 / 1000) return seconds * 1000
  throw new UsageError(`--timeout wants seconds, not "${text}".`)
}

function readVariable(text: string): [string, string] {
  const at = text.indexOf('=')
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)]
  throw new UsageError(`--env wants NAME=VALUE, not "${text}".`)
}
