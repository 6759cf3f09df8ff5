/** How much of a file of instructions a client reads, or is said to keep well in mind. */
export interface InstructionLimit {
  readonly file: RegExp
  readonly unit: 'lines' | 'bytes' | 'characters'
  readonly most: number
  /** What happens behind the limit, as a sentence. */
  readonly says: string
}

export const instructionLimits: readonly InstructionLimit[] = [
  {
    file: /\/CLAUDE(?:\.local)?\.md$/,
    unit: 'lines',
    most: 200,
    says: 'Claude Code advises at most 200 lines; what comes later is followed less.',
  },
  {
    file: /\/AGENTS(?:\.override)?\.md$/,
    unit: 'bytes',
    most: 32_768,
    says: 'Codex reads at most 32 KiB; from here on it is cut.',
  },
  {
    file: /\/\.windsurf\/rules\/.*\.md$/,
    unit: 'characters',
    most: 12_000,
    says: 'Windsurf reads at most 12,000 characters of a rule; from here on it is cut.',
  },
  { file: /\/MEMORY\.md$/, unit: 'lines', most: 200, says: 'The first 200 lines are loaded; from here on it is not.' },
  { file: /\/MEMORY\.md$/, unit: 'bytes', most: 25_600, says: 'The first 25 KB are loaded; from here on it is not.' },
]

/** What only one client has, where every agent reads it. */
export const clientFeatures: readonly { readonly client: string; readonly pattern: RegExp }[] = [
  {
    client: 'Claude Code',
    pattern:
      /(?<![\w./])\/(?:compact|clear|init|memory|agents|hooks|mcp)\b(?![/\w.-])|\b(?:TodoWrite|AskUserQuestion|ExitPlanMode|SlashCommand)\b|\bTask tool\b/,
  },
  { client: 'VS Code', pattern: /#(?:tool|file|codebase):?\w+|(?<![\w.])@(?:workspace|terminal|vscode)\b/ },
  { client: 'Cursor', pattern: /(?<![\w.])@(?:Codebase|Docs|Web|Git)\b/ },
]

/** A title that says that what follows is for one client. */
export const clientTitle = /\b(?:claude|codex|cursor|copilot|gemini|vs ?code|opencode|windsurf|cline|roo|amp)\b/i

export const clientPath =
  /(?<![\w./-])~?\/?\.(?:claude|codex|cursor|gemini|opencode|windsurf|roo|clinerules)\/[\w./*-]{0,80}[\w/*]/

/** Questions to which a project has one answer. */
export const choices: readonly { readonly topic: string; readonly answers: Readonly<Record<string, RegExp>> }[] = [
  {
    topic: 'package manager',
    answers: {
      npm: /\bnpm (?:install|ci|run|test)\b/,
      pnpm: /\bpnpm (?:install|i|run|test|add)\b/,
      yarn: /\byarn (?:install|add|run|test)\b/,
      bun: /\bbun (?:install|add|run|test)\b/,
    },
  },
  {
    topic: 'indentation',
    answers: {
      tabs: /\b(?:indent(?:ation)?|use)\b[^.\n]{0,30}\btabs\b/i,
      'two spaces': /\b(?:2|two)[- ]spaces?\b/i,
      'four spaces': /\b(?:4|four)[- ]spaces?\b/i,
    },
  },
  { topic: 'quotes', answers: { single: /\bsingle quotes\b/i, double: /\bdouble quotes\b/i } },
  {
    topic: 'semicolons',
    answers: { with: /\b(?:always )?use semicolons\b/i, without: /\b(?:no|without|omit) semicolons\b/i },
  },
  { topic: 'test runner', answers: { vitest: /\bvitest\b/i, jest: /\bjest\b/i, mocha: /\bmocha\b/i } },
]

/** Rule files of clients: what their frontmatter may hold, and which key holds patterns of paths. */
export const ruleFolders: readonly {
  readonly file: RegExp
  readonly client: string
  readonly keys: readonly string[]
  readonly globs: string
}[] = [
  { file: /\/\.claude\/rules\//, client: 'Claude Code', keys: ['paths', 'description', 'name'], globs: 'paths' },
  { file: /\/\.cursor\/rules\//, client: 'Cursor', keys: ['description', 'globs', 'alwaysApply'], globs: 'globs' },
  { file: /\/\.windsurf\/rules\//, client: 'Windsurf', keys: ['trigger', 'description', 'globs'], globs: 'globs' },
  { file: /\/\.clinerules\//, client: 'Cline', keys: ['paths', 'description'], globs: 'paths' },
]

export const instructionKeys: readonly string[] = ['applyTo', 'description', 'name', 'excludeAgent', 'title', 'tags']
export const memoryTypes: readonly string[] = ['user', 'feedback', 'project', 'reference']

/** Files of instructions that lie side by side. */
export const siblings: readonly string[] = ['AGENTS.md', 'CLAUDE.md', 'GEMINI.md', '.github/copilot-instructions.md']
