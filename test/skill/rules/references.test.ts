import { expect, it } from 'vitest'
import { findIn } from '../../../daemon/skill/rules/findings.ts'
import { skill as checked, contextOf } from '../check.ts'
import { checkRule } from '../checkRule.ts'
import { MemoryWorkspace } from '../memoryWorkspace.ts'

const claude = '/repo/.claude/skills/pdf-forms/SKILL.md'
const vscode = '/repo/.github/skills/pdf-forms/SKILL.md'
const openclaw = '/home/ana/.openclaw/skills/pdf-forms/SKILL.md'
const skill = (body: string) => `---\nname: pdf-forms\ndescription: Fills in forms.\n---\n${body}\n`
const shell = (...lines: string[]) => ['```bash', ...lines, '```'].join('\n')
const lines = (number: number) => Array.from({ length: number }, (_, i) => `line ${i}`).join('\n')

checkRule('R01', {
  finds: [
    {
      text: skill('See [forms](«references/form.md»).'),
      files: { 'references/forms.md': '' },
      severity: 'warning',
      says: 'did you mean `references/forms.md`?',
      fixes: [
        skill('See [forms](references/forms.md).'),
        'create: /home/ana/.agents/skills/pdf-forms/references/form.md',
      ],
    },
    { text: skill('![x](«assets/a.png»)'), files: {}, fixes: [] },
    {
      text: skill('See [it][1].\n\n[1]: «references/a.md»'),
      files: {},
      profiles: ['publish-claude.ai'],
      severity: 'error',
    },
    {
      text: skill('[anchor](«references/none.md»#anchor)'),
      files: {},
      fixes: ['create: /home/ana/.agents/skills/pdf-forms/references/none.md'],
    },
    { text: 'See [x](«gone.md»).\n', uri: '/repo/AGENTS.md', files: {} },
  ],
  silent: [
    {
      text: skill('[a](references/forms.md#anchor) [b](./references) [c](scripts/a.py)'),
      files: { 'references/forms.md': '', 'scripts/a.py': '' },
    },
    {
      text: skill(
        '[a](plugin://x/y.md) [b](skill://a/b.md) [c](mcp://x) [d](https://x.org/reference/rest/v1/a.md) [e](mailto:a@b.c) [f](#top)',
      ),
      files: {},
    },
    {
      text: skill('[a]({baseDir}/x.md) [b](<placeholder>.md) [c](path/to/x.md) [d](url) [e]($HOME/x.md) [f](...)'),
      files: {},
    },
    { text: skill('`[x](gone.md)`\n\n```md\n[x](gone.md)\n```'), files: {} },
    { text: skill('[x](Forms.md)'), files: { 'forms.md': '' } },
    { text: skill('[x](forms)'), files: { 'forms.md': '' } },
    {
      text: skill('[^2]: ATCC. (2024). "Cells." https://x.org/a\n\n[Note]: nothing.at all of this is a link\n'),
      files: {},
    },
    skill('[x](gone.md)'),
    {
      text: 'See [ours](../../CLAUDE.md).\n',
      uri: '/repo/.claude-plugin/plugins/a/CLAUDE.md',
      files: { '/repo/CLAUDE.md': '', '/repo/plugins/a/CLAUDE.md': '' },
      links: { '/repo/.claude-plugin/plugins/a': '/repo/plugins/a' },
    },
    { text: skill('[x](forms/)'), files: { 'forms.md': '', 'forms/a.md': '' } },
    {
      text: 'See [x](references/b.md).\n',
      uri: '/repo/.claude/skills/a/references/a.md',
      files: { '../SKILL.md': '', 'b.md': '' },
    },
  ],
})

