import { catalogueOf } from '../catalogueOf.ts'
import { checkRule } from '../checkRule.ts'

const of =
  (uri: string) =>
  (text: string, more: object = {}) => ({ text, uri, ...more })
const agents = of('/repo/AGENTS.md')
const claude = of('/repo/CLAUDE.md')
const rule = of('/repo/.claude/rules/code.md')
const cursor = of('/repo/.cursor/rules/code.mdc')
const github = of('/repo/.github/instructions/code.instructions.md')
const memory = of('/home/ana/.claude/projects/x/memory/MEMORY.md')
const topic = of('/home/ana/.claude/projects/x/memory/style.md')
const sound = '# Project\n\nThis is a library. Use npm.\n\n## Tests\n\nRun them before a commit.\n'

checkRule('G01', {
  finds: [
    agents('«»', { severity: 'warning' }),
    claude('«»\n\n', { severity: 'warning' }),
    agents(`«line»\n${'line\n'.repeat(45)}`, { severity: 'hint' }),
  ],
  silent: [
    agents(sound),
    agents(`# Title\n${'line\n'.repeat(45)}`),
    claude('@AGENTS.md\n'),
    topic('line\n'.repeat(60)),
  ],
})

checkRule('G02', {
  finds: [
    claude(`${'line\n'.repeat(200)}«line 201»\nline\n`, { severity: 'warning', says: '200 lines' }),
    agents(`${'x'.repeat(32_768)}«y»\n`, { severity: 'warning', says: '32 KiB' }),
    agents(`${'表'.repeat(10_922)}«表表»\n`),
    of('/repo/.windsurf/rules/a.md')(`${'x'.repeat(12_000)}«y»`),
    memory(`${'- x\n'.repeat(200)}«- y»\n`),
    memory(`${'x'.repeat(25_600)}«y»\n`),
  ],
  silent: [
    claude(`${'line\n'.repeat(200)}\n\n`),
    agents('x'.repeat(32_768)),
    agents('line\n'.repeat(300)),
    topic('x\n'.repeat(300)),
  ],
})

checkRule('G03', {
  finds: [
    claude('See @«docs/style.md» and @«./more.txt».\n', { severity: 'warning', files: { 'README.md': 'x' } }),
    claude('@«~/.claude/mine.md»\n', { severity: 'information', files: { 'README.md': 'x' } }),
  ],
  silent: [
    claude('See @docs/style.md.\n', { files: { 'docs/style.md': 'x' } }),
    claude('See @docs/style.md.\n'),
    claude('`@docs/no.md` ana@example.org @types/node @ana and @anthropic-ai/sdk\n', { files: { 'x.md': '' } }),
    agents('@docs/style.md\n', { files: { 'x.md': '' } }),
  ],
})

const manifest = { 'package.json': '{"scripts": {"test": "vitest", "lint:fix": "x"}}' }
const makefile = { Makefile: 'VAR := x\nbuild test: deps\n\tcc\n.PHONY: build\ndeps:\n' }

checkRule('G04', {
  finds: [
    agents('Run `npm run «tests»`.\n', {
      severity: 'warning',
      files: manifest,
      fixes: ['Run `npm run test`.\n'],
    }),
    agents('```sh\npnpm run «build» && pnpm run test\n```\n', { files: manifest, fixes: [] }),
    agents('`make «biuld»`\n', { files: makefile, fixes: ['`make build`\n'] }),
  ],
  silent: [
    agents('`npm run test`, `npm run lint:fix`, `make build`, `make deps`\n', { files: { ...manifest, ...makefile } }),
    agents('`npm run build -w web`, `pnpm --filter x run y`, `npm run <name>`, `npm run lint:*`\n', {
      files: manifest,
    }),
    agents('```sh\ncd web && npm run dev\n```\nWe make sure that npm run is fast.\n', { files: manifest }),
    agents('`npm run build` and `make build`\n', { files: { 'x.md': '' } }),
    agents('`npm run build`\n'),
    agents('`make all`\n', { files: { Makefile: 'include x.mk\n' } }),
  ],
})

