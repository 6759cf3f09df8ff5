import { visible } from '#protocol/visible.ts'
import { exitCodes, skillExitCodes } from './exitCodes.ts'
import { InputTrouble } from './skills/inputTrouble.ts'
import { verbs } from './skills/verbs.ts'
import { UsageError } from './usage.ts'

const help = `paddock skills: SKILL.md and its relatives, for every client. No daemon is needed and nothing is run.

  check [PATH…] [--json | --format text|json|sarif] [--profile P…] [--fix] [--hints]
        [--only RULES…] [--rule RULE=SEVERITY…] [--baseline FILE [--update-baseline]]
                 what is wrong with the files that are named or lie in the folders that are named (here), each for the
                 clients whose folder it lies in, or for profiles: spec, claude-code, vscode, codex, publish-claude.ai, …
                 --only N,R15 tries the rules of group N and R15 alone; --rule R15=off sets a severity.
                 --fix makes the fixes that invent and lose nothing. A baseline is what was found before:
                 only what is new is told. Hints are told with --hints, and always as data
  list [--client C…] [--folder PATH] [--window TOKENS] [--json]
                 per client the skills of this project and of the home directory: which file wins, which is hidden,
                 and whose description the listing has no room for
  new NAME [--client C] [--personal] [--folder PATH]
                 a skill to fill in, where that client looks or else where many do; touches nothing that exists
  rename OLD NEW [--dry-run] [--folder PATH]
                 the name, the folder, and every mention and link in the project; OLD is a name or a folder
  pack DIR [--out FILE] [--profile publish-claude.ai|publish-clawhub] [--force]
                 one skill as an archive to upload (NAME.skill); refuses links and what the publisher refuses

Exit: 0 well, 10 the command line or a file could not be understood, read or written, 11 errors were found,
      12 warnings were found.
`

/** `paddock skills …`. */
export async function skillsCommand(args: string[]): Promise<number> {
  const [name = 'help', ...rest] = args
  if (['help', '--help', '-h'].includes(name) || rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(help)
    return exitCodes.ok
  }
  try {
    const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined
    if (!verb)
      throw new UsageError(`There is no "paddock skills ${name}". There are: ${Object.keys(verbs).join(', ')}.`)
    return await verb(rest)
  } catch (error) {
    const isUsage = error instanceof UsageError || (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS')
    if (!isUsage && !(error instanceof InputTrouble)) throw error
    process.stderr.write(`${visible((error as Error).message)}\n${isUsage ? 'See "paddock skills help".\n' : ''}`)
    return skillExitCodes.input
  }
}
