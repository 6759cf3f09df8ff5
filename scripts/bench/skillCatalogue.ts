import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const verbs =
  'Converts Checks Writes Reviews Plans Deploys Measures Migrates Translates Summarises Tests Archives'.split(' ')
const things =
  'invoices schemas pull requests,release notes,PDF forms,database dumps,dashboards,API clients,meeting notes'
    .split(',')
    .flatMap((each) => [each, `${each} of one team`])
const reasons = 'audits,a handover,the weekly report,a new customer,an incident,a migration,training,the archive'.split(
  ',',
)
const words =
  'first read the input then compare it with the table and write what differs into the report for people'.split(' ')

/** Writes `count` skills of the shape that real ones have into `<folder>/.agents/skills`: the same every time. */
export function writeCatalogue(folder: string, count: number): void {
  for (let at = 0; at < count; at++) {
    const skill = join(folder, '.agents/skills', nameOf(at))
    mkdirSync(join(skill, 'references'), { recursive: true })
    writeFileSync(join(skill, 'SKILL.md'), skillText(at, count))
    writeFileSync(join(skill, 'references/details.md'), `# Details\n\n${sentence(at + 3)}\n`)
  }
}

/** Adds a skill with a body of 100,000 lines, one with 10 MB of frontmatter, and one whose `agents/openai.yaml` has 10 MB. */
export function writeHardSkills(folder: string): void {
  const write = (name: string, file: string, text: string) => {
    const path = join(folder, '.agents/skills', name, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  const head = (name: string) => `---\nname: ${name}\ndescription: ${sentence(name.length)} Use when asked.\n`
  const lines = Array.from({ length: 100_000 }, (_, line) =>
    line % 50 === 0 ? `## Part ${line}` : `- ${sentence(line)}`,
  )
  write('long-body', 'SKILL.md', `${head('long-body')}---\n\n${lines.join('\n')}\n`)
  const pairs = Array.from({ length: 200_000 }, (_, pair) => `  key-${pair}: "${sentence(pair).slice(0, 34)}"`).join(
    '\n',
  )
  write('long-head', 'SKILL.md', `${head('long-head')}metadata:\n${pairs}\n---\n\n# Steps\n\nRead it.\n`)
  write('long-yaml', 'SKILL.md', `${head('long-yaml')}---\n\n# Steps\n\nRead it.\n`)
  write('long-yaml', 'agents/openai.yaml', `interface:\n${pairs}\n`)
}

export function nameOf(at: number): string {
  return `${pick(verbs, at).toLowerCase()}-${pick(things, at * 7)
    .replaceAll(' ', '-')
    .toLowerCase()}-${at}`
}

/** The text of one: some 60 lines with headings, lists, code, a link and mentions of others. */
export function skillText(at: number, count: number): string {
  const description = `${pick(verbs, at)} ${pick(things, at * 7)} for ${pick(reasons, at * 3)} number ${at}. Use when somebody asks for ${pick(things, at * 5)} about ${pick(reasons, at * 11)} ${at * 31}.`
  const sections = Array.from({ length: 8 }, (_, section) => {
    const steps = Array.from({ length: 4 }, (_, step) => `${step + 1}. ${sentence(at + section * 5 + step)}`)
    return `## Part ${section + 1}\n\n${steps.join('\n')}\n`
  })
  const others = `See [the details](references/details.md), /${nameOf((at * 13 + 1) % count)} and $[team].${nameOf((at * 17 + 2) % count)}.`
  return `---\nname: ${nameOf(at)}\ndescription: ${description}\nlicense: MIT\n---\n\n# ${pick(verbs, at)}\n\n${others}\n\n${sections.join('\n')}`
}

function sentence(seed: number): string {
  const text = Array.from({ length: 12 }, (_, at) => pick(words, seed * 7 + at * (1 + (seed % 5)))).join(' ')
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`
}

function pick<T>(from: readonly T[], at: number): T {
  return from[at % from.length]!
}
