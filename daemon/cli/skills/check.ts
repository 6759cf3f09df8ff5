import { parseArgs } from 'node:util'
import { visible } from '#protocol/visible.ts'
import { pathFrom } from '../../skill/diskWorkspace.ts'
import { type ProfileId, profileIds } from '../../skill/rules/profiles.ts'
import { skillExitCodes } from '../exitCodes.ts'
import { UsageError } from '../usage.ts'
import { newSince, writeBaseline } from './baseline.ts'
import { type CheckedFinding, checkAll, fixEverything } from './checked.ts'
import { type ReportFormat, reports } from './reports.ts'
import { severitiesFrom } from './ruleChoice.ts'
import { openSkills } from './skillsOnDisk.ts'

const options = {
  format: { type: 'string' },
  json: { type: 'boolean' },
  profile: { type: 'string', multiple: true },
  only: { type: 'string', multiple: true },
  rule: { type: 'string', multiple: true },
  baseline: { type: 'string' },
  'update-baseline': { type: 'boolean' },
  fix: { type: 'boolean' },
  hints: { type: 'boolean' },
} as const

/** `paddock skills check`: what is wrong with skills and their relatives in files and folders. */
export async function check(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  const format = formatFrom(values.format, values.json)
  const { baseline, fix = false, hints = false } = values
  const update = values['update-baseline'] ?? false
  if (update && baseline === undefined) throw new UsageError('Which file? --update-baseline needs --baseline FILE.')
  const profiles = profilesFrom(values.profile)
  const settings = { severities: severitiesFrom(values.only, values.rule), ...(profiles && { profiles }) }
  const skills = await openSkills(positionals.length > 0 ? positionals : ['.'], { settings })
  for (const path of skills.named) {
    const stat = skills.disk.stat(path)
    if (stat !== 'missing' && stat.type === 'file' && !skills.files.includes(path)) {
      skills.troubles.add(`${path}: it is no file that Paddock checks.`)
    }
  }
  const { fixed, left } = fix ? await fixEverything(skills) : { fixed: [], left: [] }
  const all = checkAll(skills)
  if (baseline !== undefined && update) await writeBaseline(baseline, all)
  const findings = baseline === undefined ? all : await newSince(baseline, all)
  const troubles = [...skills.troubles, ...left]
  const folder = pathFrom(process.cwd())
  const files = skills.files.length - skills.twins.size
  process.stdout.write(reports[format]({ findings, files, fixed, troubles, folder, withHints: hints }))
  for (const trouble of troubles) process.stderr.write(`${visible(trouble)}\n`)
  return troubles.length > 0 ? skillExitCodes.input : worst(findings)
}

/** What is milder than a warning fails nothing. */
function worst(findings: readonly CheckedFinding[]): number {
  const has = (severity: CheckedFinding['severity']) => findings.some((finding) => finding.severity === severity)
  return has('error') ? skillExitCodes.errors : has('warning') ? skillExitCodes.warnings : skillExitCodes.ok
}

/** `--json` is what it is with other commands. */
function formatFrom(name: string | undefined, json = false): ReportFormat {
  const asked = name ?? (json ? 'json' : 'text')
  if (!Object.hasOwn(reports, asked)) {
    throw new UsageError(`There is no format "${asked}". Formats: ${Object.keys(reports).join(', ')}.`)
  }
  if (json && asked !== 'json') throw new UsageError(`Which one? --json and --format ${asked} are two formats.`)
  return asked as ReportFormat
}

function profilesFrom(names: readonly string[] | undefined): ProfileId[] | undefined {
  const asked = names?.flatMap((name) => name.split(','))
  const unknown = asked?.find((name) => !(profileIds as readonly string[]).includes(name))
  if (unknown !== undefined) {
    throw new UsageError(`There is no profile "${unknown}". Profiles: ${profileIds.join(', ')}.`)
  }
  return asked as ProfileId[] | undefined
}
