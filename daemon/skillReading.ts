import type { SkillReading } from './session/projectSkills.ts'
import { descriptionOf, nameOf } from './skill/catalogue/record.ts'
import { isOn } from './skill/clients/claudeBoolean.ts'
import { projectFolders } from './skill/clients/clients.ts'
import { SkillDocument } from './skill/document/document.ts'
import { uriOf } from './skill/document/location.ts'

/** The language of skills for sessions. A head is undefined where the frontmatter is missing, broken or goes on behind the text. */
export const skillReading: SkillReading = {
  folders: projectFolders,
  head(path, text) {
    const document = new SkillDocument({ uri: uriOf(path), languageId: 'skill', version: 0, text })
    if (!document.isReadable) return undefined
    const kept = document.entry('disable-model-invocation')?.value
    // As the most generous client reads it: who wrote `yes` wants to start it themselves.
    const isForModel = !kept || !isOn(kept)
    return { name: nameOf(document, path), description: descriptionOf(document), isForModel }
  },
}
