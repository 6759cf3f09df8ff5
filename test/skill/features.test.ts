import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DocumentSymbol, SelectionRange } from 'vscode-languageserver'
import { noCatalogue } from '../../daemon/skill/catalogue/catalogue.ts'
import { codeLenses, lensCommands, resolveLens } from '../../daemon/skill/features/codeLens.ts'
import { completions } from '../../daemon/skill/features/completion.ts'
import { documentLinks } from '../../daemon/skill/features/documentLinks.ts'
import { explain } from '../../daemon/skill/features/explain.ts'
import { formatted, formatting } from '../../daemon/skill/features/formatting.ts'
import { hover } from '../../daemon/skill/features/hover.ts'
import { inlayHints } from '../../daemon/skill/features/inlayHints.ts'
import { linkedEditing } from '../../daemon/skill/features/linkedEditing.ts'
import { legend, semanticTokens } from '../../daemon/skill/features/semanticTokens.ts'
import { foldingRanges, selectionRanges } from '../../daemon/skill/features/structure.ts'
import { documentSymbols } from '../../daemon/skill/features/symbols.ts'
import { runs } from '../support/seed.ts'
import { home, skill } from './check.ts'
import { worldOf } from './world.ts'

const forms = '/repo/.claude/skills/forms/SKILL.md'
const text = `---
name: forms
description: Fills in forms.
metadata:
  author: ana
  tags: [a, b]
---

# Forms

Use \`x\` and [it](reference.md).

## Steps

\`\`\`bash
ls
\`\`\`

### Last

<!--
more
-->

## End
`
const files = {
  [forms]: text,
  '/repo/.claude/skills/forms/reference.md': '# R\n',
  '/repo/.claude/skills/forms/scripts/fill.py': '',
  '/repo/.claude/skills/forms/evals/evals.json': '{}',
  '/repo/.claude/skills/charts/SKILL.md': '---\nname: charts\ndescription: Draws *charts*.\n---\nUse /forms.\n',
  '/repo/.claude/agents/reviewer.md': '---\nname: reviewer\ndescription: Reviews.\n---\n',
  '/repo/docs/notes.md': 'See $[web].other.\n',
  '/repo/AGENTS.md': 'Use /forms and $[web].forms.\n',
  [`${home}/.claude/skills/forms/SKILL.md`]: '---\nname: forms\ndescription: Mine.\n---\n',
}

describe('the outline', () => {
  it('has the frontmatter’s keys and the headings with what they head', () => {
    const document = skill(text)
    const shown = (symbols: readonly DocumentSymbol[], depth = 0): string[] =>
      symbols.flatMap(({ name, children = [], range }) => [
        `${'  '.repeat(depth)}${name} ${range.start.line}-${range.end.line}`,
        ...shown(children, depth + 1),
      ])
    expect(shown(documentSymbols(document))).toEqual([
      'Frontmatter 0-6',
      '  name 1-1',
      '  description 2-2',
      '  metadata 3-5',
      '    author 4-4',
      '    tags 5-5',
      'Forms 8-25',
      '  Steps 12-24',
      '    Last 18-24',
      '  End 24-25',
    ])
  })
})

describe('folding', () => {
  it('hides frontmatter, keys, sections, code and comments', () => {
    const lines = foldingRanges(skill(text)).map(
      ({ startLine, endLine, kind }) => `${startLine}-${endLine}${kind ? ` ${kind}` : ''}`,
    )
    expect(lines).toEqual(['0-6 region', '3-5', '8-24', '12-22', '14-16', '18-22', '20-22 comment'])
  })
})

describe('selection', () => {
  const grown = (marked: string) => {
    const offset = marked.indexOf('|')
    const document = skill(marked.replace('|', ''))
    const [selection] = selectionRanges(document, [document.source.positionAt(offset)])
    const texts: string[] = []
    for (let each: SelectionRange | undefined = selection; each; each = each.parent)
      texts.push(document.source.getText(each.range))
    return texts
  }
  it('grows from the code to the paragraph, the sections and the whole', () => {
    const body = '# A\n\n## B\n\nSay `x|y` now.\n'
    const plain = body.replace('|', '')
    expect(grown(`---\nname: a\n---\n${body}`)).toEqual([
      'xy',
      '`xy`',
      'Say `xy` now.',
      plain.slice(5),
      plain,
      `---\nname: a\n---\n${plain}`,
    ])
  })
  it('grows from a value to its pair and the frontmatter', () => {
    expect(grown('---\nname: a\nmetadata:\n  b: c|d\n---\n')).toEqual([
      'cd',
      'b: cd',
      'metadata:\n  b: cd',
      'name: a\nmetadata:\n  b: cd\n',
      '---\nname: a\nmetadata:\n  b: cd\n---',
      '---\nname: a\nmetadata:\n  b: cd\n---\n',
    ])
  })
})

