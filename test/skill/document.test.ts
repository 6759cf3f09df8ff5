import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TextDocument } from 'vscode-languageserver-textdocument'
import type { SkillDocument } from '../../daemon/skill/document/document.ts'
import { documentKind } from '../../daemon/skill/document/kinds.ts'
import { Lines } from '../../daemon/skill/document/lines.ts'
import { linkedName, pathOf, relativeTo, resolveIn, uriOf } from '../../daemon/skill/document/location.ts'
import { headingAt, slugOf } from '../../daemon/skill/document/references.ts'
import { estimateTokens } from '../../daemon/skill/document/tokens.ts'
import { runs } from '../support/seed.ts'
import { skill } from './check.ts'

const body = (text: string) => skill(`---\nname: a\n---\n${text}`)

describe('the kind of a document', () => {
  it.each([
    ['file:///r/.claude/skills/a/SKILL.md', 'skill'],
    ['file:///r/a/Skill.md', 'skill'],
    ['file:///r/.claude/commands/deep/fix.md', 'flatSkill'],
    ['file:///r/.pi/skills/fix.md', 'flatSkill'],
    ['file:///r/skills/README.md', 'markdown'],
    ['file:///r/.claude/agents/a.md', 'agent'],
    ['file:///r/.github/agents/a.agent.md', 'agent'],
    ['file:///r/agents/x/AGENT.md', 'agent'],
    ['file:///r/AGENTS.md', 'instructions'],
    ['file:///r/CLAUDE.local.md', 'instructions'],
    ['file:///r/.claude/rules/a/b.md', 'instructions'],
    ['file:///r/.github/copilot-instructions.md', 'instructions'],
    ['file:///r/memory/MEMORY.md', 'memory'],
    ['file:///r/memory/user.md', 'memory'],
    ['file:///r/a/agents/openai.yaml', 'openaiYaml'],
    ['file:///r/a/evals/evals.json', 'evals'],
    ['file:///r/.claude-plugin/plugin.json', 'plugin'],
    ['file:///r/.claude-plugin/marketplace.json', 'marketplace'],
    ['file:///r/README.md', 'markdown'],
    ['file:///r/main.ts', undefined],
    ['file:///r/My%20Skill/SKILL.md', 'skill'],
  ])('of %s is %s', (uri, kind) => {
    expect(documentKind(uri)).toBe(kind)
  })

  it('is the editor’s word where the path says nothing', () => {
    expect(documentKind('untitled:Untitled-1', 'skill')).toBe('skill')
    expect(documentKind('file:///r/x.md', 'chatagent')).toBe('agent')
    expect(documentKind('file:///r/AGENTS.md', 'markdown')).toBe('instructions')
  })
})

describe('the kind of a file in a plugin', () => {
  const agent = '---\nname: reviewer\nmodel: x\ndescription: Reviews.\n---\nBe kind.\n'
  const command = '---\ndescription: Fixes.\n---\nFix it.\n'
  it.each([
    ['/r/plugins/a/agents/reviewer.md', agent, 'agent'],
    ['/r/plugins/a/agents/deep/reviewer.md', `\uFEFF${agent.replaceAll('\n', '\r\n')}`, 'agent'],
    ['/r/plugins/a/agents/reviewer.md', '---\ndescription: Reviews.\nname: reviewer\n---\n', 'agent'],
    ['/r/plugins/a/agents/reviewer.md', '# Reviewer\n\nname: x\ndescription: y\n', 'markdown'],
    ['/r/plugins/a/agents/reviewer.md', '---\nname: x\n---\ndescription: y\n', 'markdown'],
    ['/r/plugins/a/notes/reviewer.md', agent, 'markdown'],
    ['/r/plugins/a/commands/fix.md', command, 'flatSkill'],
    ['/r/plugins/a/commands/fix.md', '---\nallowed-tools: Read\n---\n', 'flatSkill'],
    ['/r/plugins/a/commands/fix.md', '# Fix\n', 'markdown'],
    ['/r/plugins/a/commands/README.md', '---\ntitle: Commands\n---\n', 'markdown'],
  ])('at %s with %j is %s', (path, text, kind) => {
    expect(documentKind(`file://${path}`, 'markdown', text)).toBe(kind)
    expect(documentKind(`file://${path}`, '', text)).toBe(kind)
  })

  it('is told in a moment, however long a frontmatter that says nothing is', () => {
    const text = `---\n${'key: value\n'.repeat(200_000)}`
    expect(documentKind('file:///r/agents/a.md', 'markdown', text)).toBe('markdown')
    expect(documentKind('file:///r/agents/a.md', 'markdown', `---\nname: ${'x'.repeat(3_000_000)}`)).toBe('markdown')
  })
})

