import { checkRule } from '../checkRule.ts'

const good = 'description: Fills in forms. Use when there is a form.\n'

checkRule('Y01', {
  finds: [
    {
      text: '',
      marks: '',
      fixes: ['---\nname: pdf-forms\ndescription: What this skill does. Use when …\n---\n'],
    },
    {
      text: '# Forms\nFill them in.\n',
      marks: '# Forms',
      fixes: ['---\nname: pdf-forms\ndescription: What this skill does. Use when …\n---\n\n# Forms\nFill them in.\n'],
    },
    {
      text: '\uFEFF# Forms\r\n',
      marks: '# Forms',
      fixes: [
        '\uFEFF---\r\nname: pdf-forms\r\ndescription: What this skill does. Use when …\r\n---\r\n\r\n# Forms\r\n',
      ],
    },
    { text: '----\nname: x\n----\n', marks: '----' },
    { text: ' ---\nname: x\n---\n', marks: ' ---' },
    { text: 'name: pdf-forms\n---\n', marks: 'name: pdf-forms' },
  ],
  silent: [`---\nname: pdf-forms\n${good}---\n`, `\uFEFF---  \r\nname: pdf-forms\r\n${good}---\t\r\n`],
})

checkRule('Y02', {
  finds: [
    {
      text: `\n  \n---\nname: pdf-forms\n${good}---\nBody\n`,
      marks: '---',
      fixes: [`---\nname: pdf-forms\n${good}---\nBody\n`],
    },
    {
      text: `\uFEFF\r\n---\r\nname: pdf-forms\r\n---\r\n`,
      marks: '---',
      fixes: [`\uFEFF---\r\nname: pdf-forms\r\n---\r\n`],
    },
  ],
  silent: [`---\nname: pdf-forms\n${good}---\n\n---\n`],
})

checkRule('Y03', {
  finds: [
    { text: '---', marks: '---', fixes: ['---\n---\n'] },
    {
      text: '---\nname: pdf-forms\ndescription: x\n\n# Forms\n\nFill: them\n',
      marks: '---',
      fixes: ['---\nname: pdf-forms\ndescription: x\n---\n\n# Forms\n\nFill: them\n'],
    },
    {
      text: '---\r\nname: pdf-forms\r\ndescription: >-\r\n  x\r\nFill them in.\r\n',
      marks: '---',
      fixes: ['---\r\nname: pdf-forms\r\ndescription: >-\r\n  x\r\n---\r\nFill them in.\r\n'],
    },
    { text: '---\nname: pdf-forms', marks: '---', fixes: ['---\nname: pdf-forms\n---\n'] },
    { text: '---\nname: a\n ---\n', marks: '---' },
  ],
  silent: [`---\nname: pdf-forms\n${good}---`, '# no frontmatter at all\n'],
})

checkRule('Y04', {
  finds: [
    {
      text: '---\nname: "pdf-forms\ndescription: x\n---\n',
      marks: '"',
      fixes: ['---\nname: "pdf-forms"\ndescription: x\n---\n'],
    },
    {
      text: "---\nname: a\ndescription: 'Use when  \n---\n",
      marks: "'",
      fixes: ["---\nname: a\ndescription: 'Use when'  \n---\n"],
    },
    { text: '---\nname: a\ntags: [x, y\nlicense: MIT\n---\n', marks: '[' },
    { text: '---\nname: a\ntags: {x: y\n---\n', marks: '{' },
    {
      text: '---\nname: pdf-forms\ndescription: @ana asks for a form\n---\n',
      marks: '@',
      fixes: ["---\nname: pdf-forms\ndescription: '@ana asks for a form'\n---\n"],
    },
    {
      text: '---\nname: pdf-forms\ndescription: *important* «forms»\n---\n',
      fixes: ["---\nname: pdf-forms\ndescription: '*important* forms'\n---\n"],
    },
    {
      text: '---\nname: pdf-forms\ndescription: "PDF" «forms»\n---\n',
      fixes: [`---\nname: pdf-forms\ndescription: '"PDF" forms'\n---\n`],
    },
    {
      text: '---\nname: pdf-forms\ndescription: [x] done\n---\n',
      marks: 'done',
      fixes: ["---\nname: pdf-forms\ndescription: '[x] done'\n---\n"],
    },
    {
      text: '---\nname: pdf-forms\ndescription: *forms\n---\n',
      marks: '*forms',
      fixes: ["---\nname: pdf-forms\ndescription: '*forms'\n---\n"],
    },
    { text: '---\nname: pdf-forms\ndescr\n---\n', marks: 'descr' },
  ],
  silent: [
    `---\nname: pdf-forms\ndescription: It's "fine"\n---\n`,
    '---\nname: pdf-forms\ndescription: x\ntags: [x, y]\nmore: {a: 1}\n---\n',
    '---\nname: pdf-forms\ndescription: &d x\nmore: *d\n---\n',
  ],
})

checkRule('Y05', {
  finds: [
    {
      text: '---\nname: pdf-forms\ndescription: Use when«:» there is a form\n---\n',
      fixes: ["---\nname: pdf-forms\ndescription: 'Use when: there is a form'\n---\n"],
    },
    {
      text: "---\nname: pdf-forms\ndescription: It's for«:» Ana # really\n---\n",
      fixes: ["---\nname: pdf-forms\ndescription: 'It''s for: Ana' # really\n---\n"],
    },
    {
      text: '---\r\ndescription: Forms\r\n  and more«:» forms\r\nname: pdf-forms\r\n---\r\n',
      fixes: ["---\r\ndescription: 'Forms and more: forms'\r\nname: pdf-forms\r\n---\r\n"],
    },
    { text: '---\ndescription: Use when«:»\n---\n', fixes: ["---\ndescription: 'Use when:'\n---\n"] },
  ],
  silent: [
    '---\nname: pdf-forms\ndescription: See https://example.org/a:b\n---\n',
    '---\nname: pdf-forms\ndescription: "Use when: there is a form"\n---\n',
    '---\nname: pdf-forms\ndescription: >-\n  Use when: there is a form\n---\n',
  ],
})

checkRule('Y06', {
  finds: [
    {
      text: '---\nmetadata:\n\tauthor: ana\n---\n',
      marks: '\t',
      fixes: ['---\nmetadata:\n  author: ana\n---\n'],
    },
  ],
  silent: ['---\nname: pdf-forms\ndescription: a\tb\n---\n', '---\nname:\tpdf-forms\ndescription: x\n---\n'],
})

checkRule('Y07', {
  finds: [
    { text: '---\nname: pdf-forms\ndescription: x\n«name»: y\n---\n' },
    { text: '---\nname: pdf-forms\ndescription: x\nmetadata:\n  v: "1"\n  «v»: "2"\n---\n' },
  ],
  silent: ['---\nname: pdf-forms\ndescription: x\nmetadata:\n  name: y\n---\n'],
})

checkRule('Y08', {
  finds: [
    { text: '---\n- name\n- description\n---\n', marks: '- name\n- description\n' },
    { text: '---\nname:pdf-forms\n---\n', marks: 'name:pdf-forms' },
  ],
  silent: ['---\n---\n', '---\n# nothing yet\n---\n'],
})

checkRule('Y13', {
  finds: [{ text: `---\nname: pdf-forms\nx: ${'x'.repeat(65_536)}\n---\n`, marks: '---', fixes: [] }],
  silent: [`---\nname: pdf-forms\n${good}---\n${'x'.repeat(10_000_000)}`],
})
