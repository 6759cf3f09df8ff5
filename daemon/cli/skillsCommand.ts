import { visible } from '#protocol/visible.ts'
import { exitCodes, skillExitCodes } from './exitCodes.ts'
import { InputTrouble } from './skills/inputTrouble.ts'
import { verbs } from './skills/verbs.ts'
import { UsageError } from './usage.ts'

/** What each verb does: the words behind it, and what they mean. */
const usages: Readonly<Record<string, string>> = {
  check: `  check [PATH…] [--json | --format text|json|sarif] [--profile P…] [--fix] [--hints]
        [--only RULES…] [--rule RULE=SEVERITY…] [--baseline FILE [--update-baseline]]
                 what is wrong with the files that are named or lie in the folders that are named (here), each for the
                 clients whose folder it lies in, or for the profiles that are named.
                 --only N,R15 tries the rules of group N and R15 alone; --rule R15=off sets a severity.
                 --fix makes the fixes that invent and lose nothing. A baseline is what was found before:
                 only what is new is told. Hints are told with --hints, and always as data
`,
  list: `  list [--client C…] [--folder PATH] [--window TOKENS] [--json]
                 per client the skills of this project and of the home directory: which file wins, which is hidden,
                 and whose description the listing has no room for
`,
  new: `  new NAME [--client C] [--personal] [--folder PATH]
                 a skill to fill in, where that client looks or else where many do; touches nothing that exists
`,
  rename: `  rename OLD NEW [--dry-run] [--folder PATH]
                 the name, the folder, and every mention and link in the project; OLD is a name or a folder
`,
  pack: `  pack SKILL [--out FILE] [--profile publish-claude.ai|publish-clawhub] [--force]
                 one skill as an archive to upload (NAME.skill); SKILL is a name or a folder. Refuses links and what
                 the publisher refuses
`,
}

const exits = `
Exit: 0 well, 10 the command line or a file could not be understood, read or written, 11 errors were found,
      12 warnings were found.
`

const help = `paddock skills: SKILL.md and its relatives, for every client. No daemon is needed and nothing is run.

${Object.values(usages).join('')}${exits}`

/** The help of one verb, with all the names that it takes. */
async function helpOf(verb: string): Promise<string> {
  const { namesFor } = await import('./skills/verbs.ts')
  return `paddock skills\n${usages[verb]}${namesFor[verb] ?? ''}${exits}`
}

/** `paddock skills …`. */
export async function skillsCommand(args: string[]): Promise<number> {
  const [name = 'help', ...rest] = args
  if (['help', '--help', '-h'].includes(name) || rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(Object.hasOwn(usages, name) ? await helpOf(name) : help)
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
    const verb = Object.hasOwn(usages, name) ? `${name} --help` : 'help'
    const more = isUsage ? `See "paddock skills ${verb}".\n` : ''
    process.stderr.write(`${visible(spoken((error as Error).message))}\n${more}`)
    return skillExitCodes.input
  }
}

/** What Node says of an option goes on about arguments that begin with a hyphen, which no skill does. */
function spoken(message: string): string {
  return message.replace(/ To specify a positional argument .*$/s, '')
}
