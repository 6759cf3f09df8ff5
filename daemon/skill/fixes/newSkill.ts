import { newFrontmatter } from './edits.ts'

/** What a new SKILL.md holds: frontmatter to fill in, and where the work is told. */
export function newSkillText(name: string): string {
  const title = name.replaceAll('-', ' ').replace(/^./, (first) => first.toUpperCase())
  return `${newFrontmatter('\n', name).text}\n# ${title}\n\n1. …\n`
}
