import type { RuleCode } from '../rules/rules.ts'
import { agentFixes } from './agents.ts'
import { argumentFixes } from './arguments.ts'
import { bodyFixes } from './body.ts'
import { catalogueFixes } from './catalogue.ts'
import { descriptionFixes } from './description.ts'
import { dynamicFixes } from './dynamic.ts'
import { evalFixes } from './evals.ts'
import { fileFixes } from './file.ts'
import type { Propose } from './fix.ts'
import { instructionFixes } from './instructions.ts'
import { keyFixes } from './keys.ts'
import { layoutFixes } from './layout.ts'
import { mentionFixes } from './mentions.ts'
import { nameFixes } from './name.ts'
import { openaiFixes } from './openai.ts'
import { orphanFixes } from './orphans.ts'
import { pluginFixes } from './plugins.ts'
import { referenceFixes } from './references.ts'
import { scriptFixes } from './scripts.ts'
import { securityFixes } from './security.ts'
import { toolFixes } from './tools.ts'

/** What is proposed for each rule. */
export const proposals: Partial<Record<RuleCode, Propose>> = {
  ...fileFixes,
  ...nameFixes,
  ...descriptionFixes,
  ...keyFixes,
  ...layoutFixes,
  ...toolFixes,
  ...evalFixes,
  ...openaiFixes,
  ...pluginFixes,
  ...argumentFixes,
  ...dynamicFixes,
  ...securityFixes,
  ...scriptFixes,
  ...referenceFixes,
  ...orphanFixes,
  ...agentFixes,
  ...mentionFixes,
  ...instructionFixes,
  ...catalogueFixes,
  ...bodyFixes,
}
