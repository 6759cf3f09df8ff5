import { checkRule } from '../checkRule.ts'

const good = 'description: Fills in forms. Use when there is a form.\n'
const inFolder = (folder: string) => `file:///skills/${folder}/SKILL.md`

checkRule('N01', {
  finds: [
    { text: `---\n${good}---\n`, marks: '---', fixes: [`---\nname: pdf-forms\n${good}---\n`] },
    { text: '---\n---\n', marks: '---', fixes: ['---\nname: pdf-forms\n---\n'] },
    {
      text: `---\r\nlicense: MIT\r\n---\r\n`,
      marks: '---',
      fixes: ['---\r\nname: pdf-forms\r\nlicense: MIT\r\n---\r\n'],
    },
    {
      text: `---\n${good}---\n`,
      uri: 'untitled:Untitled-1',
      marks: '---',
      fixes: [`---\nname: my-skill\n${good}---\n`],
    },
    {
      text: `---\n${good}---\n`,
      uri: inFolder('My%20Skill'),
      marks: '---',
      fixes: [`---\nname: my-skill\n${good}---\n`],
    },
  ],
  silent: [
    `---\nname:\n${good}---\n`,
    `---\n"name": pdf-forms\n${good}---\n`,
    `---\n{name: pdf-forms, description: x}\n---\n`,
  ],
})

checkRule('N02', {
  finds: [
    {
      text: `---\nname: 3000\n${good}---\n`,
      marks: '3000',
      fixes: [`---\nname: '3000'\n${good}---\n`],
      uri: inFolder('3000'),
    },
    { text: `---\nname: true\n${good}---\n`, marks: 'true', fixes: [`---\nname: 'true'\n${good}---\n`] },
    { text: `---\nname: [pdf, forms]\n${good}---\n`, marks: '[pdf, forms]' },
    { text: `---\nname:\n  a: b\n${good}---\n`, marks: 'a: b' },
    { text: `---\nname: !!binary aaaa\n${good}---\n`, marks: 'aaaa', fixes: [] },
  ],
  silent: [`---\nname: '3000'\n${good}---\n`, { text: `---\nname: yes\n${good}---\n`, uri: inFolder('yes') }],
})

checkRule('N03', {
  finds: [
    { text: `---\nname:\n${good}---\n`, marks: 'name', fixes: [`---\nname: pdf-forms\n${good}---\n`] },
    {
      text: `---\nname:   # todo\n${good}---\n`,
      marks: 'name',
      fixes: [`---\nname: pdf-forms # todo\n${good}---\n`],
    },
    { text: `---\nname: ""\n${good}---\n`, marks: '""', fixes: [`---\nname: pdf-forms\n${good}---\n`] },
    { text: `---\nname: ~\n${good}---\n`, marks: '~', fixes: [`---\nname: pdf-forms\n${good}---\n`] },
  ],
  silent: [`---\nname: pdf-forms\n${good}---\n`],
})

checkRule('N04', {
  finds: [
    {
      text: `---\nname: ${'long-'.repeat(13)}x\n${good}---\n`,
      marks: `${'long-'.repeat(13)}x`,
      fixes: [`---\nname: ${'long-'.repeat(12)}long\n${good}---\n`, `---\nname: pdf-forms\n${good}---\n`],
    },
  ],
  silent: [{ text: `---\nname: ${'a'.repeat(64)}\n${good}---\n`, uri: inFolder('a'.repeat(64)) }],
})

checkRule('N05', {
  finds: [
    { text: `---\nname: PDF Forms\n${good}---\n`, marks: 'PDF Forms', fixes: [`---\nname: pdf-forms\n${good}---\n`] },
    {
      text: `---\nname: "Über_Größe"\n${good}---\n`,
      marks: '"Über_Größe"',
      fixes: [`---\nname: uber-gro-e\n${good}---\n`, `---\nname: pdf-forms\n${good}---\n`],
    },
    {
      text: `---\nname: Null!\n${good}---\n`,
      marks: 'Null!',
      uri: 'untitled:x',
      fixes: [`---\nname: 'null'\n${good}---\n`],
    },
    {
      text: `---\nname: |\n  pdf_forms\n${good}---\n`,
      marks: '|\n  pdf_forms',
      fixes: [`---\nname: pdf-forms\n${good}---\n`],
    },
  ],
  silent: [`---\nname: pdf-forms # the name\n${good}---\n`],
})

checkRule('N07', {
  finds: [
    {
      text: `---\nname: -pdf--forms-\n${good}---\n`,
      marks: '-pdf--forms-',
      fixes: [`---\nname: pdf-forms\n${good}---\n`],
    },
  ],
  silent: [`---\nname: pdf-forms\n${good}---\n`],
})

