import { expect, test } from 'vitest'
import { clientListings } from '../../daemon/skill/features/clientListing.ts'
import { type ClientSkills, type SkillNode, skillNodes } from '../../extension/skillNodes.ts'
import { catalogueOf } from '../skill/catalogueOf.ts'
import { home } from '../skill/check.ts'

const at = (path: string, name: string, description = `Does ${name}.`) => ({
  path: `${path}/${name}/SKILL.md`,
  kind: 'skill' as const,
  description,
})
const catalogue = catalogueOf([
  at('/repo/.claude/skills', 'pdf'),
  at(`${home}/.claude/skills`, 'pdf'),
  at('/repo/.claude/skills', 'xls\u202e'),
])
/** As the channel answers; that its type is the extension's is checked by the compiler. */
const listed = (window?: number): ClientSkills[] =>
  clientListings(catalogue, { project: '/repo', home }, window, ['claude-code', 'vscode', 'codex'])

/** The view as text, one line per node. */
function drawn(nodes: readonly SkillNode[], indent = ''): string[] {
  return nodes.flatMap(({ label, description, children }) => [
    `${indent}${label}${description ? ` | ${description}` : ''}`,
    ...drawn(children, `${indent}  `),
  ])
}

test('each client that finds skills has its own, with what it hides; none is there for a client that finds none', () => {
  expect(drawn(skillNodes(listed()))).toEqual([
    'Claude Code | 2 skills, 1 not loaded',
    '  pdf | personal',
    '  pdf | not loaded',
    '  xls⟨U+202E⟩',
    'VS Code | 2 skills, 1 not loaded',
    '  pdf',
    '  pdf | personal, not loaded',
    '  xls⟨U+202E⟩',
  ])
})

test('a listing that is full says so, and which descriptions have no room in the order of names', () => {
  const [claude] = skillNodes(listed(500))
  expect(claude).toMatchObject({ description: '2 skills, listing full, 1 not loaded', icon: 'warning' })
  expect(claude!.tooltip).toMatch(/^Claude Code: 2 skills\n\d+ of 20 characters of its listing used$/)
  expect(drawn([claude!])).toEqual([
    'Claude Code | 2 skills, listing full, 1 not loaded',
    '  pdf | personal',
    '  pdf | not loaded',
    '  xls⟨U+202E⟩ | description cut',
  ])
})

test('a skill can be opened and acted on, and its tooltip tells where it lies and what is taken instead', () => {
  const [, hidden] = skillNodes(listed())[0]!.children
  expect(hidden).toMatchObject({ path: '/repo/.claude/skills/pdf/SKILL.md', context: 'skill', icon: 'eye-closed' })
  expect(hidden!.tooltip).toBe(
    `/repo/.claude/skills/pdf/SKILL.md\nDoes pdf.\nTaken instead: ${home}/.claude/skills/pdf/SKILL.md`,
  )
  const ids = skillNodes(listed()).flatMap(({ id, children }) => [id, ...children.map((child) => child.id)])
  expect(new Set(ids).size).toBe(ids.length)
})

test('skills beyond what is told are counted', () => {
  const [one] = listed()
  expect(drawn(skillNodes([{ ...one!, skills: one!.skills.slice(0, 1), more: 1500 }]))).toEqual([
    'Claude Code | 1,501 skills',
    '  pdf | personal',
    '  1,500 more',
  ])
})
