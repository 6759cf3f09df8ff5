import { isWithin, type Named } from './paths.ts'
import { type Act, act } from './reasons.ts'
import type { Word } from './shell/word.ts'
import { shown } from './shell/word.ts'
import { isTemporary } from './temporary.ts'

interface Ground {
  readonly root: string
  readonly home: string
  isOriginal(path: string): boolean
}

/** Why it matters that this is deleted; undefined where the layer brings it back, or where it can be made again. */
export function whyDeletionMatters(word: Word, named: Named | null, tree: boolean, ground: Ground): Act | undefined {
  if (!named || (word.text === null && word.glob === undefined)) {
    return act('deletes-unknown', `What it deletes is only known when it runs: ${shown(word)}.`)
  }
  for (const path of named.paths) {
    const found = judge(word, path, named.below, tree, ground)
    if (found) return found
  }
  return undefined
}

function judge(
  word: Word,
  path: string,
  below: boolean,
  tree: boolean,
  { root, home, isOriginal }: Ground,
): Act | undefined {
  const what = below ? shown(word) : path
  const everything = [root, home].some((folder) => isWithin(path, folder))
  if (everything && (tree || below)) {
    // A pattern in the workspace's own folder takes some of it.
    if (below && path === root && !/^[*.]*$/.test(lastPart(word))) {
      return isRegenerable(word.glob ?? '') ? undefined : many(what)
    }
    return act(
      'deletes-everything',
      `It deletes ${what}: all of the workspace, of the home folder or of what they lie in.`,
    )
  }
  if (!isWithin(root, path) && !isWithin(home, path)) {
    const isNobodys = isTemporary(below ? `${path}/` : path)
    return isNobodys ? undefined : act('deletes-outside', `It deletes ${what}, outside the workspace.`)
  }
  if (isWithin(root, path) && posixParts(path.slice(root.length)).includes('.git')) {
    return act('rewrites-history', `It deletes ${what}, where Git keeps its history.`)
  }
  const inside = path.slice((isWithin(root, path) ? root : home).length)
  if (isRegenerable(inside) || (below && isRegenerable(word.glob ?? ''))) return undefined
  // The home folder is no part of the layer: nothing brings back what is deleted there.
  if (below) return isOriginal(path) || !isWithin(root, path) ? many(what) : undefined
  if (!tree) return undefined
  if (!isWithin(root, path))
    return act(
      'deletes-tree',
      `It deletes ${what} with all that is in it, from a home folder that nothing brings back.`,
    )
  if (isOriginal(path))
    return act('deletes-tree', `It deletes ${what} with all that is in it, which was there before the agent came.`)
  return undefined
}

function many(what: string): Act {
  return act('deletes-many', `It deletes every ${what}, among them files that were there before the agent came.`)
}

function lastPart(word: Word): string {
  return (word.glob ?? word.lead).split('/').at(-1) ?? ''
}

/** Whether the tools of a project make it again, by its name or that of a folder that it lies in. */
export function isRegenerable(path: string): boolean {
  return posixParts(path).some((name) => folders.has(name) || names.test(name))
}

const posixParts = (path: string) => path.split('/').filter((part) => part !== '')

const folders = new Set(
  [
    'node_modules dist build out target .next .nuxt .output .svelte-kit .astro .turbo .parcel-cache .cache .vite .vercel',
    'coverage .nyc_output htmlcov __pycache__ .pytest_cache .mypy_cache .ruff_cache .tox .nox .venv venv .eggs',
    '.gradle .angular .expo .terraform .dart_tool CMakeFiles bazel-out _build .stack-work dist-newstyle elm-stuff .tsc',
    '.npm .yarn-cache .gradle .m2 .ivy2 test-results playwright-report storybook-static tmp .tmp temp .ipynb_checkpoints .coverage .eslintcache DerivedData',
  ].flatMap((line) => line.split(' ')),
)

/** Also as patterns: `*.pyc`. */
const names =
  /^(package-lock\.json|yarn\.lock|pnpm-lock\.yaml|.*\.(pyc|pyo|o|obj|class|log|tmp|temp|swp|bak|orig|rej|tsbuildinfo|egg-info|gcda|gcno|map|pid|cache)|\.DS_Store|npm-debug\.log.*|\.eslintcache|\.coverage|.*~)$/
