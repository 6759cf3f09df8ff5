import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Range } from 'vscode-languageserver'
import type { SkillDocument } from '../../daemon/skill/document/document.ts'
import { isSkillName, toSkillName } from '../../daemon/skill/document/names.ts'
import { codeActions } from '../../daemon/skill/features/codeActions.ts'
import { completions } from '../../daemon/skill/features/completion.ts'
import { told } from '../../daemon/skill/features/diagnostics.ts'
import { formatted } from '../../daemon/skill/features/formatting.ts'
import { hover } from '../../daemon/skill/features/hover.ts'
import { applyEdits } from '../../daemon/skill/fixes/fix.ts'
import { fixAll, fixesFor } from '../../daemon/skill/fixes/fixes.ts'
import { findIn } from '../../daemon/skill/rules/findings.ts'
import { SkillService } from '../../daemon/skill/service.ts'
import { runs } from '../support/seed.ts'
import { contextOf, findings, home, skill } from './check.ts'
import { MemoryWorkspace } from './memoryWorkspace.ts'

/** Pieces that make frontmatter, sound and broken, more often than random characters do. */
const piece = fc.constantFrom(
  ...[
    '---',
    '---\n',
    '---\r\n',
    '\n',
    '\r\n',
    '\r',
    '\t',
    ' ',
    '  ',
    ': ',
    ':',
    '- ',
    '? ',
    '|\n',
    '>-\n',
    '#',
    ' # x',
    '"',
    "'",
  ],
  ...[
    'name',
    'description',
    'name: ',
    'description: ',
    'metadata:\n',
    'license: MIT\n',
    'pdf-forms',
    'PDF Forms',
    '3000',
    'true',
    '~',
  ],
  ...[
    '[',
    ']',
    '{',
    '}',
    ',',
    '&a ',
    '*a',
    '*b',
    '!!str ',
    '!x ',
    '<<: ',
    '%YAML 1.1\n',
    '...\n',
    '@',
    '`',
    '\\',
    '\0',
    '\u00A0',
  ],
  ...[
    '\uFEFF',
    '\u2028',
    '\uD83D',
    '🐎',
    '表',
    '$[web].forms',
    '$[a1:b2].c3]',
    '# Forms\n',
    '\n---\n',
    'allowed-tools: Bash(git:*), Read\n',
    'allowed-tools: [Bash(, "*"]\n',
    'arguments: [file, to]\n',
    'argument-hint: x\n',
    'context: fork\n',
    'user-invocable: false\n',
    '!`ls x`',
    '```!\n',
    '```bash\n',
    '~~~\n',
    '$ARGUMENTS[1]',
    '$5.00',
    '$flie',
    '$[A].b',
    '\u0024{CLAUDE_X}',
    '[a](b\\c.md#d)',
    '`scripts\\a.py`',
    'use /pdf-form skill',
    '<x>\n',
    '</x>\n',
    'TODO: ',
    '- Never do it\n',
    'x'.repeat(70),
    'a: b: c\n',
  ],
)
const full = { complement: false }
const pieces = fc.array(piece, { maxLength: 24 }).map((parts) => parts.join(''))
const anyText = fc.oneof(
  pieces,
  pieces.map((content) => `---\n${content}\n---\n`),
  fc.string({ unit: 'binary', maxLength: 60 }),
)

function expectInside(file: SkillDocument, range: Range): void {
  const { source } = file
  const start = source.offsetAt(range.start)
  const end = source.offsetAt(range.end)
  expect(start).toBeLessThanOrEqual(end)
  expect(source.positionAt(start)).toEqual(range.start)
  expect(source.positionAt(end)).toEqual(range.end)
}