checkRule('N08', {
  finds: [
    {
      text: `---\nname: pdf-form\n${good}---\n`,
      marks: 'pdf-form',
      fixes: [`---\nname: pdf-forms\n${good}---\n`, 'rename: /home/ana/.agents/skills/pdf-form'],
    },
    {
      text: `---\nname: pdf-forms\n${good}---\n`,
      marks: 'pdf-forms',
      uri: inFolder('PDF%20Forms'),
      fixes: ['rename: /skills/pdf-forms'],
    },
    {
      text: `---\nname: «a»\n${good}---\n`,
      uri: inFolder('true'),
      fixes: [`---\nname: 'true'\n${good}---\n`, 'rename: /skills/a'],
    },
  ],
  silent: [
    `---\nname: pdf-forms\n${good}---\n`,
    { text: `---\nname: other\n${good}---\n`, uri: 'file:///SKILL.md' },
    { text: `---\nname: other\n${good}---\n`, uri: 'untitled:SKILL.md' },
    { text: `---\nname: other\n${good}---\n`, uri: 'file:///flat/notes.md' },
    { text: `---\nname: other\n${good}---\n`, uri: 'vscode-remote://ssh/other/skill.md?x=/a/SKILL.md' },
    `---\nname: Other Name\n${good}---\n`,
  ],
})

const named = (name: string) => `---\nname: ${name}\n${good}---\n`
const claude = '/repo/.claude/skills/pdf-forms/SKILL.md'

checkRule('N05', {
  finds: [
    {
      text: named('«PDF forms!»'),
      severity: 'error',
      says: 'Codex and Gemini CLI take it.',
      profiles: ['spec', 'codex', 'gemini'],
    },
    {
      text: named('«pdf_forms»'),
      uri: claude,
      severity: 'information',
      says: 'opencode, Cursor, pi and Roo Code do not',
    },
    { text: named('«pdf.forms»'), uri: '/repo/.github/skills/pdf-forms/SKILL.md', severity: 'error' },
  ],
  silent: [named('pdf-forms'), named('Pdf-Forms')],
})

checkRule('N06', {
  finds: [
    { text: named('«Pdf-Forms»'), severity: 'error', fixes: [named('pdf-forms')] },
    { text: named('«Pdf-Forms»'), uri: claude, severity: 'information' },
  ],
  silent: [named('pdf-forms'), named('PDF Forms')],
})

checkRule('N07', {
  finds: [
    { text: named('«pdf--forms»'), uri: claude, severity: 'information' },
    { text: named('«-pdf-forms»'), uri: '/repo/.opencode/skills/pdf-forms/SKILL.md', severity: 'error' },
  ],
  silent: [named('Pdf--forms')],
})

checkRule('N08', {
  finds: [{ text: named('«other»'), uri: claude, severity: 'information' }],
  silent: [],
})

checkRule('N09', {
  finds: [
    { text: named('«claude-helper»'), severity: 'information' },
    { text: named('«my-anthropic»'), profiles: ['publish-claude.ai'], severity: 'error' },
  ],
  silent: [named('pdf-forms')],
})

checkRule('N10', {
  finds: [{ text: named('«<b>forms</b>»'), severity: 'error', fixes: [named('b-forms-b'), named('pdf-forms')] }],
  silent: [named('a<b')],
})

checkRule('N11', {
  finds: [
    {
      text: named('«team:forms»'),
      says: 'Copilot CLI',
      fixes: [named('team-forms'), named('pdf-forms'), named('forms')],
    },
    { text: named('«ns:forms»'), uri: inFolder('ns'), fixes: [named('ns-forms'), named('ns'), named('forms')] },
  ],
  silent: [named('a:b:c'), named('pdf-forms')],
})

checkRule('N12', {
  finds: [{ text: named('«utils»'), severity: 'hint' }, named('«Helper»')],
  silent: [named('pdf-utils'), named('pdf-forms')],
})

checkRule('N13', {
  finds: [
    { text: named('«表单»'), severity: 'error', fixes: [named('pdf-forms')] },
    { text: named('«表单»'), uri: 'untitled:Untitled-1', severity: 'information', fixes: [] },
    { text: named('«größe»'), uri: inFolder('größe'), severity: 'information', fixes: [named('gro-e')] },
  ],
  silent: [named('pdf-forms'), named('表 单')],
})

checkRule('N14', {
  finds: [{ text: named('«clear»'), uri: '/repo/.claude/skills/clear/SKILL.md', severity: 'information' }],
  silent: [
    { text: named('clear'), uri: '/repo/.codex/skills/clear/SKILL.md' },
    { text: named('pdf-forms'), uri: claude },
  ],
})

checkRule('N15', {
  finds: [
    {
      text: named('«pdf-forms»'),
      uri: '/repo/office/skills/pdf-forms/SKILL.md',
      profiles: ['claude-code'],
      files: { '/repo/office/.claude-plugin/plugin.json': '{"name": "office"}' },
      says: '`/office:pdf-forms`',
      severity: 'hint',
    },
  ],
  silent: [
    { text: named('pdf-forms'), uri: claude, files: {} },
    { text: named('pdf-forms'), uri: '/repo/office/skills/pdf-forms/SKILL.md', profiles: ['claude-code'] },
  ],
})

checkRule('N16', {
  finds: [{ text: named('«pdf-fоrms»'), severity: 'warning', fixes: [named('pdf-f-rms'), named('pdf-forms')] }],
  silent: [named('форма'), named('pdf-forms'), named('größe')],
})
