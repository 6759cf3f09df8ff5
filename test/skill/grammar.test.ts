import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { beforeAll, describe, expect, it } from 'vitest'
import oniguruma from 'vscode-oniguruma'
import textmate, { type IGrammar, type IRawGrammar } from 'vscode-textmate'

const root = new URL('../../', import.meta.url)

/** As much of the editor's own grammars as ours is laid over: the same scopes and the same kinds of rule. */
const stubs: Record<string, object> = {
  'text.html.markdown': {
    scopeName: 'text.html.markdown',
    patterns: [{ include: '#frontMatter' }, { include: '#fence' }, { include: '#paragraph' }],
    repository: {
      frontMatter: {
        begin: '\\A(?=(-{3,}))',
        end: '^ {,3}\\1-*[ \\t]*$',
        applyEndPatternLast: 1,
        endCaptures: { 0: { name: 'punctuation.definition.end.frontmatter' } },
        patterns: [
          {
            begin: '\\A(-{3,})(.*)$',
            while: '^(?! {,3}\\1-*[ \\t]*$)',
            beginCaptures: { 1: { name: 'punctuation.definition.begin.frontmatter' } },
            contentName: 'meta.embedded.block.frontmatter',
            patterns: [{ include: 'source.yaml' }],
          },
        ],
      },
      fence: { begin: '^```', end: '^```', name: 'markup.fenced_code.block.markdown' },
      paragraph: {
        begin: '(^|\\G)(?=\\S)',
        while: '(^|\\G)(?=\\S)',
        name: 'meta.paragraph.markdown',
        patterns: [
          { match: '(\\[)([^\\]]+)(\\])', name: 'meta.link.reference.markdown' },
          { match: '(`+)([^`]+)\\1', name: 'markup.inline.raw.string.markdown' },
        ],
      },
    },
  },
  'text.html.markdown.prompt': {
    scopeName: 'text.html.markdown.prompt',
    patterns: [{ include: 'text.html.markdown' }],
  },
  'source.yaml': {
    scopeName: 'source.yaml',
    patterns: [
      { match: '^[\\w-]+(?=:)', name: 'entity.name.tag.yaml' },
      { match: '(?<=: )[^$]+', name: 'string.unquoted.yaml' },
    ],
  },
}

interface Contributed {
  readonly scopeName: string
  readonly path: string
  readonly injectTo: readonly string[]
}

/** A registry as VS Code builds it: an injection goes to its scope and to every scope that begins with it. */
async function registry() {
  const wasm = await readFile(createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm'))
  await oniguruma.loadWASM({ data: wasm })
  const manifest = JSON.parse(await readFile(new URL('package.json', root), 'utf8'))
  const contributed: Contributed[] = manifest.contributes.grammars
  return new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (sources: string[]) => new oniguruma.OnigScanner(sources),
      createOnigString: (text: string) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async (scope) => {
      if (stubs[scope]) return stubs[scope] as IRawGrammar
      const grammar = contributed.find(({ scopeName }) => scopeName === scope)
      if (!grammar) return null
      return textmate.parseRawGrammar(await readFile(new URL(grammar.path, root), 'utf8'), grammar.path)
    },
    getInjections: (scope) =>
      contributed
        .filter(({ injectTo }) => injectTo.some((to) => scope === to || scope.startsWith(`${to}.`)))
        .map(({ scopeName }) => scopeName),
  })
}

let grammars: Record<string, IGrammar>

beforeAll(async () => {
  const made = await registry()
  const load = async (scope: string) => (await made.loadGrammar(scope))!
  grammars = { markdown: await load('text.html.markdown'), skill: await load('text.html.markdown.prompt') }
})

