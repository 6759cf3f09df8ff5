import { expect, it } from 'vitest'
import { rivalsOf } from '../../daemon/skill/catalogue/precedence.ts'
import type { ClientId } from '../../daemon/skill/clients/clientTable.ts'
import { catalogueOf } from './catalogueOf.ts'
import { home } from './check.ts'

const folders = ['.agents', '.claude', '.codex', '.cursor', '.gemini', '.github', '.opencode', '.pi', '.roo']
const everywhere = catalogueOf(
  ['/repo', home].flatMap((base) =>
    [...folders, ...(base === home ? ['.copilot', '.openclaw', '.pi/agent', '.config/opencode'] : [])].map(
      (folder) => ({
        path: `${base}/${folder}/skills/pdf/SKILL.md`,
        kind: 'skill' as const,
      }),
    ),
  ),
)

/** Of one skill in every folder: those that the client sees, the one that it takes first. */
function ranked(client: ClientId): string[] {
  const { ranked: records } = rivalsOf(client, 'pdf', everywhere, { project: '/repo', home })
  return records.map(({ path }) => path.replace(home, '~').replace('/repo/', '').replace('/skills/pdf/SKILL.md', ''))
}

it.each([
  ['claude-code', ['~/.claude', '.claude']],
  ['vscode', ['.agents', '.github', '.claude', '~/.agents', '~/.copilot', '~/.claude']],
  ['copilot-cli', ['.github', '.agents', '.claude', '~/.copilot', '~/.agents']],
  ['gemini', ['.agents', '.gemini', '~/.agents', '~/.gemini']],
  ['opencode', ['.claude', '.agents', '.opencode', '~/.claude', '~/.agents', '~/.config/opencode']],
] as const)('%s takes a skill from its folders in this order', (client, order) => {
  expect(ranked(client)).toEqual(order)
})
