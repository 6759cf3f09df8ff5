import { placementOf } from '../clients/clients.ts'
import type { SkillDocument } from '../document/document.ts'
import type { Span } from '../document/fences.ts'
import { estimateTokens } from '../document/tokens.ts'
import {
  bodyLine,
  fenceMarks,
  firstBodyLine,
  inProse,
  isInstruction,
  linesIn,
  proseOf,
  sectionsOf,
} from './bodyText.ts'
import { count } from './entries.ts'
import { repeated } from './repetition.ts'
import { type Hit, type Rule, type RuleContext, ruleTable } from './rule.ts'
import {
  formatterFiles,
  formatting,
  formattingWords,
  languages,
  shouted,
  shoutedWords,
  synonyms,
  type WordingRule,
  wordingTable,
} from './wordingTable.ts'

const prompts = ['skill', 'flatSkill', 'agent'] as const
const mostInstructions = 150
const sectionTokens = 500
const quietly = 12

type WordingCode = keyof typeof wordingTable

const byPattern = Object.fromEntries(
  Object.entries(wordingTable).map(([code, rule]): [string, Rule] => [code, ruleFor(rule)]),
) as Record<WordingCode, Rule>

/** B08 to B28: how the body is worded. All of it is advice, and most of it only given to those who ask. */
export const wordingRules = ruleTable({
  ...byPattern,
  B11: {
    title: 'Too much emphasis',
    severity: 'hint',
    kinds: prompts,
    why: 'Where everything is important, nothing is.',
    source: 'bestPractices',
    needs: { words: shoutedWords },
    check: (document) => {
      const loud = inProse(document, shouted)
      const lines = linesIn(document.text, document.body, 10_000)
      const from = Math.max(quietly, Math.ceil(lines / 12))
      const first = loud[from]
      const message = `${loud.length} words in capitals raise their voice in ${count(lines)} lines.`
      return first ? [{ span: first.span, message }] : []
    },
  },
  B12: {
    title: 'Said twice, or both ways',
    severity: 'hint',
    kinds: prompts,
    why: 'Of two sentences that contradict each other a model follows either.',
    source: 'bestPractices',
    check: repeated,
  },
  B13: {
    title: 'Two words for one thing',
    severity: 'off',
    kinds: prompts,
    why: 'One word for one thing lets the model see that it is one.',
    source: 'bestPractices',
    needs: { words: ['folder', 'repositor', 'api route', 'argument'] },
    check: (document) =>
      synonyms.flatMap(([one, other, names]): Hit[] => {
        const first = inProse(document, one)
        const second = inProse(document, other)
        if (first.length < 2 || second.length < 2) return []
        const rarer = first.length < second.length ? first : second
        return [{ span: rarer[0]!.span, message: `${names} both stand in the text; use one of them.` }]
      }),
  },
  B14: {
    title: 'Too many instructions',
    severity: 'hint',
    kinds: [...prompts, 'instructions'],
    why: 'Of more than about 150 instructions a model follows fewer and fewer.',
    source: 'bestPractices',
    check: (document) => {
      if (document.blocks.length <= mostInstructions) return []
      const told = proseOf(document).filter((block) => isInstruction(document, block))
      const last = told[mostInstructions]
      const message = `This is one of ${count(told.length)} instructions; models follow about ${mostInstructions}.`
      return last ? [{ span: lineOf(document, last.span), message }] : []
    },
  },
  B15: {
    title: 'Long section',
    severity: 'off',
    kinds: prompts,
    why: 'Short sections are found and followed more surely.',
    source: 'bestPractices',
    check: (document) => {
      const sections = sectionsOf(document)
      return sections.flatMap(({ title, span }, index): Hit[] => {
        const own = Math.min(sections[index + 1]?.span.start ?? span.end, span.end)
        if (own - span.start < sectionTokens || own - span.start > 1_000_000) return []
        const tokens = estimateTokens(document.text.slice(span.start, own))
        return tokens > sectionTokens
          ? [{ span: title, message: `This section has about ${count(tokens)} tokens.` }]
          : []
      })
    },
  },
  B19: {
    title: 'Code in another language',
    severity: 'off',
    kinds: ['skill'],
    why: 'Examples in other languages than the skill is about lead the model to mix them.',
    source: 'bestPractices',
    needs: { words: fenceMarks },
    check: (document) => {
      const about = new Set((document.folder ?? '').split('-').flatMap((word) => languageOf(word) ?? []))
      if (about.size === 0) return []
      return document.blocks.flatMap((block): Hit[] => {
        if (block.type !== 'fence' || block.info.end === block.info.start) return []
        const language = languageOf(
          document
            .slice(block.info)
            .split(/[\s{,]/)[0]!
            .toLowerCase(),
        )
        if (language === undefined || about.has(language)) return []
        return [{ span: block.info, message: `The skill’s name speaks of ${[...about].join(' and ')}.` }]
      })
    },
  },
  B24: {
    title: 'What a tool’s settings say already',
    severity: 'hint',
    kinds: ['skill', 'instructions'],
    why: 'A formatter does it anyway; said twice, one of the two will be wrong some day.',
    source: 'bestPractices',
    needs: { words: formattingWords },
    check: (document, context) => {
      const found = inProse(document, formatting)
      if (found.length === 0) return []
      const file = formatterOf(document, context)
      if (file === undefined) return []
      return found.map(({ span }) => ({ span, message: `\`${file}\` of the project settles this.` }))
    },
  },
  B25: {
    title: 'No examples and no usage',
    severity: 'off',
    kinds: ['skill'],
    why: 'An example shows in few words what many sentences only describe.',
    source: 'bestPractices',
    check: (document) => {
      const line = firstBodyLine(document)
      if (!line || document.blocks.some(({ type }) => type === 'fence' || type === 'indented')) return []
      const says = /\b(?:usage|examples?|workflow|steps?|how to|quick ?start|instructions|process)\b/i
      if (document.blocks.some((block) => block.type === 'heading' && says.test(document.slice(block.title)))) return []
      return [{ span: line, message: 'The text has neither an example nor a section on how to use it.' }]
    },
  },
  B26: {
    title: 'Important, but in the middle',
    severity: 'off',
    kinds: [...prompts, 'instructions'],
    why: 'Models remember the beginning and the end of a long text best.',
    source: 'bestPractices',
    needs: { words: ['critical', 'important', 'mandatory'] },
    check: (document) => {
      const { body } = document
      if (!bodyLine(document, 100)) return []
      const length = body.end - body.start
      return inProse(document, /\b(?:CRITICAL|IMPORTANT|MANDATORY)\b/g)
        .filter(({ span }) => span.start > body.start + length * 0.4 && span.start < body.start + length * 0.6)
        .map(({ span }) => ({ span, message: 'What matters most belongs at the beginning or the end.' }))
    },
  },
  B27: {
    title: 'Little that is definite',
    severity: 'off',
    kinds: ['skill'],
    why: 'Names, numbers, paths and commands tell a model more than general words.',
    source: 'bestPractices',
    check: (document) => {
      const prose = proseOf(document)
      const line = firstBodyLine(document)
      if (!line || prose.length < 20) return []
      const definite = prose.filter(({ span }) =>
        /[`\d"“]|\b[a-z]+[A-Z]\w+|\w\/\w|\w\.\w{2,4}\b/.test(document.slice(span)),
      )
      const share = Math.round((definite.length / prose.length) * 100)
      return share < 15 ? [{ span: line, message: `Only ${share} % of the paragraphs name anything definite.` }] : []
    },
  },
})

function ruleFor({ title, severity, why, words, pattern, message, unless }: WordingRule): Rule {
  const skip = unless && ((text: string) => text.length < 5000 && unless.test(text))
  return {
    title,
    severity,
    kinds: prompts,
    why,
    source: 'bestPractices',
    needs: { words },
    check: (document) => inProse(document, pattern, skip).map(({ span }) => ({ span, message })),
  }
}

function lineOf({ text }: SkillDocument, { start, end }: Span): Span {
  const newline = text.indexOf('\n', start)
  return { start, end: newline < 0 ? end : Math.min(end, newline) }
}

function languageOf(word: string): string | undefined {
  return Object.hasOwn(languages, word) ? languages[word] : undefined
}

/** A formatter's file of the project that a text belongs to; undefined where there is none or it is not known. */
function formatterOf({ path, folderPath }: SkillDocument, { files, home }: RuleContext): string | undefined {
  const base = path === undefined ? undefined : (placementOf(path, home)?.base ?? folderPath)
  if (base === undefined) return undefined
  return formatterFiles.find((file) => {
    const stat = files.stat(`${base}/${file}`)
    return stat !== undefined && stat !== 'missing'
  })
}
