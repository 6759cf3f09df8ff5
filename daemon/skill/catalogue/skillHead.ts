import { SkillDocument } from '../document/document.ts'
import { type Path, uriOf } from '../document/location.ts'
import { descriptionOf, nameOf } from './record.ts'

/** What a skill says of itself to whoever may use it. */
export interface SkillHead {
  readonly name: string
  /** '' where there is none. */
  readonly description: string
  /** Whether a model may start it; otherwise only people do. */
  readonly isForModel: boolean
}

/**
 * The head of the skill whose SKILL.md lies at `path` and begins with `text`; undefined where its frontmatter is missing, broken or
 * goes on behind `text`. Never throws.
 */
export function skillHead(path: Path, text: string): SkillHead | undefined {
  const document = new SkillDocument({ uri: uriOf(path), languageId: 'skill', version: 0, text })
  if (!document.isReadable) return undefined
  return { name: nameOf(document, path), description: descriptionOf(document), isForModel: !isKeptFromModel(document) }
}

/** As the most generous client reads it: who wrote `yes` wants to start it themselves. */
function isKeptFromModel(document: SkillDocument): boolean {
  const value = document.entry('disable-model-invocation')?.value
  return value?.scalar === true || value?.scalar === 1 || /^(?:true|yes|on|1)$/i.test(value?.text.trim() ?? '')
}
