import type { Range } from 'vscode-languageserver'
import { SkillDocument } from '../../skill/document/document.ts'
import type { Path } from '../../skill/document/location.ts'
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
const longestRead = 20_000_000
/** Files larger than this are not made anew by fixes. */
const longestFixed = 1_000_000
/** A fix can make a rule ask for more of the disk. */
const mostRounds = 5

/**
 * Every finding in every file that was named or lies in what was named, in the order of paths and places. Of a file that links lead to
 * by another path, what that path has as well is told once.
 */
export function checkAll(skills: SkillsOnDisk): CheckedFinding[] {
  const found = new Map<Path, readonly CheckedFinding[]>()
  for (const path of skills.files) found.set(path, findingsIn(path, skills))
  for (const [path, twin] of skills.twins) {
    const told = new Set(found.get(twin)?.map(sameAs))
    found.set(
      path,
      found.get(path)!.filter((finding) => !told.has(sameAs(finding))),
    )
  }
  return [...found.values()].flat()
}

function sameAs({ code, message, range }: CheckedFinding): string {
  return JSON.stringify([code, message, range])
}

function findingsIn(path: Path, { service, disk, troubles }: SkillsOnDisk): CheckedFinding[] {
  const tooLarge = (service.index.get(path)?.size ?? 0) > longestChecked
  const text = tooLarge ? 'missing' : disk.read(path, longestRead)
  if (tooLarge || text.length > longestChecked) {
    troubles.add(`${path}: it is larger than 16 MB, so it was not checked.`)
    return []
  }
  if (text === 'missing') return []
  const document = new SkillDocument({ path, text })
  return service.findings(document).map(({ code, severity, message, span }) => {
    const { source }: Rule = rules[code]
    const range = document.rangeOf(span)
    const line = document.lineAt(span.start, 500).trim()
    return { path, code, severity, message, range, documentation: source && sources[source], line }
  })
}

/** Makes every safe fix in the same files; what came of it as sentences. */
export async function fixEverything(skills: SkillsOnDisk): Promise<{ fixed: Path[]; left: string[] }> {
  const { service, named, files } = skills
  const fixed: Path[] = []
  const left: string[] = []
  for (const path of files) {
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
