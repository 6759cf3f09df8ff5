import type { ResultOf } from '#protocol/methods.ts'
import { visible } from '#protocol/visible.ts'

type Rule = ResultOf<'policy/sources'>['sources'][number]['rules'][number]

/** A rule as it may stand in a policy file, on one line; what would not show is spelled out. */
export function ruleText({ name, ...rule }: Rule): string {
  const fields = Object.entries({ name, ...rule })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
  return visible(`{${fields.join(', ')}}`)
}