describe('formatting', () => {
  it.each([
    [
      '---\nname:   a  # n\ndescription: b  \n# kept\n---\n\n\n# H  \ntext  \nmore',
      '---\nname: a  # n\ndescription: b\n# kept\n---\n\n# H\ntext  \nmore\n',
    ],
    ['---\nname: a\n---\nBody\n\n\n', '---\nname: a\n---\n\nBody\n'],
    ['---\r\nname:  a\r\n---\r\nBody', '---\r\nname: a\r\n---\r\n\r\nBody\r\n'],
    ['---\ndescription: |\n  a  \n\n  b  \nname: a\n---\n', '---\ndescription: |\n  a  \n\n  b  \nname: a\n---\n'],
    ['---\ndescription: "a  \n  b"  \n---\n', '---\ndescription: "a  \n  b"\n---\n'],
    ['---\nname: "a\n---\n   x', '---\nname: "a\n---\n   x'],
    ['# No frontmatter  \n\nx  \ny', '# No frontmatter\n\nx  \ny\n'],
    ['---\nname: a\n---\n```\nopen  ', '---\nname: a\n---\n\n```\nopen  '],
    ['', ''],
  ])('of %j', (before, after) => {
    expect(formatted(skill(before))).toBe(after)
  })
})

const pieces = fc
  .array(
    fc.constantFrom(
      ...[
        '---\n',
        '---  \n',
        'name: a\n',
        'name:   b  \n',
        'description: |\n',
        '  x  \n',
        '# c\n',
        'k: [a,  b]\n',
        '"\n',
        "'",
      ],
      ...[
        '\n',
        '\r\n',
        '# H  \n',
        '# \n',
        'text  \n',
        '```\n',
        '  ',
        '\t',
        '<!-- ',
        '-->',
        '[l](x.md#a)',
        '/forms ',
        '$[a1].forms',
        '<b>',
        '</b>',
      ],
      ...['@x.md ', '\uFEFF', '🐎', '- i\n', '> ', 'agent: x\n', 'skills: [forms]\n', '$0 ', '!`ls` '],
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''))

describe('whatever the text is', () => {
  it('formatting twice is formatting once, and changes neither keys nor values', () => {
    fc.assert(
      fc.property(pieces, (any) => {
        const document = skill(any)
        const once = skill(formatted(document))
        expect(formatted(once)).toBe(once.text)
        const values = (of: typeof document) => of.entries.map(({ key, value }) => [key, value.kind, value.text])
        if (document.isReadable) expect(values(once)).toEqual(values(document))
      }),
      { numRuns: runs(500) },
    )
  })

  it('every feature answers with places inside the text', async () => {
    const world = await worldOf(files)
    fc.assert(
      fc.property(
        pieces,
        fc.nat(),
        fc.constantFrom(forms, '/repo/AGENTS.md', '/repo/.claude/agents/x.md'),
        (any, somewhere, path) => {
          const { document, context } = world.open(path, any)
          const { source } = document
          const position = source.positionAt(somewhere % (any.length + 1))
          const inside = ({
            start,
            end,
          }: {
            start: { line: number; character: number }
            end: { line: number; character: number }
          }) => {
            expect(source.offsetAt(start)).toBeLessThanOrEqual(source.offsetAt(end))
            expect(source.positionAt(source.offsetAt(start))).toEqual(start)
            expect(source.positionAt(source.offsetAt(end))).toEqual(end)
          }
          const symbol = ({ range, selectionRange, children = [] }: DocumentSymbol): void => {
            inside(range)
            inside(selectionRange)
            for (const child of children) symbol(child)
          }
          for (const each of documentSymbols(document)) symbol(each)
          for (const { startLine, endLine } of foldingRanges(document)) {
            expect(startLine).toBeLessThan(endLine)
            expect(endLine).toBeLessThanOrEqual(source.lineCount)
          }
          for (
            let each: SelectionRange | undefined = selectionRanges(document, [position])[0];
            each;
            each = each.parent
          )
            inside(each.range)
          for (const { range } of documentLinks(document, false, context)) inside(range)
          for (const { range } of formatting(document)) inside(range)
          for (const range of linkedEditing(document, position)?.ranges ?? []) inside(range)
          for (const item of completions(document, { position, snippets: true, complement: false }, context).items) {
            inside((item.textEdit as { range: Parameters<typeof inside>[0] }).range)
          }
          const shown = hover(document, position, false, context)
          if (shown?.range) inside(shown.range)
          const { data } = semanticTokens(document, false, context)
          expect(data.length % 5).toBe(0)
          for (const hint of inlayHints(document, context)) inside({ start: hint.position, end: hint.position })
          codeLenses(document, Object.values(lensCommands), context)
          explain(document, context)
        },
      ),
      { numRuns: runs(400) },
    )
  })
})

