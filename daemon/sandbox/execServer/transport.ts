import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'

/** How to start an exec server: a program that ends up as one, and what it reads from descriptor 3. */
export interface Launch {
  readonly file: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly filter: Buffer
  /** Called with its process number. A byte on descriptor 4 tells the program when this is done. May reject. */
  readonly onSpawned?: (pid: number) => Promise<void>
}

/** The two directions to an exec server that runs, and its end. */
export interface Transport {
  /** The process that owns the namespaces, as the host numbers it, where there is one. */
  readonly pid?: number
  readonly input: Writable
  readonly output: Readable
  /** What it complained of so far, bounded. */
  stderr(): string
  /** Ends it and everything inside at once; `ended` then settles. */
  kill(): void
  /** Settles with how it ended, once its whole process tree is gone. Never rejects. */
  readonly ended: Promise<string>
}

/** It did not come up; `stderr` is what it said, bounded. */
export class StartFailure extends Error {
  readonly stderr: string

  constructor(message: string, stderr: string) {
    super(message)
    this.name = 'StartFailure'
    this.stderr = stderr
  }
}

const stderrKept = 8_192

/** Starts a child of the daemon's own that dies with it. Rejects with `StartFailure` where that cannot be run. */
export async function spawnTransport(launch: Launch): Promise<Transport> {
  const child = spawn(launch.file, launch.args, {
    cwd: '/',
    env: launch.env,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
    detached: true,
  })
  if (child.pid === undefined) {
    const [error] = (await once(child, 'error')) as [Error]
    throw new StartFailure(error.message, '')
  }
  const [filter, gate] = [child.stdio[3] as Writable, child.stdio[4] as Writable]
  for (const pipe of [filter, gate]) pipe.on('error', () => {})
  filter.end(launch.filter)
  let stderr = ''
  child.stderr!.on('data', (bytes: Buffer) => {
    stderr = (stderr + bytes.toString()).slice(-stderrKept)
  })
  child.on('error', () => child.kill('SIGKILL'))
  const ended = new Promise<string>((resolve) => {
    child.on('close', (code, signal) => {
      const how = signal ? `ended by ${signal}` : `ended with code ${code}`
      resolve(`its process ${how}${stderr ? `: ${stderr.trim()}` : ''}`)
    })
  })
  try {
    await launch.onSpawned?.(child.pid)
  } catch (error) {
    child.kill('SIGKILL')
    for (const pipe of [child.stdin!, gate]) pipe.destroy()
    // It may have failed by itself, and says why.
    await ended
    throw new StartFailure(`it could not be held: ${String(error)}`, stderr)
  }
  gate.end('.')
  return {
    pid: child.pid,
    input: child.stdin!,
    output: child.stdout!,
    stderr: () => stderr,
    kill: () => child.kill('SIGKILL'),
    ended,
  }
}
