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