checkRule('G05', {
  finds: [
    claude('«# Claude»\nBe brief.\n', {
      severity: 'information',
      files: { 'AGENTS.md': sound },
      related: ['/repo/AGENTS.md'],
      fixes: ['@AGENTS.md\n\n# Claude\nBe brief.\n'],
    }),
    agents('«# Project»\n', { files: { '.claude/settings.json': '{}' }, fixes: ['create: /repo/CLAUDE.md'] }),
  ],
  silent: [
    claude('@AGENTS.md\n', { files: { 'AGENTS.md': sound } }),
    claude(sound, { files: { 'AGENTS.md': sound } }),
    claude(sound),
    agents(sound, { files: { 'CLAUDE.md': '@AGENTS.md', '.claude/x.md': '' } }),
    agents(sound, { files: { 'x.md': '' } }),
    agents(sound),
  ],
})

checkRule('G06', {
  finds: [
    agents('Run `«npm install»`.\n', {
      severity: 'warning',
      files: { 'CLAUDE.md': 'Run `pnpm install`.' },
      says: 'The package manager is npm here and pnpm in `CLAUDE.md`.',
      related: ['/repo/CLAUDE.md'],
    }),
    claude('«Use tabs».\n', { files: { 'AGENTS.md': 'Indent with two spaces.' } }),
    of('/repo/.github/copilot-instructions.md')('Write «single quotes».\n', {
      files: { '/repo/AGENTS.md': 'Use double quotes.' },
    }),
  ],
  silent: [
    agents('npm install, never yarn add\n', { files: { 'CLAUDE.md': 'pnpm install' } }),
    agents('npm run test\n', { files: { 'CLAUDE.md': 'npm install' } }),
    agents('npm install\n'),
    of('/repo/web/AGENTS.md')('npm install\n', { files: { '/repo/CLAUDE.md': 'pnpm install' } }),
  ],
})

checkRule('G07', {
  finds: [
    agents('Run «/compact» when it gets long.\n', { severity: 'information', says: 'Only Claude Code' }),
    agents('Track the work with «TodoWrite».\n'),
    agents('Look with «#tool:search».\n', { says: 'Only VS Code' }),
    agents('# Codex\n\nUse it.\n\n# All\n\nAsk «@workspace».\n'),
  ],
  silent: [
    agents('## Claude Code\n\nRun /compact.\n\n### More\n\nTodoWrite\n'),
    agents('In Claude Code, run /compact.\n'),
    agents('The folder src/agents and /memory/x; the API /init/v2.\n'),
    claude('Run /compact.\n'),
  ],
})

checkRule('G08', {
  finds: [
    agents('The rules lie in «.claude/rules/code.md».\n', { severity: 'information' }),
    agents('Read «~/.codex/config.toml».\n'),
  ],
  silent: [
    agents('## Cursor\n\nSee .cursor/rules/x.mdc.\n'),
    agents('Claude Code reads .claude/rules/x.md.\n'),
    agents('See docs/claude/x.md and .github/workflows.\n'),
    claude('.claude/rules/x.md\n'),
  ],
})

const long = (word: string) =>
  `${word} is explained here at some length, so that a reader understands what it is about and why it is there.`

checkRule('G09', {
  finds: [
    agents(`«${long('A')}»\n\n«${long('B')}»\n\n«${long('C')}»\n`, {
      severity: 'hint',
      files: { 'README.md': `${long('A')}\n\n${long('B')}\n\n${long('C')}\n` },
    }),
  ],
  silent: [
    agents(`${long('A')}\n\n${long('B')}\n`, { files: { 'README.md': `${long('A')}\n` } }),
    agents(`${long('A')}\n\n${long('B')}\n\n${long('C')}\n`),
  ],
})

checkRule('G10', {
  finds: [
    rule('---\n«globs»: "src/**"\n---\nx\n', { severity: 'warning', fixes: ['---\npaths: "src/**"\n---\nx\n'] }),
    rule('---\npaths: ["src/**", «"[a"»]\n---\nx\n'),
    rule('---\npaths: «""»\n---\nx\n'),
    rule('---\n«frobnicate»: 1\n---\nx\n', { severity: 'hint', fixes: [] }),
    cursor('---\n«alwaysapply»: true\n---\nx\n', { fixes: ['---\nalwaysApply: true\n---\nx\n'] }),
    cursor('---\nglobs: «"{a"»\n---\nx\n'),
  ],
  silent: [
    rule('---\npaths: "src/**/*.{ts,tsx}"\n---\nx\n'),
    rule('# x\n'),
    cursor('---\ndescription: x\nglobs:\nalwaysApply: false\n---\nx\n'),
    of('/repo/.windsurf/rules/a.md')('---\ntrigger: glob\nglobs: "*.ts"\n---\nx\n'),
  ],
})

