import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { ResultOf } from '#protocol/methods.ts'
import { ruleText } from '#protocol/policyRuleText.ts'
import { visible } from '#protocol/visible.ts'
import { connectCli } from '../daemon.ts'
import { exitCodes } from '../exitCodes.ts'
import { printJson, printLines } from '../sandbox/output.ts'

type Source = ResultOf<'policy/sources'>['sources'][number]

const options = { folder: { type: 'string' }, json: { type: 'boolean' } } as const

/** `paddock policy sources`: every file, its rules and its troubles. */
export async function sources(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options })
  const client = await connectCli(true)
  try {
    const found = await client.request('policy/sources', { folder: resolve(values.folder ?? '.') })
    values.json ? printJson(found) : printLines(found.sources.flatMap(sourceLines))
    return exitCodes.ok
  } finally {
    client.close()
  }
}

function sourceLines(source: Source): string[] {
  const { path, exists, rules, troubles, mode } = source
  const said = exists
    ? [...conditions(source), ...(mode ? [`mode ${mode}`] : []), `${rules.length} rules`]
    : ['not there']
  return [
    `${source.source.padEnd(11)} ${visible(path)} (${said.join(', ')})`,
    ...troubles.flatMap(({ line, column, rule, what, fix, holds }) => [
      `  ! line ${line}, column ${column}${rule === undefined ? '' : `, ${visible(rule)}`}: ${visible(what)}.`,
      `    ${visible(fix)}${holds && source.holds ? ' Until then, whatever would be allowed is asked about.' : ''}`,
    ]),
    ...rules.map((rule) => `  ${ruleText(rule)}`),
  ]
}

function conditions({ trusted, tightensOnly }: Source): string[] {
  if (trusted) return ['trusted as it is']
  if (trusted === false) return ['not trusted: what it allows is not in force']
  return tightensOnly ? ['what it allows is not in force'] : []
}
