import type { GuardedProgram } from '#protocol/guard.ts'
import type { ProgramWords } from './programWords.ts'

/**
 * Whether a rule that covers a program names what is grave about it: all of its words, or of programs whose first word
 * says what they do, that word (`[git, push]`, `[docker, system, prune]`). A broad rule (`[git]`, `[rm, -rf]`) does not.
 */
export function namesConsequence({ exactly, length }: ProgramWords, { name, argv }: GuardedProgram): boolean {
  if (exactly || length >= argv.length) return true
  const groups = name === null ? undefined : subcommands.get(name)
  const [, command, inner] = argv
  if (!groups || !isWord(command)) return false
  return groups.has(command) || groups.has('*') ? isWord(inner) && length >= 3 : length >= 2
}

function isWord(word: string | null | undefined): word is string {
  return typeof word === 'string' && !word.startsWith('-')
}

const none: ReadonlySet<string> = new Set()
const every: ReadonlySet<string> = new Set(['*'])

/** Programs that are told what to do by their first word, each with the first words that want a second one. */
const subcommands: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  [
    'git',
    new Set(['stash', 'remote', 'worktree', 'submodule', 'reflog', 'bisect', 'notes', 'lfs', 'config', 'bundle']),
  ],
  [
    'npm',
    new Set(['access', 'dist-tag', 'owner', 'org', 'team', 'token', 'profile', 'hook', 'cache', 'config', 'run']),
  ],
  ['pnpm', new Set(['store', 'config', 'run', 'env', 'server'])],
  ['yarn', new Set(['npm', 'config', 'cache', 'workspace', 'plugin', 'run'])],
  ['cargo', none],
  ['gem', none],
  ['poetry', new Set(['config', 'cache', 'self', 'env', 'run'])],
  ['uv', new Set(['pip', 'tool', 'cache', 'python', 'run'])],
  ['twine', none],
  ['terraform', new Set(['state', 'workspace'])],
  ['tofu', new Set(['state', 'workspace'])],
  ['pulumi', new Set(['stack', 'state', 'config', 'org', 'policy'])],
  ['helm', new Set(['repo', 'plugin', 'registry', 'dependency'])],
  ['kubectl', new Set(['config', 'rollout', 'certificate', 'set', 'create'])],
  ['docker', new Set(['system', 'volume', 'image', 'container', 'network', 'builder', 'buildx', 'compose', 'context'])],
  ['podman', new Set(['system', 'volume', 'image', 'container', 'network', 'pod', 'machine', 'compose'])],
  ['gh', every],
  ['glab', every],
])