checkRule('G11', {
  finds: [
    github('---\napplyTo: «"[src"»\n---\nx\n', { severity: 'warning' }),
    github('---\napplyTo: «""»\n---\nx\n'),
    github('---\n«globs»: "**"\n---\nx\n', { fixes: ['---\napplyTo: "**"\n---\nx\n'] }),
    github('«---»\ndescription: x\n---\nx\n', { severity: 'hint' }),
  ],
  silent: [github('---\napplyTo: "**/*.ts,**/*.tsx"\n---\nx\n'), of('/repo/.github/copilot-instructions.md')('x\n')],
})

checkRule('G12', {
  finds: [
    memory('# Index\n- [Style](style.md)\n- [Gone](«gone.md»): x\n', {
      severity: 'warning',
      files: { 'style.md': 'x' },
      fixes: ['# Index\n- [Style](style.md)\n'],
    }),
    memory('«# Index»\n', {
      files: { 'style.md': 'x' },
      related: ['/home/ana/.claude/projects/x/memory/style.md'],
      fixes: ['# Index\n- [style](style.md)\n'],
    }),
    memory('«# Index»\n', {
      files: { 'a (b.md': 'x' },
      fixes: ['# Index\n- [a (b](a%20%28b.md)\n'],
    }),
    topic('---\ntype: «feedbak»\n---\nx\n', { fixes: ['---\ntype: feedback\n---\nx\n'] }),
    topic('---\nmetadata:\n  type: «"thing"»\n---\nx\n', { fixes: [] }),
  ],
  silent: [
    memory('- [Style](style.md)\n', { files: { 'style.md': 'x' } }),
    memory('- [Style](style.md), https://example.org/x.md\n'),
    topic('---\ntype: user\n---\nx\n'),
    topic('x\n'),
  ],
})

const nested = catalogueOf([
  { path: '/repo/AGENTS.md', kind: 'instructions' },
  { path: '/repo/web/AGENTS.md', kind: 'instructions' },
  { path: '/other/AGENTS.md', kind: 'instructions' },
])

checkRule('G13', {
  finds: [
    of('/repo/web/AGENTS.md')('«# Web»\n', {
      severity: 'information',
      catalogue: nested,
      related: ['/repo/AGENTS.md'],
    }),
  ],
  silent: [agents('# Web\n', { catalogue: nested }), of('/repo/web/AGENTS.md')('# Web\n')],
})

const words = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `word${from + i}`).join(' ')

checkRule('G14', {
  finds: [
    claude(`«${words(0, 95)}»\n`, {
      severity: 'hint',
      files: { 'AGENTS.md': `${words(0, 100)}\n` },
      related: ['/repo/AGENTS.md'],
    }),
  ],
  silent: [
    claude(`${words(0, 100)}\n`, { files: { 'AGENTS.md': `${words(0, 100)}\n` } }),
    claude(`${words(0, 100)}\n`, { files: { 'AGENTS.md': `${words(80, 200)}\n` } }),
    claude(`${words(0, 100)}\n`),
  ],
})

checkRule('G15', {
  finds: [
    agents('---\nglobs: [«"[x"»]\n---\nx\n', { severity: 'warning' }),
    agents('---\n«globs»:\n---\nx\n'),
    agents('---\n«title»: x\n---\nx\n', { severity: 'hint' }),
  ],
  silent: [agents('---\nglobs: ["**/*.ts"]\n---\nx\n'), agents(sound), rule('---\nglobs: "[x"\n---\n')],
})

checkRule('G16', {
  finds: [agents('«Use npm.»\nTest it.\n')],
  silent: [agents(sound), rule('Use npm.\n')],
})

checkRule('G17', {
  finds: [agents('«Use npm.»\n', { files: { 'CLAUDE.md': 'x' } })],
  silent: [
    agents('Use npm. CLAUDE.md takes priority.\n', { files: { 'CLAUDE.md': 'x' } }),
    agents('Use npm.\n', { files: { 'x.md': '' } }),
  ],
})
