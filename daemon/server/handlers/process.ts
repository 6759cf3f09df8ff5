import { constants } from 'node:os'
import { invalidParams, processNotFound, tooMany } from '#protocol/errors.ts'
import type { ProcessEnd } from '#protocol/process.ts'
import type { SandboxKind } from '#protocol/sandbox.ts'
import type { Caller } from '../caller.ts'
import { Program, type RunningProgram } from '../program.ts'
import type { Handlers } from './handler.ts'

/** Where programs of people run. */
export interface ProgramPlace {
  /** Runs `work` with the session's sandbox, of this kind where one is named, which is open for so long. */
  useSandbox(session: string, work: (sandbox: ProgramSandbox) => Promise<void>, kind?: SandboxKind): Promise<void>
}

interface ProgramSandbox {
  start(command: {
    line: string | readonly string[]
    cwd?: string
    env?: Readonly<Record<string, string>>
    terminal?: { readonly columns: number; readonly rows: number }
  }): Promise<
    (RunningProgram & { readonly type: 'started' }) | { readonly type: 'failedToStart'; readonly why: string }
  >
}

const maxProcesses = 16

/** The shell that a person would have; not one that reads the machine's settings, which know nothing of this sandbox. */
const shell = 'if command -v bash >/dev/null; then exec bash; else exec sh; fi'

export function processHandlers(
  place: ProgramPlace,
): Handlers<'process/start' | 'process/write' | 'process/resize' | 'process/kill' | 'process/acknowledge'> {
  /** By id; `undefined` while it starts. */
  const all = new WeakMap<Caller, Map<string, Program | undefined>>()
  const ofCaller = (caller: Caller) => {
    const known = all.get(caller)
    if (known) return known
    const made = new Map<string, Program | undefined>()
    all.set(caller, made)
    caller.ended.addEventListener('abort', () => {
      for (const program of made.values()) program?.end()
    })
    return made
  }
  const get = (caller: Caller, process: string): Program => {
    const program = all.get(caller)?.get(process)
    if (!program) throw processNotFound(process)
    return program
  }
  return {
    'process/start': ({ session, command, cwd, env, terminal, kind }, caller) => {
      const programs = ofCaller(caller)
      if (programs.size >= maxProcesses) throw tooMany('processes', maxProcesses)
      const id = `p_${crypto.randomUUID()}`
      programs.set(id, undefined)
      const { promise: started, resolve, reject } = Promise.withResolvers<{ process: string }>()
      const work = async (sandbox: ProgramSandbox): Promise<void> => {
        const running = await sandbox.start({
          line: command ?? shell,
          ...(cwd === undefined ? {} : { cwd }),
          ...(env && { env }),
          ...(terminal && { terminal }),
        })
        resolve({ process: id })
        // The answer goes out before anything else is said of it.
        await new Promise((goOn) => setImmediate(goOn))
        const end: ProcessEnd =
          running.type === 'started'
            ? await talk(new Program(running, send(id, caller)), id, programs, caller)
            : { type: 'lost', why: running.why }
        programs.delete(id)
        caller.wire.send('process/ended', { process: id, end })
      }
      place.useSandbox(session, work, kind).catch((error: unknown) => {
        programs.delete(id)
        reject(error)
      })
      return started
    },
    'process/write': async ({ process, data, end }, caller) => {
      await get(caller, process).write(Buffer.from(data, 'base64'), end ?? false)
      return {}
    },
    'process/resize': ({ process, columns, rows }, caller) => {
      get(caller, process).resize(columns, rows)
      return {}
    },
    'process/kill': ({ process, signal }, caller) => {
      if (signal !== undefined && !Object.hasOwn(constants.signals, signal)) {
        throw invalidParams('process/kill', [{ path: 'signal', message: `There is no signal ${signal.slice(0, 30)}.` }])
      }
      get(caller, process).kill(signal)
      return {}
    },
    'process/acknowledge': ({ process, bytes }, caller) => {
      // What is acknowledged may have come just before the end.
      all.get(caller)?.get(process)?.acknowledge(bytes)
      return {}
    },
  }
}

function send(process: string, { wire }: Caller) {
  return (stream: 'stdout' | 'stderr', bytes: Buffer) =>
    wire.send('process/output', { process, stream, data: bytes.toString('base64') })
}

function talk(program: Program, id: string, programs: Map<string, Program | undefined>, caller: Caller) {
  programs.set(id, program)
  if (caller.ended.aborted) program.end()
  return program.ended
}
