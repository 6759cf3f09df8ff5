import { exitCodes } from './exitCodes.ts'
import { failureOf } from './failure.ts'
import { copy } from './sandbox/copy.ts'
import { exec, execCodes, splitCommand } from './sandbox/exec.ts'
import { lifecycle } from './sandbox/lifecycle.ts'
import { settingsHelp } from './sandbox/settings.ts'
import { terminal } from './sandbox/terminal.ts'
import { UsageError } from './usage.ts'

const help = `paddock sandbox: the computer of a workspace. What is installed in it stays; your files are reached only by "keep".

  list                          every workspace's sandbox
  inspect                       state, disk, what is open, limits and how they are held, snapshots
  open [--kind K]               makes it where there is none, and what it needs (an image, for one)
  exec [--timeout S] [--cwd DIR] [--env NAME=VALUE]… [--kind K] [--] CMD…
                                a command inside: streams and exit code are its own
                                124 timed out, 125 no sandbox, 126 not executable, 127 not found, 128+n by signal n
  terminal [--kind K] [CMD…]    a shell inside, at this terminal
  cp [--force] SRC DST          a file or folder in or out; the path inside begins with ":" as in :notes/a.txt
  suspend, resume               frees memory and processes; goes on
  snapshot NAME, restore NAME   of packages and home
  fork FOLDER [--snapshot NAME] gives another workspace a copy of it
  reset, dispose [--yes]        asks first and says what is lost
  ports                         what listens inside
  forward PORT                  a port of this machine that leads there, until Ctrl+C
  set KEY=VALUE…                see below
  policy                        what holds here, in words

  --folder PATH  the workspace (here)    --session ID  whose layer (the one that terminals share)
  --json         one document on stdout, errors as one on stderr

Settings:
${settingsHelp}
`

const verbs: Record<string, (args: string[]) => Promise<number>> = { ...lifecycle, exec, terminal, cp: copy }

/** `paddock sandbox …`. */
export async function sandboxCommand(args: string[]): Promise<number> {
  const [name = '--help', ...rest] = args
  const end = rest.indexOf('--')
  const mine = name === 'exec' ? splitCommand(rest)[0] : rest.slice(0, end < 0 ? undefined : end)
  if (['--help', '-h', 'help'].includes(name) || mine.some((word) => word === '--help' || word === '-h')) {
    process.stdout.write(help)
    return exitCodes.ok
  }
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined
  try {
    if (!verb) throw new UsageError(`There is no "paddock sandbox ${name}".`)
    return await verb(rest)
  } catch (error) {
    const failure = failureOf(error)
    if (!failure) throw error
    const { message, data, code } = failure
    const hint = code === exitCodes.usage ? '\nSee "paddock sandbox help".' : ''
    process.stderr.write(
      mine.includes('--json') ? `${JSON.stringify({ error: { message, data } })}\n` : `${message}${hint}\n`,
    )
    // What the command itself says with its exit code is told apart from what became of the wish to run it.
    return name === 'exec' && code !== exitCodes.usage ? execCodes.unavailable : code
  }
}