checkRule('R02', {
  finds: [
    {
      text: skill('Read `«references/form.md»` first.'),
      files: { 'references/forms.md': '' },
      severity: 'warning',
      fixes: [skill('Read `references/forms.md` first.')],
    },
    { text: skill(shell('python3 «scripts/fil.py» a.pdf')), files: { 'scripts/fill.py': '' } },
  ],
  silent: [
    {
      text: skill('Read `references/forms.md`; change `src/index.ts` and `docs/a.md`.'),
      files: { 'references/forms.md': '' },
    },
    {
      text: skill('**Examples**: `references/finance.md` for rules, `references/mnda.md` for a contract.'),
      files: { 'references/forms.md': '' },
    },
    { text: skill('A `references/patterns.md` would help.'), files: { 'references/forms.md': '' } },
    {
      text: skill('A `references/schema.md` file with all tables would be helpful.'),
      files: { 'references/a.md': '' },
    },
    {
      text: skill('The schema is in `agents/worker.md`.'),
      uri: '/repo/plugins/p/skills/pdf-forms/SKILL.md',
      files: {
        'agents/other.md': '',
        '/repo/plugins/p/.claude-plugin/plugin.json': '{"name": "p"}',
        '/repo/plugins/p/agents/worker.md': '',
      },
    },
    { text: skill('Run `scripts/build.sh` of the project.'), files: { 'references/forms.md': '' } },
    {
      text: skill('Read `references/<name>.md`, `references/*.md`, `{baseDir}/references/a.md`.'),
      files: { 'references/forms.md': '' },
    },
    {
      text: skill('Save it to `references/new.md`, then read `references/new.md`.'),
      files: { 'references/forms.md': '' },
    },
    skill('Read `references/a.md`.'),
  ],
})

checkRule('R03', {
  finds: [
    { text: skill('# One\n\nSee [two](#«two»).'), severity: 'warning', says: 'here' },
    { text: skill('See [b](a.md#«b»).'), files: { 'a.md': '# A\n' }, says: '`a.md`' },
  ],
  silent: [
    skill('# ⚠️ Disclaimer\n\n## `gcroot<T^>` of .NET\n\n[a](#-disclaimer) [b](#disclaimer) [c](#gcroott-of-net)'),
    skill('# One & Two!\n\n[a](#one--two) [b](#one-two) [c](#L10) [d](#{x})'),
    { text: skill('[b](a.md#b-1) [c](a.md#c)'), files: { 'a.md': '# B\n\n# B\n\n<a id="c"></a>\n' } },
    { text: skill('[b](a.py#L3) [c](gone.md#x)'), files: { 'a.py': '' } },
    skill('[b](a.md#b)'),
  ],
})

checkRule('R04', {
  finds: [
    {
      text: skill('See [f](«References/Forms.md»).'),
      files: { 'references/forms.md': '' },
      severity: 'warning',
      fixes: [skill('See [f](references/forms.md).')],
    },
    { text: skill('See `«references/FORMS.md»`.'), files: { 'references/forms.md': '' } },
  ],
  silent: [
    {
      text: skill('See [f](references/forms.md) and [g](./references/forms.md).'),
      files: { 'references/forms.md': '' },
    },
    skill('See [f](References/Forms.md).'),
  ],
})

checkRule('R05', {
  finds: [
    {
      text: skill('See [f](«references\\forms.md»).'),
      severity: 'warning',
      fixes: [skill('See [f](references/forms.md).')],
    },
    { text: skill('Run `«scripts\\fill.py»`.'), fixes: [skill('Run `scripts/fill.py`.')] },
  ],
  silent: [
    skill('✗ **Avoid**: `scripts\\helper.py`; never write `references\\a.md`.'),
    skill('`C:\\Users\\x` `\\n` `a\\b` [x](foo\\_bar.md) `scripts/a.py`'),
  ],
})

checkRule('R06', {
  finds: [
    { text: skill('Look into `«/Users/maria/notes.md»`.'), severity: 'warning' },
    skill('[x](«/home/maria/x.md»)'),
    skill('[x](«~/notes.md»)'),
    skill('`cat «C:\\Users\\maria\\x»`'),
    {
      text: 'Scratch space is in `«/home/dnanexus»`.\n',
      uri: '/repo/.agents/skills/a/references/b.md',
      files: { '../SKILL.md': '' },
      severity: 'information',
    },
  ],
  silent: [
    skill(
      '`/users/validate.json` `C:\\Users\\john.doe\\x` `~/.claude/skills` `/Users/username/x` `/home/user/x` `/etc/hosts` `/Users/<name>/x` `/home/$USER/x` [x](/docs/a)',
    ),
  ],
})

