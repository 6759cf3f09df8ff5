import { anything, flag, type Shape, text } from './shape.ts'

/** Whose agent a file is. `any` is AGENT.md and what lies nowhere in particular. */
export type AgentDialect = 'claude' | 'github' | 'opencode' | 'cursor' | 'any'

/** `handoffs` of VS Code. */
export const handoffsShape: Shape = {
  kinds: ['list'],
  items: {
    kinds: ['map'],
    required: ['label', 'agent'],
    keys: {
      label: text,
      agent: text,
      prompt: text,
      send: flag,
      showContinueOn: flag,
      model: { kinds: ['text', 'list'] },
    },
  },
}

/** `github.permissions`: what a token of the agent may do. */
export const githubShape: Shape = {
  kinds: ['map'],
  open: true,
  keys: {
    permissions: { kinds: ['map', 'text'], items: { kinds: ['text'], values: ['read', 'write', 'none'] } },
  },
}

/** `sidekick` of Copilot CLI. */
export const sidekickShape: Shape = {
  kinds: ['map'],
  required: ['triggers'],
  keys: {
    triggers: { kinds: ['list', 'map'] },
    behavior: { ...text, values: ['persistent', 'oneshot'] },
    maxSendsPerTurn: { kinds: ['number'], least: 1 },
    cancelOnNewTurn: flag,
    launchConditions: { kinds: ['list'] },
    featureFlag: text,
    inlineForwardMaxChars: { kinds: ['number'], least: 1 },
  },
}

/** The keys of each dialect beside those that completion offers. */
export const furtherKeys: Readonly<Record<AgentDialect, readonly string[]>> = {
  claude: [
    'autoCompactWindow',
    'omitClaudeMd',
    'observer',
    'observerMessage',
    'observeToolResults',
    'observeSubagents',
    'experimental',
    'maxTurns',
    'version',
    'color',
    'tags',
  ],
  github: [
    'github',
    'advancedOptions',
    'models',
    'modelPolicy',
    'reasoningEffort',
    'include-custom-instructions',
    'sidekick',
    'hooks',
    'metadata',
    'id',
    'title',
    'tags',
    'version',
  ],
  opencode: [
    'mode',
    'temperature',
    'top_p',
    'permission',
    'prompt',
    'disable',
    'hidden',
    'steps',
    'maxSteps',
    'options',
    'variant',
    'color',
    'tools',
  ],
  cursor: ['readonly', 'is_background'],
  any: [],
}

/** Keys that do nothing where an agent is for one of the two targets only. */
export const ignoredByTarget: Readonly<Record<string, readonly string[]>> = {
  vscode: ['mcp-servers', 'github', 'sidekick', 'models', 'modelPolicy'],
  'github-copilot': ['argument-hint', 'handoffs', 'advancedOptions', 'hooks'],
}

/** What keys of an agent for Claude Code must be that have no list of values. */
export const claudeKeyShapes: Readonly<Record<string, Shape>> = {
  maxTurns: { kinds: ['number'], least: 1 },
  background: { kinds: ['boolean'] },
  mcpServers: { kinds: ['list', 'map'] },
  skills: { kinds: ['list', 'text'] },
  initialPrompt: text,
  hooks: anything,
}
