import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
import { nameOf, skillText, writeCatalogue } from './skillCatalogue.ts'
import { processTime, skillPeers } from './skillPeers.ts'

const sizes = [200, 16_000]
const cli = join(repository, 'dist/cli.mjs')
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
      figures.push(...(await whileTyping(folder, size, of)), ...starts(folder, join(base, `kept-${size}`), of))
      figures.push(...wholeCheck(folder, of))
    }
    return figures
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
  const typed = await time(200, () => service.findings(show(`\n${'word '.repeat(version % 40)}`)), 20)
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
  const each = <T>(places: readonly T[], run: (place: T) => unknown) => time(40, () => places.map(run), 5)
  const per = (samples: readonly number[], count: number) => samples.map((sample) => sample / count)
  const completed = await each(completing, (position) => completions(document, { position, ...request }, context))
  const hovered = await each(looking, (position) => hover(document, position, false, context))
  const defined = await each([slash], (position) => definition(document, position, context))
  const referred = await time(10, () => references(document, name, true, context))
  const renamed = await time(10, () => rename(document, name, 'another-name', support, context))
  return [
    byWorst(`keystroke → diagnostics, ${of}`, typed, 10),
    byWorst(`completion, ${of}`, per(completed, completing.length), 5),
    byWorst(`hover, ${of}`, per(hovered, looking.length), 5),
    byWorst(`definition, ${of}`, defined, 5),
    byWorst(`references, ${of}`, referred, 20),
    byWorst(`rename plan, ${of}`, renamed, 20),
  ]
}

/** What is aimed at is a bound of nearly all, not of the middle one. */
function byWorst(name: string, samples: readonly number[], aim: number): Figure {
  const p95 = percentile(samples, 95)
  return { ...sampled(`${name}, p95`, samples, { p99: percentile(samples, 99) }), value: p95, aim }
}

/** Two fresh processes: the first finds everything, the second begins with what the first stored. */
function starts(folder: string, kept: string, of: string): Figure[] {
  const start = () => {
    const script = join(repository, 'scripts/bench/skillStart.ts')
    const { stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', script, folder, kept], { encoding: 'utf8' })
    const line = stdout.trim().split('\n').at(-1)
    if (!line) throw new Error(`The catalogue was not opened:\n${stderr}`)
    return JSON.parse(line) as { answers: number; looked: number; memory: number }
  }
  const cold = start()
  const warm = start()
  const ms = (name: string, value: number, aim: number): Figure => ({ name: `${name}, ${of}`, value, unit: 'ms', aim })
  return [
    ms('first start, all known', cold.looked, 4000),
    ms('start with the stored index, answers', warm.answers, 300),
    ms('start with the stored index, all looked at', warm.looked, 4000),
    { name: `memory of the service, ${of}`, value: warm.memory, unit: 'MB', aim: 200 },
  ]
}

/** Processor time: what else the machine does counts for nobody. */
function wholeCheck(folder: string, of: string): Figure[] {
  const ours = processTime([cli, 'skills', 'check', '--format', 'json'], folder)
  const unit = 'ms'
  if (ours === undefined) throw new Error(`The check of ${of} took longer than five minutes.`)
  const figure: Figure = { name: `whole check, ${of}, processor time`, value: ours, unit }
  const peers = skillPeers()
  if (typeof peers === 'string') {
    console.error(peers)
    return [figure]
  }
  const beside = peers.map(({ name, args }): Figure => {
    const theirs = processTime(args(join(folder, '.agents/skills')), folder)
    if (theirs === undefined) return { ...figure, name: `${figure.name} (${name} took over five minutes)` }
    return { ...figure, name: `${figure.name} beside ${name}`, limit: { name, value: theirs }, aim: theirs }
  })
  return beside
}
