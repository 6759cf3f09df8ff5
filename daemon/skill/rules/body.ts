import type { SkillDocument } from '../document/document.ts'
import { lineEnd, nextLine } from '../document/fences.ts'
import { estimateTokens } from '../document/tokens.ts'
import { bodyLine, fenceMarks, inProse, linesIn, sectionsOf } from './bodyText.ts'
import { count } from './entries.ts'
import { familyWords, retiredModels } from './modelNames.ts'
import { type Hit, ruleTable } from './rule.ts'
import { firstLine } from './skillFolder.ts'
import { unbalancedTags } from './tags.ts'

const prompts = ['skill', 'flatSkill', 'agent'] as const
export const mostBodyLines = 500
const mostTokens = 5000
const linesWithoutHeading = 40
const longestCode = 50
/** Longer texts are not counted to the last sign: that they are too long is known before. */
const countedText = 400_000

/** One of these stands in every placeholder. */
const placeholderWords = 'todo,tbd,fixme,[insert,[add your,[your,[describe,[replace ,[fill in,lorem ipsum'.split(',')

/** B01 to B07, B20 to B22: the form of the body. How it is worded stands in `wording.ts`. */
export const bodyRules = ruleTable({
  B01: {
    title: 'Empty body',
    severity: 'warning',
    kinds: prompts,
    why: 'The body is what the agent reads when it uses the skill; without one there is nothing to follow.',
    source: 'specification',
    check: (document) => {
      const { fences, text, body } = document
      if (!fences?.close || body.end - body.start > 4000) return []
      if (!/^(?:\s|<!--[\s\S]{0,2000}?-->)*$/.test(text.slice(body.start, body.end))) return []
      return [{ span: fences.close, message: 'Nothing follows the frontmatter.' }]
    },
  },
  B02: {
    title: 'Body has too many lines',
    severity: 'warning',
    kinds: ['skill'],
    why: 'All of it is put into the prompt. The specification recommends at most 500 lines, and files of their own for details.',
    source: 'specification',
    check: (document) => {
      const line = bodyLine(document, mostBodyLines)
      if (!line || document.text.slice(line.start, line.start + 100_000).trim() === '') return []
      const lines = linesIn(document.text, document.body, 100_000)
      const message = `The body has ${count(lines)}${lines === 100_000 ? ' or more' : ''} lines; ${mostBodyLines} are recommended.`
      return [{ span: line, message }]
    },
  },
  B03: {
    title: 'Body has too many tokens',
    severity: 'warning',
    kinds: ['skill'],
    why: 'All of it is put into the prompt each time. The specification recommends fewer than 5,000 tokens.',
    source: 'specification',
    check: (document) => {
      const { text, body } = document
      if (body.end - body.start < mostTokens) return []
      const counted = text.slice(body.start, Math.min(body.end, body.start + countedText)).trim()
      const tokens = estimateTokens(counted)
      if (tokens <= mostTokens) return []
      const more = body.end - body.start > countedText ? 'more than' : 'about'
      const message = `The body has ${more} ${count(tokens)} tokens; fewer than ${count(mostTokens)} are recommended.`
      return [{ span: lineOfToken(document, mostTokens), message }]
    },
  },
  B04: {
    title: 'Code block is not closed',
    severity: 'error',
    kinds: ['skill', 'flatSkill', 'agent', 'instructions'],
    why: 'All that follows is code to the reader.',
    source: 'commonMark',
    needs: { words: fenceMarks },
    check: unclosedFences,
  },
  B05: {
    title: 'No headings',
    severity: 'hint',
    kinds: ['skill'],
    why: 'Headings let an agent find the part that it needs.',
    source: 'bestPractices',
    check: (document) => {
      if (document.blocks.length === 0 || document.blocks.some(({ type }) => type === 'heading')) return []
      const line = bodyLine(document, linesWithoutHeading)
      return line ? [{ span: firstLine(document), message: 'The text is long and has no headings.' }] : []
    },
  },
  B06: {
    title: 'Order of headings',
    severity: 'hint',
    kinds: prompts,
    why: 'A level left out, or two parts of one name, make it harder to say where something stands.',
    source: 'commonMark',
    check: (document) => {
      if (isInOrder(document)) return []
      const hits: Hit[] = []
      const names = new Map<string, SkillDocument['body']>()
      const path: string[] = []
      let before = 0
      for (const { title, level } of sectionsOf(document)) {
        if (before > 0 && level > before + 1) {
          hits.push({ span: title, message: `After a heading of level ${before} comes one of level ${level}.` })
        }
        before = level
        path.length = level - 1
        path[level - 1] = document.slice(title).toLowerCase().trim()
        const name = path.join('\n')
        const first = names.get(name)
        if (first && path[level - 1] !== '') {
          hits.push({
            span: title,
            message: 'A heading before has the same name.',
            related: [{ message: 'The first', span: first }],
          })
        } else names.set(name, title)
      }
      return hits
    },
  },
  B07: {
    title: 'Placeholder',
    severity: 'warning',
    kinds: prompts,
    why: 'The agent takes a template’s text for what it is to do.',
    source: 'bestPractices',
    needs: { words: placeholderWords },
    check: (document) =>
      inProse(document, placeholders).flatMap(({ span, text }): Hit[] => {
        const start = span.start + text.length - text.trimStart().length
        const hit: Hit = { span: { start, end: span.end }, message: 'This is yet to be written.' }
        if (isNamed(document, hit.span)) return []
        // Within a line it is mostly what the agent fills in: a title in quotes, a part of a prompt.
        const fillsIn = /^\[(?!TODO|TBD|FIXME)/i.test(text.trim()) && !isAlone(document, hit.span)
        return [fillsIn ? { ...hit, severity: 'information' } : hit]
      }),
  },
  B20: {
    title: 'Long code block',
    severity: 'hint',
    kinds: ['skill'],
    why: 'A script in a file costs nothing until it is run, and is run the same each time.',
    source: 'bestPractices',
    needs: { words: fenceMarks },
    check: (document) =>
      document.blocks.flatMap((block): Hit[] => {
        if (block.type !== 'fence' || !block.closed || !scriptExtension(document.slice(block.info))) return []
        const lines = linesIn(document.text, block.content, 10_000)
        if (lines <= longestCode) return []
        return [{ span: block.open, message: `This code has ${count(lines)} lines; a file in \`scripts\` costs less.` }]
      }),
  },
  B21: {
    title: 'Tag that is not closed or not opened',
    severity: 'warning',
    kinds: prompts,
    why: 'Tags show the model where a part begins and ends.',
    source: 'bestPractices',
    needs: { words: ['</'] },
    check: unbalancedTags,
  },
  B22: {
    title: 'Model that is gone',
    severity: 'information',
    kinds: prompts,
    why: 'Requests to a model that was taken out of service fail.',
    source: 'claudeSkills',
    needs: { words: familyWords },
    check: (document) => {
      const { text, body } = document
      const model = document.isReadable ? document.entry('model')?.value.span : undefined
      const parts = model ? [model, body] : [body]
      return parts.flatMap(({ start, end }) =>
        retiredModels.flatMap(({ pattern, instead }) =>
          [...text.slice(start, end).matchAll(pattern)].map((match): Hit => {
            const at = start + match.index
            const message = `\`${match[0]}\` is no longer served; \`${instead}\` is its family now.`
            const own = start !== body.start
            return { span: { start: at, end: at + match[0].length }, message, ...(own ? { data: { instead } } : {}) }
          }),
        ),
      )
    },
  },
})

const placeholders =
  /(?<=^[ \t>]{0,8}(?:[-*+]|\d{1,3}[.)])?[ \t]{0,4}(?:\[[ xX]\][ \t]{0,4})?(?:\*\*)?)(?:TODO|TBD|FIXME)(?=\s*(?::|$|\*\*:?|\())|\[(?:TODO|TBD|FIXME|Insert|Add your|Your|Describe|Replace (?:this|with)|Fill in)\b[^\]\n]{0,200}\](?![([])|\blorem ipsum\b/gim

/** Whether no level is left out and no title stands twice. */
function isInOrder(document: SkillDocument): boolean {
  const titles = new Set<string>()
  let before = 6
  for (const block of document.blocks) {
    if (block.type !== 'heading') continue
    const title = document.slice(block.title).toLowerCase().trim()
    if (block.level > before + 1 || titles.has(title)) return false
    titles.add(title)
    before = block.level
  }
  return true
}

/** Whether the text speaks of placeholders: "mark it with [TODO]", "no lorem ipsum, TODO, etc." */
function isNamed({ text }: SkillDocument, { start, end }: SkillDocument['body']): boolean {
  const before = text.slice(Math.max(text.lastIndexOf('\n', start - 1) + 1, start - 100), start)
  return (
    /\b(?:with|as|like|no|not|never|avoid|remaining|contains?|includ\w+|such as|e\.g\.|mark(?:ed|s)?|tags?|any|placeholders?|remove|replace|find|search\w*|grep)\b[^.!?\n]{0,40}$/i.test(
      before,
    ) || /^[`"']?\s*,?\s*(?:etc\b|comments?\b|markers?\b|placeholders?\b|tags?\b)/i.test(text.slice(end, end + 20))
  )
}

/** Whether nothing else stands on the line but a list marker and a label. */
function isAlone({ text }: SkillDocument, { start, end }: SkillDocument['body']): boolean {
  const line = text.slice(text.lastIndexOf('\n', start - 1) + 1, start)
  const rest = text.slice(end, lineEnd(text, end))
  return /^[\s>]*(?:(?:[-*+]|\d+[.)])\s+)?$/.test(line.slice(-200)) && /^[\s.]*$/.test(rest.slice(0, 200))
}

/** Of a fence behind which nothing follows nothing is lost; the one that it was to end has ended before, at a fence inside of it. */
function unclosedFences(document: SkillDocument): Hit[] {
  const fences = document.blocks.filter((block) => block.type === 'fence')
  const last = fences.at(-1)
  if (!last || last.closed) return []
  const before = fences.at(-2)
  const holds = before && /^(?:markdown|md|mdx|text)?$/i.test(document.slice(before.info))
  const isBare = last.info.start === last.info.end
  const advice = isBare && holds ? ' A block that holds fences of its own needs a longer one: ````.' : ''
  const related =
    advice === '' ? undefined : [{ message: 'The block that was perhaps to end here', span: before!.open }]
  const hit: Hit = { span: last.open, message: `This code block is not closed.${advice}`, ...(related && { related }) }
  const isStray = isBare && document.text.slice(last.content.start).trim() === ''
  return [isStray ? { ...hit, severity: 'information', data: { stray: true } } : hit]
}

/** The line on which the body's token of this number stands. */
function lineOfToken({ text, body }: SkillDocument, number: number): SkillDocument['body'] {
  let tokens = 0
  let at = body.start
  for (; at < body.end; at = nextLine(text, at)) {
    const end = Math.min(lineEnd(text, at), at + countedText)
    tokens += estimateTokens(text.slice(at, end)) + 0.24
    if (tokens > number) return { start: at, end }
  }
  return { start: body.start, end: lineEnd(text, body.start) }
}

const extensions: Readonly<Record<string, string>> = {
  python: 'py',
  py: 'py',
  python3: 'py',
  bash: 'sh',
  sh: 'sh',
  shell: 'sh',
  zsh: 'sh',
  javascript: 'js',
  js: 'js',
  typescript: 'ts',
  ts: 'ts',
  ruby: 'rb',
  powershell: 'ps1',
  perl: 'pl',
}

/** The extension of a script in the language that a fence names; undefined for what is no script. */
export function scriptExtension(info: string): string | undefined {
  const language = info.split(/[\s{,]/)[0]!.toLowerCase()
  return Object.hasOwn(extensions, language) ? extensions[language] : undefined
}