checkRule('R07', {
  finds: [
    { text: skill('[x](«../other/SKILL.md»)'), files: { '../other/SKILL.md': '' }, severity: 'information' },
    { text: skill('[x](«../Other/a.md»)'), files: { '../other/a.md': '' } },
  ],
  silent: [
    { text: skill('[x](references/../a.md) [y](./b.md) [z](https://x.org/../a)'), files: {} },
    {
      text: skill('[x](../../README.md)'),
      uri: '/p/skills/a/SKILL.md',
      files: { '/p/.claude-plugin/plugin.json': '' },
    },
    skill('[x](../x.md)'),
  ],
})

it('a link that is missing and leads out of the folder is no longer told of twice', () => {
  const document = checked(skill('# Forms\n\nSee [x](../../../x.md) first.'))
  const files = new MemoryWorkspace({ [document.path!]: document.text }).view()
  const told = findIn(document, contextOf(document, { files })).filter(({ code }) => code.startsWith('R'))
  expect(told).toMatchObject([{ code: 'R01', severity: 'warning' }])
  expect(told[0]!.message).toBe('There is no `../../../x.md`. It would lie outside the skill’s folder.')
})

checkRule('R08', {
  finds: [{ text: skill('[x](«references/api/v1/a.md»)'), severity: 'hint', says: '3 folders' }],
  silent: [skill('[x](references/a.md) [y](https://docs.github.com/reference/rest/v1/a) [z](../a/b/c.md)')],
})

checkRule('R09', {
  finds: [
    {
      text: skill('[a](«references/a.md»)'),
      files: { 'references/a.md': 'See [b](b.md).', 'references/b.md': '' },
      severity: 'hint',
      related: ['/home/ana/.agents/skills/pdf-forms/references/a.md'],
    },
  ],
  silent: [
    {
      text: skill('[a](references/a.md) [b](references/b.md)'),
      files: {
        'references/a.md': 'See [b](b.md), [top](../SKILL.md) and [other](../../other/x.md).',
        'references/b.md': '',
      },
    },
    {
      text: skill('[a](references/a.md), then `references/b.md`'),
      files: { 'references/a.md': '[b](b.md)', 'references/b.md': '' },
    },
    skill('[a](references/a.md)'),
  ],
})

checkRule('R11', {
  finds: [
    {
      text: skill('Read «`references/a.md`».'),
      uri: vscode,
      files: { 'references/a.md': '' },
      severity: 'hint',
      fixes: [skill('Read [references/a.md](references/a.md).')],
    },
  ],
  silent: [
    {
      text: skill('Read [a](references/a.md), that is `references/a.md`.'),
      uri: vscode,
      files: { 'references/a.md': '' },
    },
    { text: skill('Read `references/a.md`.'), uri: claude, files: { 'references/a.md': '' } },
    { text: skill('Read `references/a.md`.'), uri: vscode },
  ],
})

checkRule('R12', {
  finds: [
    {
      text: skill('See `«references/a»`.'),
      files: { 'references/a.md': '' },
      severity: 'hint',
      fixes: [skill('See `references/a.md`.')],
    },
    { text: skill('See [a](«references/a»).'), files: { 'references/a.md': '' }, severity: 'warning' },
  ],
  silent: [
    { text: skill('See `references/a.md`, `references/b`.'), files: { 'references/a.md': '' } },
    skill('See `references/a`.'),
  ],
})