describe('paths', () => {
  it.each([
    ['file:///home/ana/x%20y.md', '/home/ana/x y.md'],
    ['file:///c%3A/Users/x', '/c:/Users/x'],
    ['file:///C:/Users/x', '/c:/Users/x'],
    ['file://server/share/x', '//server/share/x'],
    ['untitled:x', undefined],
    ['file:///bad%', undefined],
  ])('of %s', (uri, path) => {
    expect(pathOf(uri)).toBe(path)
  })

  it.each([
    ['all of it.md', 'all%20of%20it.md'],
    ['a (b', 'a%20%28b'],
    ['50%', '50%25'],
    ['a#b.md', 'a%23b.md'],
    ['über\u00a0<x>', 'über%C2%A0%3Cx%3E'],
  ])('%s is linked as %s', (name, linked) => {
    expect(linkedName(name)).toBe(linked)
    expect(decodeURIComponent(linked)).toBe(name)
  })

  it('and addresses are each other’s inverse', () => {
    const path = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(path, (parts) => {
        const clean = parts.map((part) => part.replaceAll('/', '_')).join('/')
        fc.pre(!/^[A-Z]:/.test(clean))
        expect(pathOf(uriOf(`/${clean}`))).toBe(`/${clean}`)
      }),
    )
  })

  it('are resolved and related', () => {
    expect(resolveIn('/a/b', '../c/./d')).toBe('/a/c/d')
    expect(resolveIn('/a', '../../../x')).toBe('/x')
    expect(resolveIn('/a', '/x/y')).toBe('/x/y')
    expect(relativeTo('/a/b', '/a/c/d')).toBe('../c/d')
    expect(relativeTo('/a', '/a/b')).toBe('b')
    expect(relativeTo('/a', '/a')).toBe('.')
  })
})

describe('blocks', () => {
  const blocks = (text: string) => {
    const document = body(text)
    return document.blocks.map((block) => `${block.type} «${document.slice(block.span)}»`)
  }
  it.each([
    ['# One\n\ntext\nmore\n\n## Two ##\n', ['heading «# One»', 'prose «text\nmore»', 'heading «## Two ##»']],
    ['Title\n=====\ntext\n', ['heading «Title\n=====»', 'prose «text»']],
    ['#no heading\n', ['prose «#no heading»']],
    ['```sh\n# not\n```\n', ['fence «```sh\n# not\n```»']],
    ['~~~\n```\n~~~\nx\n', ['fence «~~~\n```\n~~~»', 'prose «x»']],
    ['````\n```\n````\n', ['fence «````\n```\n````»']],
    ['- a\n  ```\n  x\n  ```\n- b\n', ['prose «- a»', 'fence «  ```\n  x\n  ```»', 'prose «- b»']],
    ['> ```\n> x\n\ny\n', ['fence «> ```\n> x»', 'prose «y»']],
    ['```\nnever\n', ['fence «```\nnever\n»']],
    ['<!-- a\n\nb -->\nx\n', ['comment «<!-- a\n\nb -->»', 'prose «x»']],
    ['<!-- open\n', ['comment «<!-- open\n»']],
    ['    code\n\n    more\n', ['indented «    code\n\n    more»']],
    ['- item\n\n    still item\n', ['prose «- item»', 'prose «    still item»']],
    ['1. a\n2. b\n\n---\n\nx\n', ['prose «1. a»', 'prose «2. b»', 'prose «x»']],
    ['', []],
    ['\r\n# A\r\n\r\nb\r\n', ['heading «# A»', 'prose «b»']],
    ['`` ```x``` ``\n', ['prose «`` ```x``` ``»']],
  ])('of %j', (text, expected) => {
    expect(blocks(text)).toEqual(expected)
  })

  it('have a line that follows a quote which only opens a fence: it was in no block', () => {
    expect(blocks('> ```\ny\n')).toEqual(['fence «> ```»', 'prose «y»'])
    expect(blocks('> ```\n> x\ny\n')).toEqual(['fence «> ```\n> x»', 'prose «y»'])
  })

  it('tell what a fence holds', () => {
    const document = body('```bash title="x"\nls\n```\n')
    const [fence] = document.blocks
    if (fence?.type !== 'fence') throw new Error('no fence')
    expect([fence.open, fence.info, fence.content].map((span) => document.slice(span))).toEqual([
      '```',
      'bash title="x"',
      'ls\n',
    ])
    expect(fence.closed).toBe(true)
  })
})

