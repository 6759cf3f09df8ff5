import { describe, expect, test } from 'vitest'
import { type Block, blocksOf } from '../../webview-ui/markdownBlocks.ts'

const document = `# Title

A paragraph with **bold**, \`code\` and a [link](https://example.com "title").
Another line of it.

- one
- two
  - nested

    with a paragraph
- three

1. first
2. second

\`\`\`js
const fence = '- not a list'

// blank lines stay
\`\`\`

> quoted
> text

| a | b |
|---|---|
| 1 | 2 |

Setext
------

<div onclick="x">html</div>

Last words`

const shapes = (blocks: readonly Block[]) => blocks.map(({ token }) => [token.type, token.raw])

describe('reading a text as it grows', () => {
  test('gives at every point what reading it at once gives', () => {
    let blocks: readonly Block[] = []
    for (let end = 1; end <= document.length; end++) {
      blocks = blocksOf(document.slice(0, end), blocks)
      expect(shapes(blocks)).toEqual(shapes(blocksOf(document.slice(0, end))))
    }
  })

  test('reads again only the block that grows', () => {
    const before = blocksOf(document)
    const after = blocksOf(`${document} and more`, before)
    expect(after.slice(0, -1).every((block, index) => block === before[index])).toBe(true)
    expect(after.at(-1)?.raw).toBe('Last words and more')
  })

  test('starts over where the text is another one', () => {
    expect(shapes(blocksOf('Other', blocksOf(document)))).toEqual([['paragraph', 'Other']])
    expect(blocksOf('', blocksOf(document))).toEqual([])
  })

  test('reads Windows line ends, alone or torn apart', () => {
    const torn = blocksOf('a\r\n\r\nb', blocksOf('a\r'))
    expect(shapes(torn)).toEqual(shapes(blocksOf('a\n\nb')))
  })
})

describe('hostile text is read in bounded time', () => {
  const cases: Record<string, string> = {
    'nested quotes': '>'.repeat(20_000),
    'nested lists': '- '.repeat(20_000),
    'nested brackets': '['.repeat(20_000),
    'open emphasis': '*a **b '.repeat(10_000),
    'open links': '[a]('.repeat(10_000),
    backticks: Array.from({ length: 400 }, (_, n) => '`'.repeat(n)).join(' '),
    'a long line': 'x'.repeat(200_000),
    'deep indentation': Array.from({ length: 500 }, (_, n) => `${' '.repeat(n * 2)}- x`).join('\n'),
    angles: '<'.repeat(50_000),
    'a wide table': `|${'a|'.repeat(5_000)}\n|${'-|'.repeat(5_000)}\n|${'b|'.repeat(5_000)}`,
  }
  test.each(Object.entries(cases))(
    '%s',
    (_, text) => {
      const blocks = blocksOf(text)
      expect(blocks.map(({ raw }) => raw).join('')).toBe(text)
    },
    2_000,
  )
})
