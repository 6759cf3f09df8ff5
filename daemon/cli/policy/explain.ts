import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import type { ParamsOf, ResultOf } from '#protocol/methods.ts'
import { ruleText, whoseRule } from '#protocol/policyRuleText.ts'
import { visible } from '#protocol/visible.ts'
import { connectCli } from '../daemon.ts'
import { exitCodes } from '../exitCodes.ts'
import { printJson, printLines } from '../sandbox/output.ts'
import { UsageError } from '../usage.ts'

type Mode = NonNullable<ParamsOf<'policy/explain'>['mode']>
type Explanation = ResultOf<'policy/explain'>['explanations'][number]

const modes: Record<Mode, true> = { plan: true, ask: true, auto: true, unattended: true }
const options = {
  folder: { type: 'string' },
  session: { type: 'string' },
  mode: { type: 'string' },
  json: { type: 'boolean' },
} as const
/** Of one request. */
const mostActions = 200

/** `paddock policy explain`: what the guard sees, every rule that matches, the one that decides, and the verdict. */
export async function explain(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  const { folder = '.', session, mode, json = false } = values
  if (mode !== undefined && !Object.hasOwn(modes, mode)) {
    throw new UsageError(`There is no mode "${mode}". Modes: ${Object.keys(modes).join(', ')}.`)
  }
  const actions = positionals.length > 0 ? positionals : await linesOfInput()
  const client = await connectCli(true)
  try {
    const explanations: Explanation[] = []
    for (let from = 0; from < actions.length; from += mostActions) {
      const found = await client.request('policy/explain', {
        folder: resolve(folder),
        ...(session !== undefined && { session }),
        ...(mode !== undefined && { mode: mode as Mode }),
        actions: actions.slice(from, from + mostActions),
      })
      explanations.push(...found.explanations)
    }
    if (json) printJson({ explanations })
    else
      printLines(explanations.flatMap((explanation, at) => (at > 0 ? ['', ...lines(explanation)] : lines(explanation))))
    return exitCodes.ok
  } finally {
    client.close()
  }
}

async function linesOfInput(): Promise<string[]> {
  if (process.stdin.isTTY) throw new UsageError('Which action? paddock policy explain "git push"')
  return (await text(process.stdin)).split('\n').filter((line) => line.trim() !== '')
}

function lines(explanation: Explanation): string[] {
  if (explanation.type === 'notUnderstood') {
    return [`?      ${visible(explanation.asked)}`, `       ${visible(explanation.why)}`]
  }
  const { asked, guard, matches, decision, because, proposals } = explanation
  const { verdict, risk, reason } = decision
  return [
    `${verdict.padEnd(5)}  ${visible(asked)}`,
    `       by ${whoseRule(decision)}, ${risk} risk`,
    `       ${visible(reason)}`,
    `       ${visible(because)}`,
    `  saw  ${guardText(guard)}`,
    ...guard.reasons.map(({ text, consequential }) => `       ${visible(text)}${consequential ? ' [grave]' : ''}`),
    ...matches.map(({ source, rule, verdict, certain, part }, at) => {
      const is = certain ? '' : ' perhaps'
      return `${at === 0 ? 'rules' : '     '}  ${source} ${verdict}${is} “${visible(rule)}”: ${visible(part)}`
    }),
    ...proposals.map((proposed, at) => `${at === 0 ? 'to allow it  ' : '             '}${ruleText(proposed)}`),
  ]
}

function guardText({ understood, effect, programs, paths, hosts }: Extract<Explanation, { guard: unknown }>['guard']) {
  const parts = [
    understood ? `understood, effect ${effect}` : `not understood, effect ${effect}`,
    ...listed(
      'programs',
      programs.map(({ name }) => name ?? '?'),
    ),
    ...listed(
      'paths',
      paths.map(({ path, effect, tree }) => `${effect} ${path}${tree ? '/**' : ''}`),
    ),
    ...listed('hosts', hosts),
  ]
  return parts.join('; ')
}

function listed(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return []
  const shown = [...new Set(names)].slice(0, 20).map(visible)
  return [`${what} ${shown.join(', ')}${names.length > 20 ? ', …' : ''}`]
}