describe('inlines', () => {
  const inlines = (text: string) => {
    const document = body(text)
    return document.inlines.map((inline) => {
      const parts =
        'target' in inline ? document.slice(inline.target) : 'content' in inline ? document.slice(inline.content) : ''
      return `${inline.type} «${document.slice(inline.span)}» ${parts}`.trim()
    })
  }
  it.each([
    ['See [a](b.md#c "t").', ['link «[a](b.md#c "t")» b.md#c']],
    ['![i](<a b.png>)', ['link «![i](<a b.png>)» a b.png']],
    ['[a](b(1).md)', ['link «[a](b(1).md)» b(1).md']],
    ['[![i](i.png)](x.md)', ['link «[![i](i.png)](x.md)» x.md', 'link «![i](i.png)» i.png']],
    ['`[a](b)` and ``x`y``', ['code «`[a](b)`» [a](b)', 'code «``x`y``» x`y']],
    ['a ` b', []],
    ['[a][b] [c][] [d]', ['reference «[a][b]»', 'reference «[c][]»', 'reference «[d]»']],
    ['[a]: b.md\n[c]: <d e.md>', ['definition «[a]: b.md» b.md', 'definition «[c]: <d e.md>» d e.md']],
    ['<https://x.y/z> http://a.b/c.', ['url «<https://x.y/z>» https://x.y/z', 'url «http://a.b/c» http://a.b/c']],
    ['<b>x</b> <br/> <T>', ['tag «<b>»', 'tag «</b>»', 'tag «<br/>»', 'tag «<T>»']],
    ['a <!-- b --> c', ['comment «<!-- b -->»  b']],
    [String.raw`\[a](b) \`x`, []],
    ['[a]( b )', ['link «[a]( b )» b']],
    ['[a](b c)', ['reference «[a]»']],
    ['# [h](x.md)\n', ['link «[h](x.md)» x.md']],
    ['```\n[a](b)\n```\n', []],
  ])('of %j', (text, expected) => {
    expect(inlines(text)).toEqual(expected)
  })

  it.each([
    '[',
    '![',
    '[a](',
    '`',
    '<!--',
    '<a ',
    '](',
    '[a][',
    '[x]: ',
    '<a:',
    '\\',
    '> ',
    '- ',
    '# ',
    '$[a1].',
    '!`',
  ])('of a megabyte of %j are found in a moment', (part) => {
    const document = body(part.repeat(1_000_000 / part.length))
    const started = process.cpuUsage()
    expect(document.inlines.length + document.blocks.length + document.variables.length).toBeGreaterThanOrEqual(0)
    expect(document.commands.length + document.nameMentions.length + document.mentions.length).toBeGreaterThanOrEqual(0)
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(4000)
  })
})

