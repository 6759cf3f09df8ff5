import fc from 'fast-check'
import { expect, it } from 'vitest'
import { plainPairsIn } from '../../daemon/skill/document/plainPairs.ts'
import { parseYaml } from '../../daemon/skill/document/yaml.ts'

const key = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('name', 'description', 'license', 'allowed-tools', 'when_to_use') },
  fc.constantFrom('null', 'true', 'y', '_x', 'a1', '<<', '1a'),
  fc.string({ maxLength: 8 }),
)
const part = fc.oneof(
  fc.constantFrom(
    ...'name|: |:| #|#|, |[|]|{|}|"|\'|\\|&a|*a|!t|- |%|@|`|> |\t|é|“x”|—|日本|\u2028|\u0085|\uFEFF|😀|\u00A0'.split(
      '|',
    ),
  ),
  fc.constantFrom('Fills in forms', 'true', 'NULL', '1.0', '0x1F', '.inf', '2024-01-01', '~', ' ', '  ', '=', '<<'),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
)
const value = fc
  .tuple(fc.constantFrom('', '"', "'", 'Use ', 'Use '), fc.array(part, { maxLength: 4 }))
  .map(([open, parts]) => {
    const close = open === 'Use ' ? '' : open
    return open + parts.join('') + close
  })
const line = fc.oneof(
  { weight: 12, arbitrary: fc.tuple(key, value).map(([name, text]) => `${name}: ${text}\n`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('\n', '# x\n', '  more\n', '---\n', '...\n', 'a:\n', 'a:  b\n', 'a: b\r\n', 'a: b'),
  },
)

it('plain frontmatter is what YAML reads, or is left to YAML', () => {
  let read = 0
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 4 }), (lines) => {
      const content = lines.join('')
      const text = `---\n${content}---\n`
      const span = { start: 4, end: 4 + content.length }
      const found = plainPairsIn(text, span)
      if (!found) return
      read++
      expect(found).toEqual(parseYaml(text, span, 'mapping'))
    }),
    { numRuns: 20_000 },
  )
  expect(read).toBeGreaterThan(1000)
})

it.each([
  'name: forms\ndescription: Fills in forms. Use when a PDF comes.\nlicense: MIT\n',
  'a: "x: y #z"\nb: \'x "y"\'\n',
])('what most skills begin with is read without YAML: %j', (content) => {
  const text = `---\n${content}---\n`
  expect(plainPairsIn(text, { start: 4, end: 4 + content.length })?.root?.entries).toHaveLength(
    content.split('\n').length - 1,
  )
})