describe('semantic tokens', () => {
  it('colour names that mean something, variables and commands', async () => {
    const world = await worldOf(files)
    const { document, context } = world.open(
      forms,
      '---\nname: forms\nagent: reviewer\n---\n/forms $[web].no /no $0 !`ls`\n',
    )
    const read = (complement: boolean) => {
      const { data } = semanticTokens(document, complement, context)
      let line = 0
      let character = 0
      const tokens: string[] = []
      for (let i = 0; i < data.length; i += 5) {
        character = data[i] === 0 ? character + data[i + 1]! : data[i + 1]!
        line += data[i]!
        const range = { start: { line, character }, end: { line, character: character + data[i + 2]! } }
        tokens.push(
          `${legend.tokenTypes[data[i + 3]!]} ${document.source.getText(range)}${data[i + 4] ? ' unresolved' : ''}`,
        )
      }
      return tokens
    }
    const names = ['class reviewer', 'function forms', 'namespace web', 'function no unresolved']
    expect(read(false)).toEqual([...names, 'variable $0', 'macro !`ls`'])
    expect(read(true)).toEqual([...names, 'macro !`ls`'])
  })
})

describe('lenses', () => {
  it('offer what the client has commands for, and count references when asked', async () => {
    const world = await worldOf(files)
    const { document, context } = world.open(forms)
    codeLenses(document, [], context)
    await world.service.settle()
    const all = codeLenses(document, Object.values(lensCommands), context)
    expect(all.map(({ command }) => command?.title)).toEqual([
      'Run skill',
      undefined,
      'Loads in 5 of 10 clients',
      'Evals',
    ])
    const counted = await resolveLens(all[1]!, document, context)
    expect(counted.command?.title).toBe('3 references')
    const unnamed = world.open('/repo/.claude/skills/unnamed/SKILL.md', '---\nname: unnamed\n---\n')
    const [lens] = codeLenses(unnamed.document, [lensCommands.references], unnamed.context)
    const none = await resolveLens(lens!, unnamed.document, unnamed.context)
    expect(none.command).toMatchObject({ title: '0 references', command: '' })
    expect(codeLenses(document, [lensCommands.run], context)).toHaveLength(1)
    const agent = world.open('/repo/.claude/agents/reviewer.md')
    expect(codeLenses(agent.document, Object.values(lensCommands), agent.context)).toHaveLength(1)
    expect(codeLenses(world.open('/repo/AGENTS.md').document, Object.values(lensCommands), context)).toEqual([])
  })
})

describe('inlay hints', () => {
  it('tell costs, and which file hides this one', async () => {
    const world = await worldOf(files)
    const { document, context } = world.open(forms)
    expect(inlayHints(document, context).map(({ label }) => label)).toEqual([
      'hidden in Claude Code',
      '≈ 5 tokens always · 0.3 % of the listing',
      '≈ 24 tokens when it is used',
    ])
    const mine = world.open(`${home}/.claude/skills/forms/SKILL.md`)
    expect(inlayHints(mine.document, mine.context).map(({ label }) => label)).toEqual([
      '≈ 2 tokens always · 0.2 % of the listing',
    ])
  })
})

