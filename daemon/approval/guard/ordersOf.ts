import { posix } from 'node:path'
import type { Action } from '#protocol/approval.ts'
import type { GuardedProgram, GuardReport } from '#protocol/guard.ts'

/** Consent is bound to so many files at most: those that stand first. */
const mostOrders = 20

/** Files that a program takes its orders from without being told of them. */
const ownOrders: Readonly<Record<string, readonly string[]>> = {
  npm: ['package.json'],
  pnpm: ['package.json'],
  yarn: ['package.json'],
  bun: ['package.json'],
  make: ['GNUmakefile', 'makefile', 'Makefile'],
  gmake: ['GNUmakefile', 'makefile', 'Makefile'],
  just: ['justfile', 'Justfile'],
  task: ['Taskfile.yml', 'Taskfile.yaml'],
  rake: ['Rakefile'],
  cargo: ['build.rs'],
  composer: ['composer.json'],
  docker: ['docker-compose.yml', 'compose.yaml', 'Dockerfile'],
}

/**
 * The files that a command runs or takes its orders from, absolute and in plain form, as far as that can be read off it:
 * scripts by name, scripts that interpreters are given, recipes of task runners. None where nothing of it runs code.
 */
export function ordersOf(action: Action, { programs, paths }: GuardReport): string[] {
  if (action.type !== 'command') return []
  const runners = programs.filter(({ effect }) => effect === 'run' || effect === 'unknown')
  if (runners.length === 0) return []
  const folders = foldersOf(action.cwd, programs)
  const named = paths.flatMap(({ path, effect, tree }) => (effect === 'read' && !tree ? [path] : []))
  const untold = runners.flatMap((program) => ordersIn(folders, program))
  return [...new Set([...named, ...untold])].slice(0, mostOrders)
}

/** Where it may be by then: a folder that is only known when it runs is none of them. */
function foldersOf(cwd: string, programs: readonly GuardedProgram[]): string[] {
  const folders = [cwd]
  for (const { name, argv } of programs) {
    const into = argv[1]
    if (name === 'cd' && typeof into === 'string') folders.push(posix.resolve(folders.at(-1) ?? cwd, into))
  }
  return folders
}

function ordersIn(folders: readonly string[], { name, argv }: GuardedProgram): string[] {
  const called = argv[0]
  const files = typeof called === 'string' && called.includes('/') ? [called] : []
  const own = name !== null && Object.hasOwn(ownOrders, name) ? (ownOrders[name] ?? []) : []
  return folders.flatMap((folder) => [...files, ...own].map((file) => posix.resolve(folder, file)))
}
