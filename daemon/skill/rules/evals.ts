import { SkillDocument } from '../document/document.ts'
import { nameIn, type Path, parentOf, resolveIn, uriOf } from '../document/location.ts'
import { type Entry, entryIn, type Value } from '../document/value.ts'
import { valueOrKey } from './entries.ts'
import { caseShape, evalsShape, graderNeeds, queriesShape } from './evalShapes.ts'
import { type Hit, type RuleContext, ruleTable } from './rule.ts'
import { type Shape, shapeHits } from './shape.ts'

const kinds = ['evals'] as const

/** E: tests of skills. */
export const evalRules = ruleTable({
  E01: {
    title: 'Not the format of evals',
    severity: 'warning',
    kinds,
    why: 'Tools that run evals read `evals.json` as an object with `skill_name` and `evals`, and `eval_queries.json` as a list of queries.',
    source: 'evaluating',
    check: (document) => {
      const shape = shapeOf(document)
      if (!shape) return []
      return notJson(document) ?? shapeHits(root(document)!, shape, shape === queriesShape ? 'The list' : 'The file')
    },
  },
  E02: {
    title: 'Evals of another skill',
    severity: 'warning',
    kinds,
    why: 'The runner loads the skill by this name.',
    source: 'evaluating',
    check: (document, context) => {
      const entry = entryIn(root(document), 'skill_name')
      const skill = skillFolder(document)
      if (entry?.value.kind !== 'text' || skill === undefined) return []
      const name = nameOf(skill, context)
      if (name === undefined || entry.value.text === name || entry.value.text === nameIn(skill)) return []
      const message = `These are evals of \`${entry.value.text}\`, but they lie in the skill \`${name}\`.`
      return [{ span: entry.value.span, message, data: { name } }]
    },
  },
  E03: {
    title: 'File of an eval is missing',
    severity: 'warning',
    kinds,
    why: 'The eval cannot run without its files.',
    source: 'evaluating',
    check: (document, { files }) => {
      const skill = skillFolder(document)
      const folder = document.folderPath
      if (skill === undefined || folder === undefined) return []
      return cases(document).flatMap((each) =>
        (entryIn(each, 'files')?.value.items ?? []).flatMap(({ kind, text, span }): Hit[] => {
          if (kind !== 'text' || text.trim() === '' || /^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return []
          const places = [...new Set([skill, folder].map((from) => resolveIn(from, text)))]
          const missing = places.every((path) => files.stat(path) === 'missing')
          return missing ? [{ span, message: `There is no file \`${text}\` in the skill’s folder.` }] : []
        }),
      )
    },
  },
  E04: {
    title: 'Two evals with one id',
    severity: 'warning',
    kinds,
    why: 'Results are kept by id: the second overwrites the first.',
    source: 'evaluating',
    check: (document) => {
      const seen = new Set<string>()
      return cases(document).flatMap((each): Hit[] => {
        const id = entryIn(each, 'id')
        if (!id || (id.value.kind !== 'text' && id.value.kind !== 'number')) return []
        const written = id.value.kind === 'text' ? id.value.text : String(id.value.scalar)
        if (seen.has(written)) return [{ span: id.value.span, message: `The id ${written} stands here twice.` }]
        seen.add(written)
        return []
      })
    },
  },
  E05: {
    title: 'Evals that tell little',
    severity: 'hint',
    kinds,
    why: 'One case is an anecdote, and without assertions nobody but a person can tell whether it went well.',
    source: 'evaluating',
    check: (document) => {
      const evals = entryIn(root(document), 'evals')
      if (evals?.value.kind !== 'list') return []
      const few: Hit[] =
        evals.value.items.length < 2 ? [{ span: evals.keySpan, message: 'Fewer than two cases tell little.' }] : []
      const without = cases(document).filter((each) => !hasAssertions(each))
      const prompts = without.map((each) => entryIn(each, 'prompt')).filter((entry) => entry !== undefined)
      return [...few, ...prompts.map(({ keySpan }) => ({ span: keySpan, message: 'The case has no assertions.' }))]
    },
  },
  E06: {
    title: 'Queries of one sort',
    severity: 'hint',
    kinds,
    why: 'Whether a description triggers at the right time is seen from queries that should trigger it and from near misses that should not, about as many of each.',
    source: 'evaluating',
    check: (document) => {
      const list = root(document)
      if (!isQueries(document) || list?.kind !== 'list' || list.items.length === 0) return []
      const answers = list.items.map((item) => entryIn(item, 'should_trigger')).filter((entry) => entry !== undefined)
      const yes = answers.filter(({ value }) => value.scalar === true).length
      const no = answers.filter(({ value }) => value.scalar === false).length
      const span = { start: list.span.start, end: Math.min(list.span.start + 1, list.span.end) }
      if (yes + no === 0) return []
      if (no === 0) return [{ span, message: 'No query is a near miss that should not trigger the skill.' }]
      if (yes === 0) return [{ span, message: 'No query should trigger the skill.' }]
      if (yes + no >= 8 && Math.min(yes, no) * 4 < yes + no)
        return [
          {
            span,
            message: `${yes} queries should trigger the skill and ${no} should not; take about as many of each.`,
          },
        ]
      return []
    },
  },
  E07: {
    title: 'Case of `claude plugin eval`',
    severity: 'warning',
    kinds,
    why: 'A case without a prompt or without a grader does not load, and the run fails.',
    source: 'claudePlugins',
    check: (document, { files }) => (isCase(document) ? caseHits(document, files) : []),
  },
  E08: {
    title: 'Evals not run since the skill changed',
    severity: 'information',
    kinds,
    why: 'The last results speak of an older text.',
    source: 'evaluating',
    check: (document, { files }) => {
      const skill = skillFolder(document)
      const entry = entryIn(root(document), 'evals')
      if (skill === undefined || !entry) return []
      const workspace = `${skill}-workspace`
      const runs = files.list(workspace)
      const changed = files.stat(`${skill}/SKILL.md`)
      if (!runs || runs === 'missing' || !changed || changed === 'missing') return []
      const numbers = runs.flatMap(({ name }) => /^iteration-(\d{1,6})$/.exec(name)?.[1] ?? []).map(Number)
      if (numbers.length === 0) return []
      const result = files.stat(`${workspace}/iteration-${Math.max(...numbers)}/benchmark.json`)
      if (!result || result === 'missing' || result.modified >= changed.modified) return []
      const message = 'SKILL.md changed since these evals were run last.'
      return [{ span: entry.keySpan, message, related: [{ message: 'The last results', path: workspace }] }]
    },
  },
})

function root(document: SkillDocument): Value | undefined {
  return document.isReadable ? document.yaml.root : undefined
}

function isQueries({ path, uri }: SkillDocument): boolean {
  return /queries\.json$/.test(path ?? uri)
}

function isCase({ path, uri }: SkillDocument): boolean {
  return /\/case\.ya?ml$/.test(path ?? uri)
}

/** Other files beside the evals are their data. */
function shapeOf(document: SkillDocument): Shape | undefined {
  if (isQueries(document)) return queriesShape
  return /\/evals\.json$/.test(document.path ?? document.uri) ? evalsShape : undefined
}

function notJson(document: SkillDocument): Hit[] | undefined {
  const { jsonFault, text } = document
  if (jsonFault) {
    const start = Math.min(jsonFault.at, text.length)
    return [
      {
        span: { start, end: Math.min(start + 1, text.length) },
        message: `Not JSON: ${jsonFault.message}.`,
        severity: 'error',
        saidByEditor: true,
      },
    ]
  }
  return root(document) ? undefined : []
}

function cases(document: SkillDocument): readonly Value[] {
  return entryIn(root(document), 'evals')?.value.items ?? []
}

function hasAssertions(each: Value): boolean {
  return ['assertions', 'expectations'].some((key) => (entryIn(each, key)?.value.items.length ?? 0) > 0)
}

/** The folder of the skill that an `evals` folder belongs to. */
function skillFolder({ folderPath }: SkillDocument): Path | undefined {
  if (folderPath === undefined) return undefined
  return /^evals?$/.test(nameIn(folderPath)) ? parentOf(folderPath) : undefined
}

function nameOf(skill: Path, { files }: RuleContext): string | undefined {
  const path = `${skill}/SKILL.md`
  const text = files.text(path)
  if (text === undefined || text === 'missing') return undefined
  const document = new SkillDocument({ uri: uriOf(path), languageId: 'skill', version: 0, text })
  return document.entry('name')?.value.text.trim() || nameIn(skill)
}

function caseHits(document: SkillDocument, files: RuleContext['files']): Hit[] {
  const value = root(document)
  if (!value) return []
  const start = value.entries[0]?.keySpan ?? value.span
  const folder = document.folderPath
  const there = (name: string) => (folder === undefined ? undefined : files.stat(`${folder}/${name}`))
  const prompt = entryIn(value, 'prompt') ?? entryIn(entryIn(value, 'execution')?.value, 'prompt')
  const graders = entryIn(value, 'graders')
  const hits: Hit[] = shapeHits(value, caseShape, 'The case')
  if (!prompt && there('prompt.md') === 'missing')
    hits.push({ span: start, message: 'The case has no prompt: neither `execution.prompt` nor a file `prompt.md`.' })
  const inFolder = folder === undefined ? undefined : files.list(`${folder}/graders`)
  const none = inFolder === 'missing' || (inFolder && !inFolder.some(({ name }) => name.endsWith('.md')))
  if ((!graders || graders.value.items.length === 0) && none)
    hits.push({ span: graders ? valueOrKey(graders) : start, message: 'The case has no grader and does not load.' })
  return [...hits, ...(graders?.value.items ?? []).flatMap(graderHits)]
}

function graderHits(grader: Value): Hit[] {
  const type: Entry | undefined = entryIn(grader, 'type')
  const needed = type && graderNeeds[type.value.text]
  if (grader.kind !== 'map' || needed === undefined || entryIn(grader, needed)) return []
  return [{ span: type!.value.span, message: `A grader of type ${type!.value.text} has a \`${needed}\`.` }]
}