describe('whatever the text is', () => {
  it('every feature answers, with ranges inside the text', () => {
    fc.assert(
      fc.property(anyText, fc.nat(), (text, somewhere) => {
        const file = skill(text)
        for (const { range } of told(file, findIn(file, contextOf(file)), full)) expectInside(file, range)
        const position = file.source.positionAt(somewhere % (text.length + 1))
        const request = { position, snippets: true, complement: false }
        for (const item of completions(file, request, contextOf(file)).items) {
          expectInside(file, (item.textEdit as { range: Range }).range)
        }
        const range = hover(file, position, false, contextOf(file))?.range
        if (range) expectInside(file, range)
        codeActions(file, contextOf(file), {
          range: { start: position, end: position },
          only: undefined,
          support: { versioned: true, snippets: true, files: true },
          telling: { complement: true },
          severities: {},
        })
      }),
      { numRuns: runs(600) },
    )
  })

  it('every fix removes what it was offered for, and fixing twice is fixing once', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const file = skill(text)
        const count = (of: SkillDocument, code: string) =>
          findIn(of, contextOf(of)).filter((finding) => finding.code === code).length
        for (const finding of findIn(file, contextOf(file))) {
          for (const { edits } of fixesFor(file, finding, contextOf(file))) {
            if (edits.length === 0) continue
            expect(count(skill(applyEdits(text, edits)), finding.code)).toBeLessThan(count(file, finding.code))
          }
        }
        const once = fixAll(file, contextOf(file))
        expect(fixAll(skill(once), contextOf(file))).toBe(once)
      }),
      { numRuns: runs(250) },
    )
  })

  it('complement mode says a part of what full mode says', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const file = skill(text)
        const all = told(file, findIn(file, contextOf(file)), full)
        for (const diagnostic of told(file, findIn(file, contextOf(file)), { complement: true }))
          expect(all).toContainEqual(diagnostic)
      }),
    )
  })

  it('formatting twice is formatting once', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const once = formatted(skill(text))
        expect(formatted(skill(once))).toBe(once)
      }),
      { numRuns: runs(400) },
    )
  })

  it('what is found after edits is what is found in a text that is read anew', () => {
    const uri = skill('').uri
    const edit = fc.tuple(fc.nat(), fc.nat({ max: 30 }), piece)
    fc.assert(
      fc.property(anyText, fc.array(edit, { minLength: 1, maxLength: 5 }), (first, edits) => {
        const ports = { workspace: new MemoryWorkspace(), home }
        const living = new SkillService(ports)
        let version = 1
        let document = living.show({ uri, languageId: 'skill', version, text: first })
        for (const [at, length, inserted] of edits) {
          living.findings(document)
          const { text } = document
          const start = at % (text.length + 1)
          const changed = text.slice(0, start) + inserted + text.slice(start + length)
          document = living.show({ uri, languageId: 'skill', version: ++version, text: changed })
          const fresh = new SkillService(ports)
          const anew = fresh.show({ uri, languageId: 'skill', version, text: changed })
          expect(living.findings(document)).toEqual(fresh.findings(anew))
        }
      }),
      { numRuns: runs(150) },
    )
  })

  it('a name is made well formed or not at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), (text) => {
        const name = toSkillName(text)
        if (name !== undefined) expect(isSkillName(name) && toSkillName(name)).toBe(name)
      }),
    )
  })
})

describe('hostile frontmatter', () => {
  const size = 65_000
  const repeated = ['[', '{a: ', '- ', '"', '!a ', 'a:\n', '\t']
  it.each(repeated)('of %j alone is answered in bounded time', (part) => {
    const file = skill(`---\n${part.repeat(size / part.length)}\n---\n`)
    const started = process.cpuUsage()
    expect(told(file, findIn(file, contextOf(file)), full).length).toBeGreaterThan(0)
    fixAll(file, contextOf(file))
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(20_000)
  })

  it('with an alias bomb is neither expanded nor believed', () => {
    const levels = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}*a${i}]`)
    const text = `---\na0: &a0 [x]\n${levels.join('\n')}\nname: *a30\ndescription: x\n---\n`
    expect(findings(skill(text)).map((found) => found.slice(0, 3))).toEqual(['Y14', 'N02', 'B01'])
  })

  it.each([
    [
      'a body of 10 MB',
      `---\nname: pdf-forms\ndescription: x\n---\n${'line of text\n'.repeat(800_000)}`,
      ['B02', 'B03'],
    ],
    ['10 MB without frontmatter', 'line of text\n'.repeat(800_000), ['Y01', 'B02', 'B03']],
    ['10 MB of one line', 'x'.repeat(10_000_000), ['B03', 'Y01']],
    ['10 MB of empty lines', '\n'.repeat(10_000_000), ['Y01']],
    ['10 MB of keys that are never closed', `---\n${'key: value\n'.repeat(900_000)}`, ['Y03', 'B02', 'B03']],
    ['10 MB of keys', `---\n${'key: value\n'.repeat(900_000)}---\n`, ['Y13', 'B01']],
    ['10 MB of dashes', `---\n${'--- x\n'.repeat(1_600_000)}`, ['Y03', 'B02', 'B03']],
  ])('and %s take no more than a moment', (_, text, expected) => {
    const started = process.cpuUsage()
    expect(findings(skill(text)).map((found) => found.slice(0, 3))).toEqual(expected)
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(10_000)
  })
})
