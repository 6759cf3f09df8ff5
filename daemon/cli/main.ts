import { exitCodes } from './exitCodes.ts'
import { UsageError } from './usage.ts'

const help = `paddock: agents work in a fenced copy of your project; nothing reaches your files until you keep it.

  paddock run "<prompt>" [--folder PATH] [--session ID] [--json] [--wait]
      Runs a task, prints its progress and lists the changes, which stay in the session's layer
      until they are kept. At a terminal it asks for approvals; elsewhere it denies them, or with
      --wait leaves them to another client. --json prints every event as a line, and the changes as the last one.
      Model: PADDOCK_MODEL, OPENAI_BASE_URL and OPENAI_API_KEY, or what the daemon already has.
      Exit: 0 completed, 1 failed, 2 usage, 3 cancelled, 4 no daemon or sandbox.

  paddock sandbox VERB …             a workspace's own computer: exec, terminal, cp, snapshot, set, …;
                                     "paddock sandbox help" has them all

  paddock policy VERB …              what is allowed, asked about and denied: explain, sources, trust;
                                     "paddock policy help" has them all

  paddock approvals list | show ID | allow ID | deny ID | abort ID | watch
                                     what waits for an answer; "paddock approvals help" says more

  paddock audit export | verify      every decision, by whom and why, and whether that record is whole;
                                     "paddock audit help" says more

  paddock skills VERB …              SKILL.md and its relatives: check, list, new, rename, pack;
                                     "paddock skills help" has them all

  paddock doctor [--json]            tries what Paddock needs here; one fix for each failure
                                     Exit: 0 well, 1 a feature is missing, 2 agents cannot work

  paddock daemon status [--json]     is one running, and how is it
  paddock daemon stop [--when-idle]  ends it; interrupted tasks can be resumed
  paddock daemon logs                prints its log
`

/** Each is loaded when it is asked for; `skills` is a program of its own, which `launch.ts` runs. */
const commands: Record<string, (args: string[]) => Promise<number>> = {
  run: async (args) => (await import('./runCommand.ts')).runCommand(args),
  sandbox: async (args) => (await import('./sandboxCommand.ts')).sandboxCommand(args),
  policy: async (args) => (await import('./policyCommand.ts')).policyCommand(args),
  approvals: async (args) => (await import('./approvalsCommand.ts')).approvalsCommand(args),
  audit: async (args) => (await import('./auditCommand.ts')).auditCommand(args),
  doctor: async (args) => (await import('./doctorCommand.ts')).doctorCommand(args),
  daemon: async (args) => (await import('./daemonCommand.ts')).daemonCommand(args),
  help: async () => {
    process.stdout.write(help)
    return exitCodes.ok
  },
}

async function main(): Promise<number> {
  const [name = 'help', ...args] = process.argv.slice(2)
  const wanted = name === '--help' || name === '-h' ? 'help' : name
  const command = Object.hasOwn(commands, wanted) ? commands[wanted] : undefined
  try {
    if (!command) throw new UsageError(`There is no command "${name}".`)
    return await command(args)
  } catch (error) {
    const { failureOf } = await import('./failure.ts')
    const failure = failureOf(error)
    if (!failure) throw error
    process.stderr.write(`${failure.message}\n${failure.code === exitCodes.usage ? 'See "paddock help".\n' : ''}`)
    return failure.code
  }
}

process.exitCode = await main()
