import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { cacheFolder } from '../setup/places.mjs'

const versions = { 'skills-ref': '0.1.5', 'skill-check': '1.2.0' }
const folder = join(cacheFolder, 'skill-peers-1')
/** What takes longer than this has no figure. */
const longestPeer = 300_000

/** How a peer checks all skills of a folder, each in one process of its own. */
interface SkillPeer {
  readonly name: string
  readonly args: (skills: string) => readonly string[]
}

/** The validators that npm has, put into the cache folder once; a reason where they cannot be had. */
export function skillPeers(): SkillPeer[] | string {
  try {
    install()
  } catch (error) {
    return `skills-ref and skill-check could not be had from npm: ${error instanceof Error ? error.message : error}`
  }
  const library = pathToFileURL(join(folder, 'node_modules/skills-ref/dist/index.js')).href
  const each = `import { readdirSync } from 'node:fs'
const { validate } = await import('${library}')
for (const name of readdirSync(process.argv[1])) await validate(process.argv[1] + '/' + name)`
  return [
    { name: 'skills-ref', args: (skills) => ['--input-type=module', '-e', each, skills] },
    {
      name: 'skill-check',
      args: (skills) => [
        join(folder, 'node_modules/skill-check/bin/skill-check.js'),
        'check',
        skills,
        '--no-security-scan',
        '--format',
        'json',
      ],
    },
  ]
}

function install(): void {
  if (existsSync(join(folder, 'node_modules/skill-check/bin/skill-check.js'))) return
  mkdirSync(folder, { recursive: true })
  const wanted = Object.entries(versions).map(([name, version]) => `${name}@${version}`)
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  execFileSync('npm', ['install', ...quiet, '--prefix', folder, ...wanted], { stdio: 'pipe', timeout: 180_000 })
}

/** What a run of Node costs, in milliseconds. */
export interface RunTime {
  /** What somebody waits. */
  readonly elapsed: number
  /** What all its threads worked: what else the machine does counts for nobody. */
  readonly processor: number
}

/** The least of three runs of Node, which what else the machine does makes longer and never shorter; undefined where one took too long. */
export function runTime(args: readonly string[], cwd: string): RunTime | undefined {
  const runs = [0, 1, 2].map(() => timeOnce(args, cwd))
  return runs.reduce(
    (a, b) => a && b && { elapsed: Math.min(a.elapsed, b.elapsed), processor: Math.min(a.processor, b.processor) },
  )
}

function timeOnce(args: readonly string[], cwd: string): RunTime | undefined {
  const ran = spawnSync(
    '/bin/bash',
    ['-c', 'TIMEFORMAT="%R %U %S"; time "$@" >/dev/null 2>&1', '-', process.execPath, ...args],
    {
      cwd,
      encoding: 'utf8',
      timeout: longestPeer,
    },
  )
  if (ran.error) return undefined
  const [elapsed = Number.NaN, user = Number.NaN, system = Number.NaN] = ran.stderr.trim().split(' ').map(Number)
  return { elapsed: elapsed * 1000, processor: (user + system) * 1000 }
}
