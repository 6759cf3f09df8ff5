import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { visible } from '#protocol/visible.ts'
import { connectCli } from '../daemon.ts'
import { UsageError } from '../usage.ts'
import { exitCodeOf } from './exec.ts'
import { startRemote } from './remoteProgram.ts'
import { readTarget, sessionOf, targetOptions } from './target.ts'

/** `paddock sandbox terminal`: a shell inside, or the command that is named, at this terminal. */
export async function terminal(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, options: targetOptions, allowPositionals: true })
  const { stdin, stdout } = process
  if (!stdin.isTTY || !stdout.isTTY) {
    throw new UsageError('This is no terminal. For a command without one: paddock sandbox exec -- CMD…')
  }
  const target = readTarget(values)
  const client = await connectCli(true)
  try {
    const session = await sessionOf(client, target)
    const asked = {
      session,
      terminal: size(),
      ...(positionals.length > 0 ? { command: ['sh', '-c', 'exec "$@"', 'sh', ...positionals] } : {}),
      ...(target.kind === undefined ? {} : { kind: target.kind }),
    }
    const program = await startRemote(
      client,
      asked,
      (_stream, bytes) =>
        new Promise((resolve, reject) => stdout.write(bytes, (error) => (error ? reject(error) : resolve()))),
    )
    const typed = (bytes: Buffer) => {
      stdin.pause()
      void program.write(bytes).then(() => stdin.resume())
    }
    const resized = () => program.resize(size().columns, size().rows)
    const hungUp = () => program.kill('SIGKILL')
    const restore = () => stdin.setRawMode(false)
    // Whatever ends this program, the shell that it was called from gets its terminal back as it was.
    process.on('exit', restore)
    process.on('SIGHUP', hungUp)
    process.on('SIGTERM', hungUp)
    stdout.on('error', () => {})
    stdout.on('resize', resized)
    stdin.setRawMode(true)
    // Node's raw mode still puts a carriage return before every line feed, which full-screen programs mean as a way down.
    spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] })
    stdin.on('data', typed)
    // It may have been made larger or smaller while the sandbox opened.
    resized()
    const end = await program.ended
    stdin.off('data', typed)
    stdout.off('resize', resized)
    process.off('SIGHUP', hungUp)
    process.off('SIGTERM', hungUp)
    restore()
    stdin.destroy()
    if (end.type === 'lost') process.stderr.write(`\nThe terminal ended: ${visible(end.why)}\n`)
    return exitCodeOf(end)
  } finally {
    client.close()
  }
}

function size(): { columns: number; rows: number } {
  const within = (value: number | undefined, otherwise: number) => Math.min(Math.max(value || otherwise, 1), 1000)
  return { columns: within(process.stdout.columns, 80), rows: within(process.stdout.rows, 24) }
}
