import type { Path } from './location.ts'

/** What a file is to an agent. Rules and keys say for which kinds they hold. */
export type DocumentKind =
  /** `SKILL.md` in a folder of its own. */
  | 'skill'
  /** A skill or command that is one file: `skills/<name>.md`, `.claude/commands/<name>.md`. */
  | 'flatSkill'
  | 'agent'
  /** AGENTS.md, CLAUDE.md and their relatives, and rule files. */
  | 'instructions'
  /** MEMORY.md and its entries. */
  | 'memory'
  | 'openaiYaml'
  | 'evals'
  | 'plugin'
  | 'marketplace'
  /** `hooks/hooks.json` of a plugin. */
  | 'hooks'
  /** `skills-lock.json`, in which the `skills` command line notes what it installed. */
  | 'skillsLock'
  /** A program in a skill's `scripts` folder. */
  | 'script'
  /** Any other Markdown: what a skill refers to, and where mentions may stand. */
  | 'markdown'

/** By path, first match wins. Each pattern is matched against the whole decoded path. */
const places: readonly { readonly kind: DocumentKind; readonly path: RegExp }[] = [
  { kind: 'skill', path: /[/:]SKILL\.md$/i },
  { kind: 'memory', path: /\/MEMORY\.md$/ },
  { kind: 'memory', path: /\/memory\/[^/]+\.md$/ },
  { kind: 'instructions', path: /\/(?:AGENTS(?:\.override)?|CLAUDE(?:\.local)?|GEMINI|WARP|CONVENTIONS)\.md$/ },
  { kind: 'instructions', path: /\/\.(?:claude|windsurf|clinerules|roo|amazonq)\/rules\/.*\.md$/ },
  { kind: 'instructions', path: /\/\.cursor\/rules\/.*\.mdc$/ },
  { kind: 'instructions', path: /\.instructions\.md$|\/\.github\/copilot-instructions\.md$/ },
  { kind: 'agent', path: /\/AGENT\.md$|\.agent\.md$|\.chatmode\.md$/ },
  { kind: 'agent', path: /\/\.(?:claude|opencode|cursor)\/agents?\/.*\.md$/ },
  { kind: 'openaiYaml', path: /\/agents\/openai\.ya?ml$/ },
  { kind: 'evals', path: /\/evals?\/(?:.*\/)?(?:[^/]+\.json|case\.ya?ml)$|\/eval_queries\.json$/ },
  {
    kind: 'marketplace',
    path: /\/\.(?:claude|agents)-plugin\/marketplace\.json$|\/\.agents\/plugins\/marketplace\.json$/,
  },
  { kind: 'plugin', path: /\/\.(?:claude|codex|cursor)-plugin\/plugin\.json$/ },
  { kind: 'hooks', path: /\/hooks\/hooks\.json$/ },
  { kind: 'skillsLock', path: /\/skills-lock\.json$/ },
  {
    kind: 'script',
    path: /\/(?:skills?\/(?:.*\/)?|[^/]*-skills\/[^/]+\/)scripts\/(?:.*\/)?[^/]+\.(?:sh|bash|zsh|py|js|mjs|cjs|ts|rb|pl|ps1)$/,
  },
  { kind: 'flatSkill', path: /\/\.(?:claude|opencode|cursor)\/commands?\/.*\.md$/ },
  { kind: 'flatSkill', path: /\/skills\/(?!README\.md|CHANGELOG\.md|CONTRIBUTING\.md|LICENSE\.md)[^/]+\.md$/ },
  { kind: 'markdown', path: /\.(?:md|mdc|markdown)$/i },
]

const languages: Readonly<Record<string, DocumentKind>> = {
  skill: 'skill',
  chatagent: 'agent',
  instructions: 'instructions',
  prompt: 'flatSkill',
  markdown: 'markdown',
}

/** What a document is, by its path, or else its language, or else by how it begins; undefined for what the service does not read. */
export function documentKind(uri: string, languageId = '', text = ''): DocumentKind | undefined {
  const path = decoded(uri)
  const byPath = kindAt(path)
  if (byPath !== undefined && byPath !== 'markdown') return byPath
  const kind = languages[languageId] ?? byPath
  return kind === 'markdown' ? markdownKind(path, text) : kind
}

/**
 * What Markdown is of which path and language say no more. Plugins keep agents and commands in folders that others have for anything: there
 * they are known by their frontmatter.
 */
export function markdownKind(path: Path, text: string): DocumentKind {
  if (!text.startsWith('---', text.charCodeAt(0) === byteOrderMark ? 1 : 0)) return 'markdown'
  return ofPlugins.find((place) => place.path.test(path) && place.head.test(text))?.kind ?? 'markdown'
}

const byteOrderMark = 0xfeff
/** Lines of a frontmatter up to one that begins with some key, not read further than what has one. */
const upTo = String.raw`^\uFEFF?---[ \t]*\r?\n(?:(?!---)[^\n]{0,4000}\n){0,40}?`
/** Agents without a description are skipped by every client; a command has one, or says what it may use. */
const ofPlugins: readonly { readonly kind: DocumentKind; readonly path: RegExp; readonly head: RegExp }[] = [
  { kind: 'agent', path: /\/agents\/(?:[^/]+\/)?[^/]+\.md$/, head: new RegExp(`(?=${upTo}name:)${upTo}description:`) },
  {
    kind: 'flatSkill',
    path: /\/commands\/(?:[^/]+\/)?[^/]+\.md$/,
    head: new RegExp(`${upTo}(?:description|argument-hint|allowed-tools):`),
  },
]

/** Whether the catalogue remembers files of a kind; of what a skill only runs, it need not know. */
export function isCatalogued(kind: DocumentKind | undefined): kind is DocumentKind {
  return kind !== undefined && kind !== 'script'
}

// Most files of a project are of no kind, and that is soon seen.
const read = /\.(?:md|mdc|markdown|json|ya?ml)$|\/scripts\/.*\.(?:sh|bash|zsh|py|js|mjs|cjs|ts|rb|pl|ps1)$/i

/** What the file at a path is, by that alone. */
export function kindAt(path: Path): DocumentKind | undefined {
  if (!read.test(path)) return undefined
  return places.find((place) => place.path.test(path))?.kind
}

/** Whether documents of this kind are Markdown, with frontmatter or without. */
export function isMarkdown(kind: DocumentKind): boolean {
  return kind !== 'script' && !isData(kind)
}

/** Whether documents of this kind are YAML or JSON as a whole. */
export function isData(kind: DocumentKind): boolean {
  return (dataKinds as readonly DocumentKind[]).includes(kind)
}

/** Kinds that are YAML or JSON as a whole. */
export const dataKinds = ['openaiYaml', 'evals', 'plugin', 'marketplace', 'hooks', 'skillsLock'] as const

function decoded(uri: string): string {
  const path = uri.replace(/[?#].*$/s, '')
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
