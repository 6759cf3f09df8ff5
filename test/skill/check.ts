import { noCatalogue } from '../../daemon/skill/catalogue/catalogue.ts'
import { SkillDocument } from '../../daemon/skill/document/document.ts'
import { findIn } from '../../daemon/skill/rules/findings.ts'
import { profilesFor } from '../../daemon/skill/rules/profiles.ts'
import type { RuleContext } from '../../daemon/skill/rules/rule.ts'
import { noFiles } from '../../daemon/skill/workspace.ts'

export const home = '/home/ana'

/** A document as the editor opens it: a skill in a folder `pdf-forms` that many clients share, unless another address is given. */
export function skill(text: string, uri = `file://${home}/.agents/skills/pdf-forms/SKILL.md`): SkillDocument {
  return new SkillDocument({
    uri,
    languageId: /SKILL\.md|^untitled:/.test(uri) ? 'skill' : 'markdown',
    version: 1,
    text,
  })
}

/** What is known beside a document: nothing but where it lies, unless `more` says so. */
export function contextOf(document: SkillDocument, more: Partial<RuleContext> = {}): RuleContext {
  return { profiles: profilesFor(document, home), files: noFiles, catalogue: noCatalogue, home, ...more }
}

/** The findings as `code «the text they mark»`, hints left out. */
export function findings(document: SkillDocument, context = contextOf(document)): string[] {
  return findIn(document, context)
    .filter(({ severity }) => severity !== 'hint')
    .map(({ code, span }) => `${code} «${document.slice(span)}»`)
}
