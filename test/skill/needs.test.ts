import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SkillDocument } from '../../daemon/skill/document/document.ts'
import type { DocumentKind } from '../../daemon/skill/document/kinds.ts'
import { gateOf } from '../../daemon/skill/rules/needs.ts'
import { type ProfileId, profileIds } from '../../daemon/skill/rules/profiles.ts'
import type { Rule } from '../../daemon/skill/rules/rule.ts'
import { rules } from '../../daemon/skill/rules/rules.ts'
import { wordTable } from '../../daemon/skill/rules/wordFinder.ts'
import { runs } from '../support/seed.ts'
import { contextOf, skill } from './check.ts'

const all = Object.values<Rule>(rules)
const needy = all.filter(({ needs }) => needs)
const words = [...new Set(needy.flatMap(({ needs }) => needs?.words ?? []))]
const keys = [...new Set(needy.flatMap(({ needs }) => needs?.keys ?? []))]

function ruleWith(needs: Rule['needs']): Rule {
  return { title: '', severity: 'error', kinds: ['skill'], why: '', check: () => [], ...(needs && { needs }) }
}

describe('the gate of rules', () => {
  it('lets through what needs nothing, and what one of its needs is there for', () => {
    const gate = gateOf([
      ruleWith(undefined),
      ruleWith({ keys: ['model'] }),
      ruleWith({ words: ['curl', '$['] }),
      ruleWith({ keys: ['hooks'], words: ['`'] }),
    ])
    const through = (text: string) => [...gate(skill(text))]
    expect(through('---\nname: a\n---\nmodel')).toEqual([1, 0, 0, 0])
    expect(through('---\nmodel: x\n---\n')).toEqual([1, 1, 0, 0])
    expect(through('run CURL')).toEqual([1, 0, 1, 0])
    expect(through('$[')).toEqual([1, 0, 1, 0])
    expect(through('a `')).toEqual([1, 0, 0, 1])
    expect(through('---\nhooks:\n  a: b\n---\n')).toEqual([1, 0, 0, 1])
    expect(through('')).toEqual([1, 0, 0, 0])
  })

  it('finds just the words that a text has, wherever they stand and whatever else does', () => {
    const some = fc.string({ unit: fc.constantFrom(...'abcA[$`- '), minLength: 1, maxLength: 5 })
    const text = fc.string({ unit: fc.constantFrom(...'abcABC[$`- İé'), maxLength: 40 })
    fc.assert(
      fc.property(fc.uniqueArray(some, { maxLength: 8 }), text, (written, body) => {
        const wanted = written.map((word) => word.toLowerCase())
        const each = wanted.map((word) => ruleWith({ words: [word] }))
        const document = new SkillDocument({ uri: 'untitled:a', languageId: 'skill', version: 1, text: body })
        const lower = body.toLowerCase()
        const there = wanted.map((word) => (lower.includes(word) ? 1 : 0))
        expect([...gateOf(each)(document)]).toEqual(there)
        expect([...gateOf(each, wordTable(wanted))(document)]).toEqual(there)
      }),
      { numRuns: 1000 },
    )
  })

  it('finds the same in a thousandth text as in the first', () => {
    const gate = gateOf([ruleWith({ words: ['curl'] }), ruleWith({ words: ['wget'] })])
    for (let at = 0; at < 1000; at++) expect([...gate(skill(`${'word '.repeat(20)}run CURL`))]).toEqual([1, 0])
  })
})

describe('what rules say that they need', () => {
  it('is written as it is looked for', () => {
    for (const { title, needs } of needy) {
      expect([...(needs?.keys ?? []), ...(needs?.words ?? [])], title).not.toEqual([])
      for (const word of needs?.words ?? []) expect(word, title).toBe(word.toLowerCase())
    }
  })

  it('is there wherever they find something', () => {
    const gate = gateOf(all)
    const kinds: readonly DocumentKind[] = ['skill', 'agent', 'instructions', 'markdown', 'script']
    const folder = '/home/ana/.claude'
    const uris: Record<string, string> = {
      skill: `file://${folder}/skills/pdf/SKILL.md`,
      agent: `file://${folder}/agents/pdf.md`,
      instructions: 'file:///work/AGENTS.md',
      markdown: `file://${folder}/skills/pdf/notes.md`,
      script: `file://${folder}/skills/pdf/scripts/run.sh`,
    }
    const glue = [
      '\n',
      ' ',
      '. ',
      '`',
      '```\n',
      '``` !',
      '\n- ',
      '](',
      '(',
      ')',
      ' "',
      '/',
      '.',
      ': ',
      '\n## ',
      '<',
      '>',
      '{',
      '}',
      '$',
      '!',
    ]
    const more = [
      'scripts/a.py',
      'run it',
      'you must',
      'https://example.com',
      'pdf',
      '🐎',
      '\u200B',
      'é',
      '\t',
      '\r\n',
      '1',
      'a b c',
    ]
    const piece = fc.oneof(
      fc.constantFrom(...(words.length > 0 ? words : ['a'])),
      fc.constantFrom(...glue),
      fc.constantFrom(...more),
      fc.constantFrom(...words.map((word) => word.toUpperCase()), 'A'),
    )
    const pair = fc
      .tuple(fc.constantFrom('name', 'description', ...keys), piece)
      .map(([key, value]) => `${key}: ${value}\n`)
    const text = fc
      .tuple(fc.array(pair, { maxLength: 5 }), fc.array(piece, { maxLength: 30 }))
      .map(([pairs, body]) => `${pairs.length > 0 ? `---\n${pairs.join('')}---\n` : ''}${body.join('')}`)
    fc.assert(
      fc.property(text, fc.constantFrom(...kinds), (written, kind) => {
        const document = new SkillDocument({ uri: uris[kind]!, languageId: '', version: 1, text: written })
        const worth = gate(document)
        const profiles: readonly ProfileId[] = profileIds
        all.forEach((rule, number) => {
          if (worth[number] !== 0 || !rule.kinds.includes(document.kind)) return
          expect(rule.check(document, { ...contextOf(document), profiles }), rule.title).toEqual([])
        })
      }),
      { numRuns: runs(500) },
    )
  })
})