checkRule('R13', {
  finds: [
    {
      text: skill(shell('python3 «scripts/fill.py» a.pdf', 'echo scripts/fill.py')),
      uri: claude,
      files: { 'scripts/fill.py': '' },
      severity: 'warning',
      fixes: [skill(shell(`python3 \${CLAUDE_SKILL_DIR}/scripts/fill.py a.pdf`, 'echo scripts/fill.py'))],
    },
    {
      text: skill('Run `«./scripts/fill.sh» x`.'),
      uri: openclaw,
      files: { 'scripts/fill.sh': '' },
      fixes: [skill('Run `{baseDir}/scripts/fill.sh x`.')],
    },
  ],
  silent: [
    {
      text: skill(shell(`python3 \${CLAUDE_SKILL_DIR}/scripts/fill.py`)),
      uri: claude,
      files: { 'scripts/fill.py': '' },
    },
    { text: skill(shell('python3 tools/build.py')), uri: claude, files: { 'scripts/fill.py': '' } },
    {
      text: skill(`Paths are relative to this skill.\n\n${shell('python3 scripts/fill.py')}`),
      uri: claude,
      files: { 'scripts/fill.py': '' },
    },
    { text: skill('See `scripts/fill.py`.'), uri: claude, files: { 'scripts/fill.py': '' } },
    { text: skill(shell('python3 scripts/fill.py')), uri: claude },
    { text: skill(shell('python3 scripts/fill.py')), files: { 'scripts/fill.py': '' } },
  ],
})

checkRule('R14', {
  finds: [
    skill('<«https://raw.githubusercontent.com/a/b/main/x.sh»>'),
    skill('[x](«https://github.com/a/b/blob/master/x.md»)'),
  ],
  silent: [skill('https://github.com/a/b https://github.com/a/b/blob/v1.0/x.md https://example.org/main/x')],
})

const long = `# Title\n\n## One\n\n${lines(60)}\n\n## Two & Three\n\n${lines(60)}\n`

checkRule('R15', {
  finds: [
    { text: skill('[a](«references/a.md»)'), files: { 'references/a.md': long }, severity: 'hint', fixes: [] },
    {
      text: skill('[a](«references/a.md»)'),
      files: { 'references/a.md': 'word '.repeat(10_000) },
      severity: 'warning',
      says: '12,107 tokens',
    },
    {
      text: `«${long.slice(0, 7)}»${long.slice(7)}`,
      uri: '/repo/.claude/skills/a/references/a.md',
      files: { '../SKILL.md': '' },
      fixes: [long.replace('## One', '## Contents\n\n- [One](#one)\n- [Two & Three](#two--three)\n\n## One')],
    },
  ],
  silent: [
    { text: skill('[a](references/a.md)'), files: { 'references/a.md': `# A\n\n## Contents\n\n${lines(200)}` } },
    { text: skill('[a](references/a.md)'), files: { 'references/a.md': lines(100) } },
    { text: long, uri: '/repo/docs/a.md', files: {} },
    skill('[a](references/a.md)'),
  ],
})

checkRule('R16', {
  finds: [
    { text: 'See @docs/a.md.\n\nAnd @«docs/a.md».\n', uri: '/repo/CLAUDE.md', severity: 'warning', says: 'twice' },
    {
      text: '@«a.md»\n',
      uri: '/repo/CLAUDE.md',
      files: { 'a.md': '@b.md\n', 'b.md': '@CLAUDE.md\n' },
      severity: 'error',
    },
    {
      text: '@«1.md»\n',
      uri: '/repo/CLAUDE.md',
      files: Object.fromEntries([1, 2, 3, 4, 5].map((i) => [`${i}.md`, `@${i + 1}.md\n`])),
      says: 'more than 5',
    },
    { text: 'See @«src/big.ts».\n', uri: '/repo/CLAUDE.md', severity: 'hint' },
  ],
  silent: [
    {
      text: '@README.md and @package.json; mail a@b.md; `@x.md`\n',
      uri: '/repo/CLAUDE.md',
      files: { 'README.md': '@other.md' },
    },
    {
      text: '@1.md\n',
      uri: '/repo/CLAUDE.md',
      files: Object.fromEntries([1, 2, 3, 4].map((i) => [`${i}.md`, `@${i + 1}.md\n`])),
    },
  ],
})
