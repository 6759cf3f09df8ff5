import * as vscode from 'vscode'
import type { ParamsOf } from '#protocol/methods.ts'
import type { EditorWindow } from './editorWindow.ts'
import { type MentionableSkill, mentionableSkills, mentionedIn } from './mentionedSkills.ts'
import { skillAtHand } from './skillAtHand.ts'
import type { ClientSkills } from './skillNodes.ts'

/** No more skills than this come along with one prompt. */
const most = 5

/** A prompt with the skills that it mentions at hand, and told where they lie. Rejects where one cannot be brought along. */
export async function withSkills(
  window: EditorWindow,
  params: ParamsOf<'task/submit'>,
): Promise<ParamsOf<'task/submit'>> {
  const { session, prompt, references = [] } = params
  if (!/(?:^|[\s("'`])[/$][\w[]/.test(prompt)) return params
  const skills = await skillsOf(window).catch((error) => {
    window.log.warn('The skills of a prompt could not be looked up.', error)
    return []
  })
  const mentioned = mentionedIn(prompt, skills).slice(0, most)
  if (mentioned.length === 0) return params
  const words: string[] = []
  const added: NonNullable<typeof params.references> = []
  for (const { name, path } of mentioned) {
    const skill = await skillAtHand(window, session, vscode.Uri.file(path))
    const line = `The skill ${name}: ${skill.words}`
    // A prompt that is sent again has it already.
    if (!prompt.includes(line)) words.push(line)
    added.push(...skill.references)
  }
  return { ...params, prompt: [prompt, ...words].join('\n\n'), references: [...references, ...added].slice(0, 100) }
}

async function skillsOf({ folders, skills }: EditorWindow): Promise<MentionableSkill[]> {
  const folder = folders.current()
  if (!folder || !vscode.workspace.isTrusted) return []
  return mentionableSkills(
    await skills.request<ClientSkills[]>('paddock/listSkills', { folder: folder.uri.toString() }),
  )
}
