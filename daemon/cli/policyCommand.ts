import { exitCodes } from './exitCodes.ts'
import { explain } from './policy/explain.ts'
import { sources } from './policy/sources.ts'
import { trust } from './policy/trust.ts'
import { UsageError } from './usage.ts'

const help = `paddock policy: what agents may do, are asked about and may not. Nothing is run by any of these.

  explain [--mode M] [--session ID] [ACTION…]
                 what would become of each action, and the rule that says so. An action is a command line, or
                 begins with a brace and is one as JSON: {"type": "read", "path": "~/.ssh/id_rsa"}
                 Without any, one is read from each line of the input. Modes: plan, ask, auto, unattended
  sources        every file that may say something, what it says, and what is wrong with it
  trust [--yes] [--undo]
                 trusts what the repository's .paddock/policy.yaml allows, for as long as it is just as it is now;
                 until then only what it asks about and denies is in force. --undo takes that back

  --folder PATH  the workspace (here)    --json  one document on stdout

Exit: 0, 2 usage.
`

const verbs: Record<string, (args: string[]) => Promise<number>> = { explain, sources, trust }

/** `paddock policy …`. */
export async function policyCommand(args: string[]): Promise<number> {
  const [name = 'help', ...rest] = args
  const end = rest.indexOf('--')
  const mine = rest.slice(0, end < 0 ? undefined : end)
  if (['help', '--help', '-h'].includes(name) || mine.includes('--help') || mine.includes('-h')) {
    process.stdout.write(help)
    return exitCodes.ok
  }
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined
  if (!verb) throw new UsageError(`There is no "paddock policy ${name}". There are: ${Object.keys(verbs).join(', ')}.`)
  return verb(rest)
}
