import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import { diskWorkspace } from '../../daemon/skill/diskWorkspace.ts'
import { uriOf } from '../../daemon/skill/document/location.ts'
import { completions } from '../../daemon/skill/features/completion.ts'
import { definition } from '../../daemon/skill/features/definition.ts'
import { hover } from '../../daemon/skill/features/hover.ts'
import { references } from '../../daemon/skill/features/references.ts'
import { rename } from '../../daemon/skill/features/rename.ts'
import { SkillService } from '../../daemon/skill/service.ts'
import { repository } from '../setup/places.mjs'
import { type Figure, percentile, sampled, time } from './figure.ts'
import { nameOf, skillText, writeCatalogue, writeHardSkills } from './skillCatalogue.ts'
import { type RunTime, runTime, skillPeers } from './skillPeers.ts'

const sizes = [200, 16_000]
const cli = join(repository, 'dist/cli.mjs')
/** As the daemon is bundled. */
const bundle = {
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
  banner: {
    js: "import { createRequire as paddockRequire } from 'node:module';const require=paddockRequire(import.meta.url);",
  },
  logLevel: 'warning',
} satisfies BuildOptions
const support = { versioned: true, snippets: true, files: true }

/** What the language of skills costs in a small and in a large catalogue. */
export async function skillFigures(): Promise<Figure[]> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'paddock-bench-')))
  try {
    const figures: Figure[] = []
    for (const size of sizes) {
      const folder = join(base, String(size))
      mkdirSync(folder)
      writeCatalogue(folder, size)
      const of = `${size.toLocaleString('en')} skills`
      figures.push(...(await whileTyping(folder, size, of)))
      figures.push(...(await starts(folder, join(base, `kept-${size}`), size, of)))
      figures.push(...wholeCheck(folder, of))
    }
    return [...figures, hardCheck(join(base, 'hard'))]
  } finally {
    rmSync(base, { recursive: true, force: true })
  }
}

/** One skill is edited, with the whole catalogue around it. Every keystroke is another text. */
async function whileTyping(folder: string, size: number, of: string): Promise<Figure[]> {
  const service = new SkillService({ workspace: diskWorkspace, home: undefined })
  await service.begin([{ path: folder, type: 'folder' }], new AbortController().signal)
  const at = Math.floor(size / 2)
  const uri = uriOf(join(folder, '.agents/skills', nameOf(at), 'SKILL.md'))
  const text = skillText(at, size)
  let version = 0
  const show = (more: string) => service.show({ uri, languageId: 'skill', version: ++version, text: text + more })
  await service.allFindings(show(''))
  const typed = await timed(200, () => service.findings(show(`\n${'word '.repeat(version % 40)}`)), 20)
  const document = show('')
  const context = service.contextOf(document)
  const positionOf = (found: string) => document.source.positionAt(text.indexOf(found) + 3)
  const key = positionOf('license')
  const mention = positionOf('$[team]')
  const inMention = document.source.positionAt(text.indexOf('$[team].') + '$[team].'.length + 3)
  const slash = document.source.positionAt(text.indexOf(', /') + 5)
  const name = document.source.positionAt(text.indexOf('name: ') + 8)
  const request = { snippets: true, complement: false }
  const looking = [key, mention, slash]
  const completing = [key, inMention]
  let turn = 0
  const inTurn = <T>(places: readonly T[], run: (place: T) => unknown) =>
    timed(100, () => run(places[turn++ % places.length]!), 10)
  const completed = await inTurn(completing, (position) => completions(document, { position, ...request }, context))
  const hovered = await inTurn(looking, (position) => hover(document, position, false, context))
  const defined = await inTurn([slash], (position) => definition(document, position, context))
  const referred = await timed(40, () => references(document, name, true, context))
  const renamed = await timed(40, () => rename(document, name, 'another-name', support, context))
  return [
    ...byWorst(`keystroke → diagnostics, ${of}`, typed, 10),
    ...byWorst(`completion, ${of}`, completed, 5),
    ...byWorst(`hover, ${of}`, hovered, 5),
    ...byWorst(`definition, ${of}`, defined, 5),
    ...byWorst(`references, ${of}`, referred, 20),
    ...byWorst(`rename plan, ${of}`, renamed, 20),
  ]
}

interface Samples {
  readonly elapsed: readonly number[]
  readonly processor: readonly number[]
}

/** Both what somebody waits and what of it the processor worked: the rest is what else the machine did. */
async function timed(count: number, run: () => unknown, warmUp = 3): Promise<Samples> {
  const processor: number[] = []
  const elapsed = await time(
    count,
    async () => {
      const before = process.threadCpuUsage()
      await run()
      const { user, system } = process.threadCpuUsage(before)
      processor.push((user + system) / 1000)
    },
    warmUp,
  )
  return { elapsed, processor: processor.slice(warmUp) }
}