describe('variables and commands', () => {
  it('are told apart', () => {
    const document = body(`$ARGUMENTS $ARGUMENTS[1] $0 $12 $name \${CLAUDE_SKILL_DIR} {baseDir} \\$5 $ 5 $$`)
    expect(document.variables.map(({ form, name, escaped }) => `${form} ${name}${escaped ? ' escaped' : ''}`)).toEqual([
      'arguments ARGUMENTS',
      'indexed 1',
      'positional 0',
      'positional 12',
      'named name',
      'braced CLAUDE_SKILL_DIR',
      'base baseDir',
      'positional 5 escaped',
    ])
  })

  it('of the shell run at the beginning or behind a blank', () => {
    const document = body('!`git status` and x!`date`\n\n```!\nls\n```\n\n!x `y`\n')
    expect(document.commands.map(({ command, form, runs }) => `${form} ${runs} «${document.slice(command)}»`)).toEqual([
      'inline true «git status»',
      'inline false «date»',
      'fence true «ls\n»',
    ])
  })

  it('names that people call skills by are no paths and no prices', () => {
    const document = body(
      '/forms, (/a-b) `/plug:in` "$codex" /usr/bin a/b //x /a.b $5 $HOME_DIR= /x/ /UPPER ~/home see /end.',
    )
    expect(document.nameMentions.map(({ span }) => document.slice(span))).toEqual([
      '/forms',
      '/a-b',
      '/plug:in',
      '$codex',
      '/end',
    ])
  })
})

describe('headings', () => {
  it.each([
    ['More of it', 'more-of-it'],
    ['`code` & *more*', 'code--more'],
    ['Über Größe 2.0', 'über-größe-20'],
    ['[a link](x.md) here', 'a-link-here'],
  ])('%j is reached by %s', (title, slug) => {
    expect(slugOf(title)).toBe(slug)
    const document = body(`# ${title}\n`)
    expect(headingAt(document, slug)).toBeDefined()
  })

  it('of one title are numbered', () => {
    const document = body('# A\n\n# A\n')
    expect(headingAt(document, 'a')!.start).toBeLessThan(headingAt(document, 'a-1')!.start)
    expect(headingAt(document, 'a-2')).toBeUndefined()
  })
})

it('the estimate of tokens is near for prose in Latin and Han', () => {
  expect(estimateTokens('The quick brown fox jumps over the lazy dog. '.repeat(100))).toBeGreaterThan(900)
  expect(estimateTokens('The quick brown fox jumps over the lazy dog. '.repeat(100))).toBeLessThan(1200)
  expect(estimateTokens('填写表单'.repeat(100))).toBe(320)
})

it('offsets are the lines and characters that the editor counts, in whatever order they are asked for', () => {
  const text = fc.array(fc.constantFrom('\n', '\r', '\r\n', 'a', 'b c', '😀', '')).map((parts) => parts.join(''))
  fc.assert(
    fc.property(text, fc.array(fc.integer({ min: -1, max: 40 })), (written, offsets) => {
      const lines = new Lines(written)
      const editors = TextDocument.create('file:///a.md', 'markdown', 1, written)
      for (const offset of offsets) {
        const position = editors.positionAt(offset)
        expect(lines.positionAt(offset)).toEqual(position)
        if (offset < 0 || offset > written.length) continue
        expect(lines.startAt(offset)).toBe(editors.offsetAt({ line: position.line, character: 0 }))
      }
    }),
    { numRuns: runs(500) },
  )
})

describe('a document that is read again', () => {
  const parts = fc.constantFrom(
    ...[
      '---\n',
      'name: a\n',
      'description: b\n',
      '# H\n',
      '\n',
      '```\n',
      'text `c` [l](x.md)\n',
      '- i\n',
      '<!-- ',
      '-->\n',
      '/a $0\n',
      '  ',
    ],
  )
  const text = fc.array(parts, { maxLength: 14 }).map((all) => all.join(''))
  const all = (document: SkillDocument) => {
    const { fences, yaml, keyLines, blocks, inlines, mentions, nameMentions, variables, commands } = document
    return { fences, yaml, keyLines, blocks, inlines, mentions, nameMentions, variables, commands, eol: document.eol }
  }
  it('after an edit is what it is when read anew', () => {
    fc.assert(
      fc.property(
        text,
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 6 }), parts), { minLength: 1, maxLength: 4 }),
        (first, edits) => {
          let document = skill(first)
          for (const [at, length, inserted] of edits) {
            all(document)
            const start = at % (document.text.length + 1)
            document = document.withText(
              document.text.slice(0, start) + inserted + document.text.slice(start + length),
              document.version + 1,
            )
            expect(all(document)).toEqual(all(skill(document.text)))
          }
        },
      ),
      { numRuns: runs(400) },
    )
  })
})
