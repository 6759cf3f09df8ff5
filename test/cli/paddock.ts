import { type ChildProcess, spawn } from 'node:child_process'
import type { TestDaemon } from '../support/testDaemon.ts'

const cli = new URL('../../dist/cli.mjs', import.meta.url).pathname

export interface Said {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly bytes: Buffer
  readonly out: string
  readonly err: string
}

/** What the command line is started with: nothing of the test's own. */
export function cliEnvironment(daemon: TestDaemon): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env
  return { PATH, HOME, TERM: 'xterm', PADDOCK_HOME: daemon.dataFolder }
}

export function startPaddock(daemon: TestDaemon, args: readonly string[]): ChildProcess & { said: Promise<Said> } {
  const child = spawn(process.execPath, [cli, ...args], { env: cliEnvironment(daemon), cwd: daemon.folder })
  const out: Buffer[] = []
  let err = ''
  child.stdin.on('error', () => {})
  child.stdout.on('data', (bytes: Buffer) => out.push(bytes))
  child.stderr.on('data', (bytes) => {
    err += bytes
  })
  const said = new Promise<Said>((resolve) => {
    child.on('close', (code, signal) => {
      const bytes = Buffer.concat(out)
      resolve({ code, signal, bytes, out: bytes.toString(), err })
    })
  })
  return Object.assign(child, { said })
}

/** `paddock …` in the daemon's workspace, with this as all its input. */
export function paddock(daemon: TestDaemon, args: readonly string[], input: string | Buffer = ''): Promise<Said> {
  const child = startPaddock(daemon, args)
  child.stdin?.end(input)
  return child.said
}
