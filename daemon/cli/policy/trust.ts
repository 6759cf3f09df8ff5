import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ruleText } from '#protocol/policyRuleText.ts'
import { visible } from '#protocol/visible.ts'
import { askYes } from '../askYes.ts'
import { connectCli } from '../daemon.ts'
import { exitCodes } from '../exitCodes.ts'
import { printJson, printLines } from '../sandbox/output.ts'

const options = {
  folder: { type: 'string' },
  json: { type: 'boolean' },
  yes: { type: 'boolean', short: 'y' },
  undo: { type: 'boolean' },
} as const

/** `paddock policy trust`: shows what the repository's policy would allow, and asks; or takes trust back. */
export async function trust(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options })
  const { json = false, yes = false, undo = false } = values
  const folder = resolve(values.folder ?? '.')
  const client = await connectCli(true)
  try {
    if (undo) {
      const undone = await client.request('policy/trust', { folder, sha256: null })
      json ? printJson(undone) : printLines(['What the repository’s policy allows is no longer in force.'])
      return exitCodes.ok
    }
    const { sources } = await client.request('policy/sources', { folder })
    const found = sources.find(({ source }) => source === 'repository')
    if (!found?.sha256) {
      process.stderr.write(`There is no policy to trust: ${visible(found?.path ?? folder)}\n`)
      return exitCodes.failed
    }
    const { sha256, path, rules, mode } = found
    const allows = rules.filter(({ verdict }) => verdict === 'allow')
    if (!json) {
      const begins = mode ? [`  sessions begin in mode ${mode}`] : []
      printLines([`${visible(path)} would then allow:`, ...allows.map((rule) => `  ${ruleText(rule)}`), ...begins])
    }
    const answer = yes || (json ? undefined : await askYes('Trust just this'))
    if (answer !== true) {
      const why = answer === undefined ? 'Say --yes to trust it.' : ''
      process.stderr.write(`Nothing was changed. ${why}\n`.replace(' \n', '\n'))
      return exitCodes.cancelled
    }
    // Of what was shown: where it is another one by now, this is refused.
    const trusted = await client.request('policy/trust', { folder, sha256 })
    json ? printJson(trusted) : printLines(['Trusted, as long as it stays just as it is.'])
    return exitCodes.ok
  } finally {
    client.close()
  }
}
