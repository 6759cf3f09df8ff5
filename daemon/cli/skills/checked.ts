import type { Range } from 'vscode-languageserver'
import { isInside, type Path } from '../../skill/document/location.ts'
import { fixAll } from '../../skill/fixes/fixes.ts'
import type { Rule, Severity } from '../../skill/rules/rule.ts'
import { type RuleCode, rules } from '../../skill/rules/rules.ts'
import { sources } from '../../skill/rules/sources.ts'
import { InputTrouble } from './inputTrouble.ts'
import type { SkillsOnDisk } from './skillsOnDisk.ts'
import { writeText } from './writeText.ts'

/** A finding as every format tells it. */
export interface CheckedFinding {
  readonly path: Path
  readonly code: RuleCode
  readonly severity: Severity
  readonly message: string
  readonly range: Range
  readonly documentation: string | undefined
  /** The first line that it marks, by which a baseline knows it again when it has moved. */
  readonly line: string
}

/** Files larger than this are not checked. */
const longestChecked = 16_000_000
/** Files larger than this are not made anew by fixes. */
const longestFixed = 1_000_000
/** A fix can make a rule ask for more of the disk. */
const mostRounds = 5

/** Every finding in every file that was named or lies in what was named, in the order of paths and places. */
export async function checkAll(skills: SkillsOnDisk): Promise<CheckedFinding[]> {
  const found: CheckedFinding[] = []
  for (const path of filesIn(skills)) {
    if ((skills.service.index.get(path)?.size ?? 0) > longestChecked) {
      skills.troubles.add(`${path}: it is larger than 16 MB, so it was not checked.`)
      continue
    }
    const document = await skills.service.read(path)
    if (document === 'missing') continue
    for (const { code, severity, message, span } of await skills.service.allFindings(document)) {
      const { source }: Rule = rules[code]
      const range = document.rangeOf(span)
      const start = document.source.offsetAt({ line: range.start.line, character: 0 })
      const line = document.text
        .slice(start, start + 500)
        .split('\n', 1)[0]!
        .trim()
      const documentation = source && sources[source]
      found.push({ path, code, severity, message, range, documentation, line })
    }
  }
  return found
}

/** Makes every safe fix in the same files; what came of it as sentences. */
export async function fixEverything(skills: SkillsOnDisk): Promise<{ fixed: Path[]; left: string[] }> {
  const { service, named } = skills
  const fixed: Path[] = []
  const left: string[] = []
  for (const path of filesIn(skills)) {
    const document = await service.read(path)
    if (document === 'missing' || document.text.length > longestFixed) continue
    const before = document.text
    let current = document
    for (let round = 0; round < mostRounds; round++) {
      await service.allFindings(current)
      const text = fixAll(current, service.contextOf(current), service.settings.severities)
      if (text === current.text) break
      current = current.withText(text)
    }
    if (current.text === before) continue
    try {
      await writeText(path, { before, after: current.text }, named)
      fixed.push(path)
    } catch (error) {
      if (!(error instanceof InputTrouble)) throw error
      left.push(error.message)
    }
  }
  await service.filesChanged(fixed, new AbortController().signal)
  return { fixed, left }
}

/** The files that are checked, in order. */
export function filesIn({ service, named }: SkillsOnDisk): Path[] {
  return service.index.paths().filter((path) => named.some((each) => isInside(each, path)))
}
