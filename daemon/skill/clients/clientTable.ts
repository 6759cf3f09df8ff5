import type { Client, ClientFolder } from './client.ts'

const portable = /^[a-z0-9]+(?:-[a-z0-9]+)*$/
const portableWords = 'lowercase letters a-z, digits and single hyphens'
const anyName = /^[^\n]+$/

/** Folders of skills in the order in which the client looks there. The depth is 1 unless the client walks deeper. */
function folders(
  scope: ClientFolder['scope'],
  depth: number,
  paths: Partial<Record<ClientFolder['belongs'], readonly string[]>>,
): ClientFolder[] {
  const inOrder = Object.entries(paths) as [ClientFolder['belongs'], readonly string[]][]
  return inOrder.flatMap(([belongs, each]) => each.map((path) => ({ path, scope, belongs, depth })))
}

/**
 * What every client does, as of November 2026. A new client is a new entry; a client that changed is a changed line. Sources are the
 * clients' documentation and code.
 */
export const clientTable = {
  'claude-code': {
    title: 'Claude Code',
    folders: [
      ...folders('personal', 1, { own: ['.claude/skills'] }),
      ...folders('project', 1, { own: ['.claude/skills'] }),
    ],
    precedence: { rule: 'firstWins', scopes: ['managed', 'personal', 'project'] },
    name: { pattern: anyName, words: 'any text', longest: undefined, optional: true, folder: undefined },
    description: { longest: undefined, optional: true, oneLine: false },
    repairsColons: true,
    listing: { share: 0.01, unit: 'characters', fallback: 8000, perSkill: 1536 },
    documentation: 'https://code.claude.com/docs/en/skills',
  },
  vscode: {
    title: 'VS Code',
    folders: [
      ...folders('project', 1, { shared: ['.agents/skills'], own: ['.github/skills'], foreign: ['.claude/skills'] }),
      ...folders('personal', 1, { shared: ['.agents/skills'], own: ['.copilot/skills'], foreign: ['.claude/skills'] }),
    ],
    precedence: { rule: 'firstWins', scopes: ['project', 'personal', 'managed'] },
    name: {
      pattern: /^[a-z0-9-]+$/,
      words: 'lowercase letters a-z, digits and hyphens',
      longest: 64,
      optional: false,
      folder: 'warned',
    },
    description: { longest: 1024, optional: false, oneLine: false },
    repairsColons: false,
    listing: undefined,
    documentation: 'https://code.visualstudio.com/docs/copilot/customization/agent-skills',
  },
  'copilot-cli': {
    title: 'Copilot CLI',
    folders: [
      ...folders('project', 1, { own: ['.github/skills'], shared: ['.agents/skills'], foreign: ['.claude/skills'] }),
      ...folders('personal', 1, { own: ['.copilot/skills'], shared: ['.agents/skills'] }),
    ],
    precedence: { rule: 'firstWins', scopes: ['project', 'personal', 'managed'] },
    name: {
      pattern: /^[A-Za-z0-9][A-Za-z0-9\-_.: ]*$/,
      words: 'letters, digits, spaces and - _ . :, beginning with a letter or digit',
      longest: 64,
      optional: false,
      folder: undefined,
    },
    description: { longest: 1024, optional: false, oneLine: false },
    repairsColons: false,
    listing: undefined,
    documentation: 'https://docs.github.com/en/copilot/concepts/agents/about-agent-skills',
  },
  codex: {
    title: 'Codex',
    folders: [
      ...folders('project', 6, { own: ['.codex/skills'], shared: ['.agents/skills'] }),
      ...folders('personal', 6, { own: ['.codex/skills'], shared: ['.agents/skills'] }),
    ],
    precedence: { rule: 'allListed', scopes: ['project', 'personal', 'managed'] },
    name: { pattern: anyName, words: 'any text', longest: 64, optional: true, folder: undefined },
    description: { longest: 1024, optional: false, oneLine: false },
    repairsColons: false,
    listing: { share: 0.02, unit: 'tokens', fallback: 8000, perSkill: undefined },
    documentation: 'https://developers.openai.com/codex/skills',
  },
  gemini: {
    title: 'Gemini CLI',
    folders: [
      ...folders('project', 1, { own: ['.gemini/skills'], shared: ['.agents/skills'] }),
      ...folders('personal', 1, { own: ['.gemini/skills'], shared: ['.agents/skills'] }),
    ],
    precedence: { rule: 'lastWins', scopes: ['project', 'personal', 'managed'] },
    name: { pattern: anyName, words: 'any text', longest: undefined, optional: false, folder: undefined },
    description: { longest: undefined, optional: false, oneLine: false },
    repairsColons: true,
    listing: undefined,
    documentation: 'https://geminicli.com/docs/cli/skills/',
  },
  opencode: {
    title: 'opencode',
    folders: [
      ...folders('project', 6, {
        own: ['.opencode/skills', '.opencode/skill'],
        shared: ['.agents/skills'],
        foreign: ['.claude/skills'],
      }),
      ...folders('personal', 6, {
        own: ['.config/opencode/skills', '.config/opencode/skill'],
        shared: ['.agents/skills'],
        foreign: ['.claude/skills'],
      }),
    ],
    precedence: { rule: 'lastWins', scopes: ['project', 'personal', 'managed'] },
    name: { pattern: portable, words: portableWords, longest: 64, optional: false, folder: 'refused' },
    description: { longest: 1024, optional: false, oneLine: false },
    repairsColons: true,
    listing: undefined,
    documentation: 'https://opencode.ai/docs/skills',
  },
  cursor: {
    title: 'Cursor',
    folders: [
      ...folders('project', 1, {
        own: ['.cursor/skills'],
        shared: ['.agents/skills'],
        foreign: ['.claude/skills', '.codex/skills'],
      }),
      ...folders('personal', 1, {
        own: ['.cursor/skills'],
        shared: ['.agents/skills'],
        foreign: ['.claude/skills', '.codex/skills'],
      }),
    ],
    precedence: { rule: 'firstWins', scopes: ['project', 'personal', 'managed'] },
    name: { pattern: portable, words: portableWords, longest: 64, optional: false, folder: 'warned' },
    description: { longest: 1024, optional: false, oneLine: false },
    repairsColons: false,
    listing: undefined,
    documentation: 'https://cursor.com/docs/context/skills',
  },
  pi: {
    title: 'pi',
    folders: [
      ...folders('project', 6, { own: ['.pi/skills'], shared: ['.agents/skills'] }),
      ...folders('personal', 6, { own: ['.pi/agent/skills'], shared: ['.agents/skills'] }),
    ],
    precedence: { rule: 'firstWins', scopes: ['personal', 'project', 'managed'] },
    name: { pattern: portable, words: portableWords, longest: 64, optional: false, folder: 'warned' },
    description: { longest: undefined, optional: false, oneLine: false },
    repairsColons: false,
    listing: undefined,
    documentation: 'https://github.com/badlogic/pi-mono/blob/main/packages/coding-agent/docs/skills.md',
  },
  roo: {
    title: 'Roo Code',
    folders: [
      ...folders('project', 1, { own: ['.roo/skills'], shared: ['.agents/skills'] }),
      ...folders('personal', 1, { own: ['.roo/skills'], shared: ['.agents/skills'] }),
    ],
    precedence: { rule: 'firstWins', scopes: ['project', 'personal', 'managed'] },
    name: { pattern: portable, words: portableWords, longest: 64, optional: false, folder: 'refused' },
    description: { longest: 1024, optional: false, oneLine: false },
    repairsColons: false,
    listing: undefined,
    documentation: 'https://docs.roocode.com/features/skills',
  },
  openclaw: {
    title: 'OpenClaw',
    folders: [...folders('personal', 1, { own: ['.openclaw/skills'], shared: ['.agents/skills'] })],
    precedence: { rule: 'firstWins', scopes: ['project', 'personal', 'managed'] },
    name: { pattern: portable, words: portableWords, longest: 64, optional: false, folder: undefined },
    description: { longest: undefined, optional: false, oneLine: true },
    repairsColons: false,
    listing: undefined,
    documentation: 'https://docs.openclaw.ai/tools/skills',
  },
  sdk: {
    title: 'skills-runtime-sdk',
    folders: [],
    precedence: { rule: 'allListed', scopes: ['project', 'personal', 'managed'] },
    name: {
      pattern: /^[a-z0-9][a-z0-9_-]{0,62}[a-z0-9]$/,
      words: 'two or more lowercase letters a-z, digits, hyphens and underscores, with a letter or digit at both ends',
      longest: 64,
      optional: false,
      folder: undefined,
    },
    description: { longest: undefined, optional: false, oneLine: false },
    repairsColons: false,
    listing: undefined,
    documentation: 'https://pypi.org/project/skills-runtime-sdk/',
  },
} as const satisfies Record<string, Client>

export type ClientId = keyof typeof clientTable
