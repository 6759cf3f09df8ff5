import { anything, flag, type Shape, text, textOrTexts, texts } from './shape.ts'

const person: Shape = { kinds: ['map', 'text'], keys: { name: text, email: text, url: text }, open: true }
const repository: Shape = { kinds: ['text', 'map'] }
const pathsOrMap: Shape = { kinds: ['text', 'list', 'map'] }

const described = {
  $schema: text,
  name: text,
  displayName: text,
  version: text,
  description: text,
  author: person,
  homepage: text,
  repository,
  license: text,
  keywords: texts,
  tags: texts,
  category: text,
} as const satisfies Record<string, Shape>

/** What a plugin brings, and where it lies. */
const parts = {
  commands: pathsOrMap,
  agents: textOrTexts,
  skills: textOrTexts,
  hooks: pathsOrMap,
  mcpServers: pathsOrMap,
  lspServers: pathsOrMap,
  outputStyles: textOrTexts,
  themes: pathsOrMap,
  monitors: pathsOrMap,
  channels: anything,
  settings: anything,
  userConfig: { kinds: ['map'] },
  dependencies: { kinds: ['list', 'map'] },
  experimental: { kinds: ['map'] },
  defaultEnabled: flag,
} as const satisfies Record<string, Shape>

/** `plugin.json` of Claude Code, Codex and Cursor together. */
export const pluginShape: Shape = {
  kinds: ['map'],
  required: ['name'],
  keys: {
    ...described,
    ...parts,
    // Codex
    interface: { kinds: ['map'] },
    apps: pathsOrMap,
    // Cursor
    logo: text,
    publisher: text,
    rules: pathsOrMap,
  },
}

const source: Shape = { kinds: ['text', 'map'] }

/** `marketplace.json` of Claude Code and Codex together. */
export const marketplaceShape: Shape = {
  kinds: ['map'],
  required: ['name', 'plugins'],
  keys: {
    $schema: text,
    name: text,
    version: text,
    description: text,
    owner: { kinds: ['map'], required: ['name'], open: true, keys: { name: text, email: text, url: text } },
    metadata: {
      kinds: ['map'],
      open: true,
      keys: { description: text, version: text, pluginRoot: text, homepage: text, repository },
    },
    interface: { kinds: ['map'] },
    allowCrossMarketplaceDependenciesOn: texts,
    forceRemoveDeletedPlugins: flag,
    renames: { kinds: ['map'] },
    plugins: {
      kinds: ['list'],
      items: {
        kinds: ['map'],
        required: ['name', 'source'],
        open: true,
        keys: { ...described, ...parts, source, strict: flag, policy: { kinds: ['map'] } },
      },
    },
  },
}

/** What a source of each kind must have. */
export const sourceNeeds: Readonly<Record<string, readonly string[]>> = {
  github: ['repo'],
  url: ['url'],
  git: ['url'],
  'git-subdir': ['url', 'path'],
  npm: ['package'],
  pip: ['package'],
  file: ['path'],
  directory: ['path'],
  local: ['path'],
}
