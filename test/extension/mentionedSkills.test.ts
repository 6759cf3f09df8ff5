import { expect, test } from 'vitest'
import { mentionableSkills, mentionedIn } from '../../extension/mentionedSkills.ts'
import type { ClientSkills } from '../../extension/skillNodes.ts'

const listed = (name: string, scope: 'project' | 'personal', state: 'shown' | 'shadowed' = 'shown') => ({
  ...{ name, scope, state, description: `Does ${name}.` },
  path: `/${scope}/${name}/SKILL.md`,
})
const clients: ClientSkills[] = [
  {
    ...{ client: 'claude-code', title: 'Claude Code', more: 0 },
    skills: [listed('pdf', 'personal'), listed('pdf', 'project', 'shadowed'), listed('at-home', 'personal')],
  },
  {
    ...{ client: 'codex', title: 'Codex', more: 0 },
    skills: [listed('pdf', 'project'), listed('not a word', 'project'), listed('a', 'project', 'shadowed')],
  },
]

test('each name can be mentioned once, and the project’s skill is meant before the user’s own', () => {
  expect(mentionableSkills(clients).map(({ name, path }) => `${name} ${path}`)).toEqual([
    'at-home /personal/at-home/SKILL.md',
    'pdf /project/pdf/SKILL.md',
  ])
})

test.each([
  ['Use /pdf.', ['pdf']],
  ['/at-home', ['at-home']],
  ['$pdf and $[team:web].at-home, then /pdf', ['at-home', 'pdf']],
  ['(/pdf) "/at-home"', ['at-home', 'pdf']],
  ['`/pdf`', ['pdf']],
  ['src/pdf, /pdf/x and /pdfs', []],
  ['pdf at-home', []],
])('in %j are mentioned %j', (prompt, names) => {
  expect(mentionedIn(prompt, mentionableSkills(clients)).map(({ name }) => name)).toEqual(names)
})