/** Every token as `text  scopes`, without the root scope. */
function tokens(text: string, language = 'skill'): string[] {
  let stack = textmate.INITIAL
  return text.split('\n').flatMap((line) => {
    const result = grammars[language]!.tokenizeLine(line, stack)
    stack = result.ruleStack
    return result.tokens.map(({ startIndex, endIndex, scopes }) =>
      `${line.slice(startIndex, endIndex)}  ${scopes.slice(1).join(' ')}`.trimEnd(),
    )
  })
}

const mentioned = (text: string) => tokens(text).filter((token) => token.includes('meta.mention.skill'))

describe('the grammar of mentions', () => {
  it.each(['skill', 'markdown'])('marks a mention where the language is %s', (language) => {
    expect(tokens('Use $[team:web].pdf_forms now.', language)).toMatchInlineSnapshot(`
      [
        "Use   meta.paragraph.markdown",
        "$[  meta.paragraph.markdown meta.mention.skill punctuation.definition.mention.begin.skill",
        "team  meta.paragraph.markdown meta.mention.skill entity.name.namespace.skill",
        ":  meta.paragraph.markdown meta.mention.skill entity.name.namespace.skill punctuation.separator.namespace.skill",
        "web  meta.paragraph.markdown meta.mention.skill entity.name.namespace.skill",
        "]  meta.paragraph.markdown meta.mention.skill punctuation.definition.mention.end.skill",
        ".  meta.paragraph.markdown meta.mention.skill punctuation.separator.mention.skill",
        "pdf_forms  meta.paragraph.markdown meta.mention.skill entity.name.function.skill",
        " now.  meta.paragraph.markdown",
      ]
    `)
  })

  it('leaves the frontmatter to the editor and marks mentions in it', () => {
    expect(tokens('---\nname: pdf\ndescription: As $[web].forms\n---\n# Text')).toMatchInlineSnapshot(`
      [
        "---  punctuation.definition.begin.frontmatter",
        "name  meta.embedded.block.frontmatter entity.name.tag.yaml",
        ":   meta.embedded.block.frontmatter",
        "pdf  meta.embedded.block.frontmatter string.unquoted.yaml",
        "description  meta.embedded.block.frontmatter entity.name.tag.yaml",
        ":   meta.embedded.block.frontmatter",
        "As   meta.embedded.block.frontmatter string.unquoted.yaml",
        "$[  meta.embedded.block.frontmatter meta.mention.skill punctuation.definition.mention.begin.skill",
        "web  meta.embedded.block.frontmatter meta.mention.skill entity.name.namespace.skill",
        "]  meta.embedded.block.frontmatter meta.mention.skill punctuation.definition.mention.end.skill",
        ".  meta.embedded.block.frontmatter meta.mention.skill punctuation.separator.mention.skill",
        "forms  meta.embedded.block.frontmatter meta.mention.skill entity.name.function.skill",
        "---  punctuation.definition.end.frontmatter",
        "# Text  meta.paragraph.markdown",
      ]
    `)
  })

  it('marks mentions in fenced code, where they count as well', () => {
    expect(mentioned('```\n$[web].forms\n```')).not.toEqual([])
  })

  it.each([
    ['$[w].forms', 'a segment of one letter'],
    ['$[web].f', 'a name of one letter'],
    ['$[Web].forms', 'capitals'],
    ['$[my_web].forms', 'an underscore in the namespace'],
    ['$[web:].forms', 'an empty segment'],
    ['$[a1:a2:a3:a4:a5:a6:a7:a8].forms', 'eight segments'],
    ['$[web].forms]', 'a bracket right behind'],
    ['$ [web].forms', 'a space'],
    ['[web].forms', 'no dollar'],
  ])('does not mark %s: %s', (text) => {
    expect(mentioned(text)).toEqual([])
  })

  it('marks seven segments of 64 characters', () => {
    const segment = 'a'.repeat(64)
    expect(mentioned(`$[${Array(7).fill(segment).join(':')}].${segment}`)).toHaveLength(17)
  })

  it('ends a mention where the specification does', () => {
    expect(mentioned('$[web].fooBar').at(-1)).toContain('foo  ')
  })
})