it('an inlay hint is not so long that VS Code cuts it', async () => {
  const path = '/repo/.claude/skills/forms/SKILL.md'
  const long = text.replace('Fills in forms.', 'Fills in forms. '.repeat(60))
  const rivals = ['.claude', '.agents', '.github', '.copilot'].flatMap((folder) => [
    [`${home}/${folder}/skills/forms/SKILL.md`, text],
    [`/repo/${folder}/skills/forms/SKILL.md`, text],
  ])
  const world = await worldOf({ ...Object.fromEntries(rivals), [path]: long })
  const { document, context } = world.open(path)
  const hints = inlayHints(document, context)
  expect(hints.filter(({ label }) => label.length > 43)).toEqual([])
  expect(hints.map(({ tooltip }) => tooltip).join('\n')).toMatch(/ takes .*\n.* takes [\s\S]*Claude Code: \d/)
})

describe('an explanation', () => {
  it('goes step by step through every client', async () => {
    const world = await worldOf(files)
    const { document, context } = world.open(forms)
    const byClient = Object.fromEntries(explain(document, context).map((each) => [each.client, each]))
    expect(byClient['claude-code']).toMatchObject({
      verdict: 'hidden',
      winner: `${home}/.claude/skills/forms/SKILL.md`,
    })
    expect(byClient['cursor']).toMatchObject({ verdict: 'shown', winner: undefined })
    expect(byClient['codex']).toMatchObject({ verdict: 'elsewhere' })
    const broken = world.open(forms, '---\nname: Forms!\ndisable-model-invocation: true\nuser-invocable: false\n---\n')
    const refused = Object.fromEntries(explain(broken.document, broken.context).map((each) => [each.client, each]))
    expect(refused['vscode']).toMatchObject({
      verdict: 'refused',
      steps: ['A name has lowercase letters a-z, digits and hyphens.', 'There is no `description`.'],
    })
    const bound = world.open(
      forms,
      '---\nname: forms\ndescription: >-\n  Fills in\n  forms.\npaths: "**/*.pdf"\ndisable-model-invocation: true\n---\n',
    )
    const steps = Object.fromEntries(explain(bound.document, bound.context).map((each) => [each.client, each.steps]))
    expect(steps['cursor']).toEqual([
      'It lies in `.claude/skills`, where the client looks, and can be read.',
      'It is taken before the other skills of its name.',
      'The model does not see it: `disable-model-invocation` is true.',
      'The model sees it only while files that match `paths` are worked on.',
      'The description does not say when to use it, so the model may not think of it.',
    ])
    expect(steps['opencode']).toContain('It ignores `paths` and `disable-model-invocation`.')
    expect(steps['opencode']!.join()).not.toContain('The model does not see it')
    expect(refused['claude-code']!.steps).toContain(
      'Neither the model nor people can start it: both ways are switched off.',
    )
  })
})

describe('hover', () => {
  const at = async (path: string, marked: string) => {
    const world = await worldOf(files)
    const { document, position, context } = world.at(path, marked)
    const found = hover(document, position, false, context)
    return found && (found.contents as { value: string }).value
  }
  it('explains the skill that a name means, as text and not as Markdown', async () => {
    expect(await at('/repo/AGENTS.md', 'See /char|ts')).toBe(
      '**charts** — skill, about 15 tokens (estimated)\n\nDraws \\*charts\\*.\n\n`/repo/.claude/skills/charts/SKILL.md`',
    )
    expect(await at('/repo/AGENTS.md', 'See $fo|rms')).toContain(`Also: \`${home}/.claude/skills/forms/SKILL.md\``)
    expect(await at('/repo/AGENTS.md', 'See $[web].no|ne')).toBe(
      'Mention of the skill **none** in the namespace `web`. There is no skill of this name in the open folders.',
    )
    expect(await at(forms, '---\nagent: review|er\n---\n')).toContain('**reviewer** — agent')
  })
  it('explains variables, keys of agents, and on the fence which clients take the skill', async () => {
    expect(await at(forms, 'Use $|0')).toContain('at place 0')
    expect(await at(forms, `Use \${CLAUDE_SKI|LL_DIR}`)).toBe('Claude Code puts in the folder of the skill.')
    expect(await at(forms, '---\narguments: [file, to]\n---\n$t|o')).toBe('The argument `to`, at place 1.')
    expect(await at('/repo/.claude/agents/x.md', '---\nmem|ory: user\n---\n')).toContain('Where the agent remembers')
    const fence = await at(forms, '-|--\nname: forms\ndescription: Fills in forms.\n---\n')
    expect(fence).toContain('- **Claude Code**, **VS Code**, **Copilot CLI**, **opencode** and **Cursor** load it\n')
    expect(fence).toContain(
      '- **Codex**, **Gemini CLI**, **pi** and **Roo Code** would load it from `.agents/skills`\n',
    )
    expect(fence!.match(/^- /gm)).toHaveLength(3)
    const refused = await at(forms, '-|--\nname: forms\n---\n')
    expect(refused).toContain('- **Claude Code** loads it\n')
    expect(refused).toMatch(/^- \*\*VS Code\*\*, .*\*\*OpenClaw\*\* do not load it: There is no `description`.$/m)
    expect(fence).toContain('an estimate')
    expect(await at(forms, 'plain wo|rd')).toBeUndefined()
  })
})

