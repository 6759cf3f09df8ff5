import type { SkillDocument } from '../document/document.ts'
import type { Path } from '../document/location.ts'
import type { RuleContext } from '../rules/rule.ts'
import type { Missing } from '../workspace.ts'

/** What a feature knows beside the document. */
export interface FeatureContext extends RuleContext {
  /** Another document as it is: open, or from the disk. */
  read(path: Path): Promise<SkillDocument | Missing>
}
