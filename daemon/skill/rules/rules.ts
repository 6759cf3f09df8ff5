import { agentRules } from './agents.ts'
import { argumentRules } from './arguments.ts'
import { bodyRules } from './body.ts'
import { catalogueRules } from './catalogue.ts'
import { descriptionRules } from './description.ts'
import { dynamicRules } from './dynamic.ts'
import { evalRules } from './evals.ts'
import { fileRules } from './file.ts'
import { instructionRules } from './instructions.ts'
import { invocationRules } from './invocation.ts'
import { keyRules } from './keys.ts'
import { layoutRules } from './layout.ts'
import { mentionRules } from './mentions.ts'
import { nameRules } from './name.ts'
import { openaiRules } from './openai.ts'
import { orphanRules } from './orphans.ts'
import { pluginRules } from './plugins.ts'
import { referenceRules } from './references.ts'
import type { Rule } from './rule.ts'
import { scriptRules } from './scripts.ts'
import { securityRules } from './security.ts'
import { suppressionRules } from './suppression.ts'
import { toolRules } from './tools.ts'
import { wordingRules } from './wording.ts'

/** Every rule by its code. */
export const rules = {
  ...fileRules,
  ...nameRules,
  ...descriptionRules,
  ...keyRules,
  ...layoutRules,
  ...toolRules,
  ...evalRules,
  ...openaiRules,
  ...pluginRules,
  ...invocationRules,
  ...argumentRules,
  ...dynamicRules,
  ...securityRules,
  ...scriptRules,
  ...referenceRules,
  ...orphanRules,
  ...agentRules,
  ...mentionRules,
  ...instructionRules,
  ...catalogueRules,
  ...bodyRules,
  ...wordingRules,
  ...suppressionRules,
} satisfies Readonly<Record<string, Rule>>

export type RuleCode = keyof typeof rules