describe('completion', () => {
  const at = async (path: string, marked: string) => {
    const world = await worldOf(files)
    const { document, position, context } = world.at(path, marked)
    const ask = () => completions(document, { position, snippets: true, complement: false }, context).items
    const first = ask()
    return ((await world.service.settle()) ? ask() : first).map(({ label, textEdit }) => {
      const { range, newText } = textEdit as { range: Parameters<typeof document.source.getText>[0]; newText: string }
      const [start, end] = [document.source.offsetAt(range!.start), document.source.offsetAt(range!.end)]
      return [label, document.text.slice(0, start) + newText + document.text.slice(end)] as const
    })
  }
  const labels = async (path: string, marked: string) => (await at(path, marked)).map(([label]) => label)
  const agents = '/repo/AGENTS.md'

  it.each([
    [agents, 'Use $[|', ['web']],
    [agents, 'Use $[web].|', ['forms', 'charts']],
    [agents, 'Use /|', ['/forms', '/charts']],
    [agents, 'Use $|', ['$forms', '$charts']],
    [forms, 'Use $|', ['$ARGUMENTS', '$0', '$1']],
    [forms, '[x](|)', ['evals/', 'reference.md', 'scripts/']],
    [forms, '[x](scripts/|)', ['fill.py']],
    [forms, '# How to\n\n[x](#|)', ['How to']],
    [agents, 'See @|', ['docs/']],
    [agents, 'See @docs/|', ['notes.md']],
    [forms, '---\nagent: |\n---\n', ['general-purpose', 'Explore', 'Plan', 'reviewer']],
    [forms, '---\nuser-invocable: |\n---\n', ['true', 'false']],
    ['/repo/.claude/agents/x.md', '---\nskills: [|]\n---\n', ['charts', 'forms']],
    ['/repo/README.md', 'a /|', []],
    [agents, 'and/or|', []],
    [forms, '[x](https://|)', []],
  ])('in %s of %j', async (path, marked, expected) => {
    expect((await labels(path, marked)).sort()).toEqual([...expected].sort())
  })

  it.each([
    [agents, 'Use $[w|', 'web', 'Use $[web].'],
    [agents, 'Use $[w|].forms', 'web', 'Use $[web].forms'],
    [agents, 'Use /fo|r now', '/forms', 'Use /forms now'],
    [forms, 'See [x](ref|).', 'reference.md', 'See [x](reference.md).'],
    [forms, `Run \${CL|}`, 'CLAUDE_SKILL_DIR', `Run \${CLAUDE_SKILL_DIR}`],
    [forms, '---\nallowed-tools: Read Wr|\n---\n', 'Write', '---\nallowed-tools: Read Write\n---\n'],
    [forms, '---\nallowed-tools:\n  - Gr|\n---\n', 'Grep', '---\nallowed-tools:\n  - Grep\n---\n'],
    [forms, '---\nallowed-tools:|\n---\n', 'Read', '---\nallowed-tools: Read\n---\n'],
    [forms, '---\nmodel: o|\n---\n', 'opus', '---\nmodel: opus\n---\n'],
  ])('in %s of %j writes %s', async (path, marked, label, expected) => {
    expect((await at(path, marked)).find(([each]) => each === label)?.[1]).toBe(expected)
  })

  const openai = '/repo/.claude/skills/forms/agents/openai.yaml'
  it.each([
    ['|', ['interface', 'dependencies', 'policy']],
    [
      'interface:\n  display_name: "Forms"\n  |',
      ['short_description', 'icon_small', 'icon_large', 'brand_color', 'default_prompt'],
    ],
    [
      'interface:\n  bra|\n  icon_small: a\npolicy:\n  products: []\n',
      ['display_name', 'short_description', 'icon_large', 'brand_color', 'default_prompt'],
    ],
    ['policy:\n  allow_implicit_invocation: |\n', ['true', 'false']],
    [
      'dependencies:\n  tools:\n    - type: mcp\n      |\n    - type: env_var\n      value: KEY\n',
      ['value', 'description', 'transport', 'command', 'url'],
    ],
    [
      'dependencies:\n  tools:\n    - value: x\n    - |',
      ['type', 'value', 'description', 'transport', 'command', 'url'],
    ],
    ['interface:\n  display_name: "|"', []],
  ])('of openai.yaml in %j', async (marked, expected) => {
    expect((await at(openai, marked)).map(([label]) => label)).toEqual(expected)
  })
  it('of openai.yaml writes keys with what they need behind them, and says what they are for', async () => {
    const written = async (marked: string, label: string) =>
      (await at(openai, marked)).find(([each]) => each === label)?.[1]
    expect(await written('inter|', 'interface')).toBe('interface:')
    expect(await written('interface:\n  short|', 'short_description')).toBe('interface:\n  short_description: ')
    expect(await written('policy:\n  allow_implicit_invocation: fa|', 'false')).toBe(
      'policy:\n  allow_implicit_invocation: false',
    )
    const world = await worldOf(files)
    const { document, position, context } = world.at(openai, 'policy:\n  |')
    const { items } = completions(document, { position, snippets: true, complement: false }, context)
    expect(items.map(({ documentation }) => documentation)).toEqual([
      'With `false` the model does not start the skill by itself; people still can.',
      'The products in which the skill is offered.',
    ])
  })

  it('offers an agent of Claude Code the skills that it reads before the others', async () => {
    const files = Object.fromEntries(
      ['.agents/skills/alpha', '.claude/skills/beta'].map((folder) => [
        `/repo/${folder}/SKILL.md`,
        `---\nname: ${folder.split('/')[2]}\ndescription: Does it.\n---\n`,
      ]),
    )
    const world = await worldOf(files)
    const { document, position, context } = world.at('/repo/.claude/agents/x.md', '---\nskills: a, |\n---\n')
    const { items } = completions(document, { position, snippets: true, complement: false }, context)
    expect(items.map(({ label }) => label)).toEqual(['beta', 'alpha'])
  })

  it('of very many skills offers some and says that there are more', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 600 }, (_, i) => [
        `/repo/.claude/skills/s${i}/SKILL.md`,
        `---\nname: s${i}\ndescription: x\n---\n`,
      ]),
    )
    const world = await worldOf(many)
    const { document, position, context } = world.at('/repo/AGENTS.md', 'Use /|')
    const list = completions(document, { position, snippets: true, complement: false }, context)
    expect([list.items.length, list.isIncomplete]).toEqual([400, true])
  })

  it('offers no name that is no word, as broken frontmatter makes them', async () => {
    const world = await worldOf({
      '/repo/.claude/skills/bad/SKILL.md': '---\nname: "bad\ndescription: x\nname: twice\n---\n',
      '/repo/.claude/skills/good/SKILL.md': '---\nname: good\ndescription: x\n---\n',
    })
    const { document, position, context } = world.at('/repo/AGENTS.md', 'Use /|')
    const { items, isIncomplete } = completions(document, { position, snippets: true, complement: false }, context)
    expect([items.map(({ label }) => label), isIncomplete]).toEqual([['/good'], false])
  })

  it('asked while the home directory is still being looked through, it says that there may be more', async () => {
    const { document, position, context } = (await worldOf(files)).at('/repo/AGENTS.md', 'Use /|')
    const request = { position, snippets: true, complement: false }
    expect(completions(document, request, { ...context, catalogue: noCatalogue }).isIncomplete).toBe(true)
  })

  it('knows nothing of the catalogue where there is none', () => {
    const document = skill('---\nname: a\n---\n/x')
    const known = {
      profiles: ['spec'] as const,
      catalogue: noCatalogue,
      files: { age: 0, stat: () => undefined, real: () => undefined, list: () => undefined, text: () => undefined },
      home,
    }
    const position = document.source.positionAt(document.text.length)
    expect(completions(document, { position, snippets: false, complement: false }, known).items).toEqual([])
  })
})