/** What is aimed at is a bound of nearly all, not of the middle one. */
function byWorst(name: string, { elapsed, processor }: Samples, aim: number): Figure[] {
  return [[`${name}, p95`, elapsed] as const, [`${name}, p95 of processor time`, processor] as const].map(
    ([title, samples]) => {
      const value = percentile(samples, 95)
      return { ...sampled(title, samples, { p99: percentile(samples, 99) }), value, aim }
    },
  )
}

interface Start {
  readonly known: number
  readonly checked: number
  readonly looked: number
  readonly memory: number
}

/** Fresh processes of the service as it ships: the first finds everything, the others begin with what it stored. */
async function starts(folder: string, kept: string, size: number, of: string): Promise<Figure[]> {
  const program = join(folder, '../skillStart.mjs')
  await build({ ...bundle, entryPoints: [join(repository, 'scripts/bench/skillStart.ts')], outfile: program })
  const skill = join(folder, '.agents/skills', nameOf(Math.floor(size / 2)), 'SKILL.md')
  const start = (): Start => {
    const args = ['--expose-gc', program, folder, kept, skill]
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    const line = stdout.trim().split('\n').at(-1)
    if (!line) throw new Error(`The catalogue was not opened:\n${stderr}`)
    return JSON.parse(line)
  }
  const cold = start()
  const starts = Array.from({ length: 5 }, start)
  // The least: what else the machine does makes a start longer, never shorter.
  const warm = {
    known: Math.min(...starts.map(({ known }) => known)),
    checked: Math.min(...starts.map(({ checked }) => checked)),
    looked: Math.min(...starts.map(({ looked }) => looked)),
    memory: Math.max(cold.memory, ...starts.map(({ memory }) => memory)),
  }
  const ms = (name: string, value: number, aim: number): Figure => ({ name: `${name}, ${of}`, value, unit: 'ms', aim })
  return [
    ms('first start, all known', cold.looked, 4000),
    ms('start with the stored index, it is known', warm.known, 300),
    ms('start with the stored index, first skill checked', warm.checked, 300),
    ms('start with the stored index, all looked at', warm.looked, 4000),
    { name: `memory of the service, ${of}`, value: warm.memory, unit: 'MB', aim: 200 },
  ]
}

/** The rules of what skills-ref looks at, which is the frontmatter: whether it can be read, the name, the description, unknown keys. */
const rulesOfSkillsRef = 'Y,N,D01,D02,D03,D04,K01,K06'

/** All rules, and then only those of what skills-ref looks at, beside each peer: what somebody waits for it, and what it works. */
function wholeCheck(folder: string, of: string): Figure[] {
  const check = [cli, 'skills', 'check', '--json']
  const whole = timeOf(check, folder, of)
  const few = timeOf([...check, '--only', rulesOfSkillsRef], folder, of)
  const peers = skillPeers()
  if (typeof peers === 'string') {
    console.error(peers)
    return besides(`whole check, ${of}`, whole, undefined)
  }
  return peers.flatMap((peer) => {
    const theirs = runTime(peer.args(join(folder, '.agents/skills')), folder)
    if (theirs === undefined)
      return besides(`whole check, ${of} (${peer.name} took over five minutes)`, whole, undefined)
    const beside = { name: peer.name, ...theirs }
    const alike = peer.name === 'skills-ref' ? besides(`check of what skills-ref looks at, ${of}`, few, beside) : []
    return [...besides(`whole check, ${of}, beside ${peer.name}`, whole, beside), ...alike]
  })
}

function timeOf(args: readonly string[], folder: string, of: string): RunTime {
  const time = runTime(args, folder)
  if (time === undefined) throw new Error(`The check of ${of} took longer than five minutes.`)
  return time
}

function besides(name: string, ours: RunTime, theirs: ({ readonly name: string } & RunTime) | undefined): Figure[] {
  const unit = 'ms'
  const limit = (value: number) => theirs && { limit: { name: theirs.name, value }, aim: value }
  return [
    { name, value: ours.elapsed, unit, ...limit(theirs?.elapsed ?? 0) },
    { name: `${name}, processor time`, value: ours.processor, unit, ...limit(theirs?.processor ?? 0) },
  ]
}

/** What is larger than any catalogue should be is finished all the same; how long it may take is the bound of `runTime`. */
function hardCheck(folder: string): Figure {
  mkdirSync(folder)
  writeCatalogue(folder, 20_000)
  writeHardSkills(folder)
  const of = '20,000 skills, 100,000 lines and 10 MB of YAML'
  return {
    name: `whole check, ${of}`,
    value: timeOf([cli, 'skills', 'check', '--json'], folder, of).elapsed,
    unit: 'ms',
  }
}
