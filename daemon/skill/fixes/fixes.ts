import type { SkillDocument } from '../document/document.ts'
import { mostFaults } from '../document/yaml.ts'
import { type Finding, findIn, findingsOf, type SeveritySettings } from '../rules/findings.ts'
import type { RuleContext } from '../rules/rule.ts'
import { applyEdits, type Fix } from './fix.ts'
import { proposals } from './proposals.ts'

/** More safe fixes than this are made in several goes. */
const mostRounds = 200

/** The fixes for a finding, best first. Each has been tried: with it made, the text has one such finding less. */
export function fixesFor(
  document: SkillDocument,
  finding: Finding,
  context: RuleContext,
  settings: SeveritySettings = {},
): Fix[] {
  if (document.yaml.faults.length >= mostFaults) return []
  const proposed = proposals[finding.code]?.(document, finding, context) ?? []
  if (proposed.length === 0) return []
  const countIn = (each: SkillDocument) => findingsOf(finding.code, each, context, settings).length
  const before = countIn(document)
  return proposed
    .filter((fix) => fix !== undefined)
    .filter(({ edits, files }) => {
      if (edits.length === 0) return files !== undefined
      return countIn(document.withText(applyEdits(document.text, edits))) < before
    })
}

/** Makes every safe fix, again and again until none is left, and returns the text; the same text if there was none. */
export function fixAll(document: SkillDocument, context: RuleContext, settings: SeveritySettings = {}): string {
  let current = document
  const seen = new Set([document.text])
  for (let round = 0; round < mostRounds; round++) {
    const fix = findIn(current, context, settings)
      .flatMap((finding) => fixesFor(current, finding, context, settings))
      .find(({ safe, edits }) => safe && edits.length > 0 && !seen.has(applyEdits(current.text, edits)))
    if (!fix) break
    current = current.withText(applyEdits(current.text, fix.edits))
    seen.add(current.text)
  }
  return current.text
}
