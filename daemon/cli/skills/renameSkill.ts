import { promises } from 'node:fs'
import { relative } from 'node:path'
import { parseArgs } from 'node:util'
import { visible } from '#protocol/visible.ts'
import { nameIn, type Path, pathOf } from '../../skill/document/location.ts'
import { rename } from '../../skill/features/rename.ts'
import { ownName } from '../../skill/features/thing.ts'
import { applyEdits } from '../../skill/fixes/fix.ts'
import { skillExitCodes } from '../exitCodes.ts'
import { printLines } from '../sandbox/output.ts'
import { UsageError } from '../usage.ts'
import { InputTrouble, refusalOf } from './inputTrouble.ts'
import { openSkills, projectAround, type SkillsOnDisk, skillCalled } from './skillsOnDisk.ts'
import { writeText } from './writeText.ts'

const options = { folder: { type: 'string', default: '.' }, 'dry-run': { type: 'boolean' } } as const
const support = { versioned: true, snippets: false, files: true }

interface Plan {
  readonly texts: readonly {
    readonly path: Path
    readonly before: string
    readonly after: string
    readonly edits: number
  }[]
  readonly moves: readonly { readonly from: Path; readonly to: Path }[]
}

/** `paddock skills rename`: its name, its folder, and every mention and link in the project that means it. */
export async function renameSkill(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  const [old, name, ...others] = positionals
  if (old === undefined || name === undefined || others.length > 0) {
    throw new UsageError('Which skill, and how is it to be called? paddock skills rename OLD NEW')
  }
  const project = projectAround(values.folder)
  const skills = await openSkills([project])
  const { path } = skillCalled(old, skills)
  const plan = await planOf(path, name, skills)
  if (plan.texts.length === 0 && plan.moves.length === 0) {
    printLines([`It is called "${visible(name)}" already.`])
    return skillExitCodes.ok
  }
  const dry = values['dry-run'] ?? false
  if (!dry) await carryOut(plan, skills)
  const from = (each: Path) => visible(relative(process.cwd(), each) || each)
  printLines([
    ...plan.texts.map(({ path: each, edits }) => `${from(each)}: ${edits} ${edits === 1 ? 'place' : 'places'}`),
    ...plan.moves.map((each) => `${from(each.from)} → ${from(each.to)}`),
    ...(dry ? ['Nothing was changed.'] : []),
  ])
  return skillExitCodes.ok
}

async function planOf(path: Path, name: string, { service }: SkillsOnDisk): Promise<Plan> {
  const document = await service.read(path)
  const own = document === 'missing' ? undefined : ownName(document)
  if (document === 'missing' || !own) {
    throw new InputTrouble(`${path}: its frontmatter has no name that can be read. "paddock skills check" says more.`)
  }
  const edit = await rename(document, document.rangeOf(own.span).start, name, support, service.contextOf(document))
  if ('reason' in edit) throw new InputTrouble(edit.reason)
  const texts: Plan['texts'][number][] = []
  const moves: { from: Path; to: Path }[] = []
  for (const change of edit.documentChanges ?? []) {
    if ('kind' in change) {
      if (change.kind === 'rename') moves.push({ from: pathOf(change.oldUri)!, to: pathOf(change.newUri)! })
      continue
    }
    const changed = pathOf(change.textDocument.uri)!
    const read = await service.read(changed)
    if (read === 'missing') throw new InputTrouble(`${changed}: it cannot be read.`)
    const edits = change.edits.map((each) => {
      const { start, end } = each.range
      const span = { start: read.source.offsetAt(start), end: read.source.offsetAt(end) }
      return { span, text: 'newText' in each ? each.newText : each.snippet.value }
    })
    const after = applyEdits(read.text, edits)
    if (after !== read.text) texts.push({ path: changed, before: read.text, after, edits: edits.length })
  }
  return { texts, moves }
}

/** The texts first: where one of them is refused, the folder is still what it was. */
async function carryOut({ texts, moves }: Plan, { named }: SkillsOnDisk): Promise<void> {
  for (const { to } of moves) {
    const isThere = await promises.stat(to).then(
      () => true,
      () => false,
    )
    if (isThere) throw new InputTrouble(`${to}: it is there already.`)
  }
  const written: Plan['texts'][number][] = []
  try {
    for (const text of texts) {
      await writeText(text.path, text, named)
      written.push(text)
    }
    for (const { from, to } of moves) await promises.rename(from, to)
  } catch (error) {
    for (const { path, before, after } of written) await writeText(path, { before: after, after: before }, named)
    const why = refusalOf(error)
    throw why === undefined ? error : new InputTrouble(`${moves.map(({ from }) => nameIn(from)).join(', ')}: ${why}.`)
  }
}
