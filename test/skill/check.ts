import { TextDocument } from 'vscode-languageserver-textdocument'
import { applyEdit, fixesFor } from '../../daemon/skill/fixes.ts'
import { type Finding, findIn } from '../../daemon/skill/rules.ts'
import { readSkill, type SkillFile } from '../../daemon/skill/skillFile.ts'

/** A skill in a folder `pdf-forms`, unless another address is given. */
export function skill(text: string, uri = 'file:///home/ana/.agents/skills/pdf-forms/SKILL.md'): SkillFile {
  return readSkill(TextDocument.create(uri, 'skill', 1, text))
}

/** The findings as `code «the text they mark»`. */
export function findings(file: SkillFile): string[] {
  return findIn(file).map(({ code, span }) => `${code} «${file.document.text.slice(span.start, span.end)}»`)
}

/** Every fix for the findings with this code, and the text that it leads to. */
export function fixed(file: SkillFile, code: Finding['code']): { title: string; text: string }[] {
  return findIn(file)
    .filter((finding) => finding.code === code)
    .flatMap((finding) => fixesFor(file, finding))
    .map(({ title, edit }) => ({ title, text: applyEdit(file.document.text, edit) }))
}
