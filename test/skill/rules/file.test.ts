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
const evalsFile = '/repo/.claude/skills/pdf-forms/evals/evals.json'
const evals = (prompt: string) => `{"skill_name": "pdf-forms", "evals": [{"id": 1, "prompt": "${prompt}"}]}`
checkRule('Y13', {
  finds: [{ text: evals('x'.repeat(1_048_576)), uri: evalsFile, marks: '{', fixes: [] }],
  silent: [{ text: evals('x'.repeat(1_000_000)), uri: evalsFile }],
})

const claude = '/repo/.claude/skills/pdf-forms/SKILL.md'
const sound = `---\nname: pdf-forms\n${good}---\n`

checkRule('Y02', {
  finds: [
    {
      text: `<!-- by Ana -->\n«---»\nname: pdf-forms\n${good}---\n# Forms\n`,
      fixes: [`---\nname: pdf-forms\n${good}---\n\n<!-- by Ana -->\n# Forms\n`],
    },
    {
      text: `\`\`\`yaml\n«---»\nname: pdf-forms\n${good}---\n\`\`\`\n\n# Forms\n`,
      fixes: [`---\nname: pdf-forms\n${good}---\n\n# Forms\n`],
    },
    {
      text: `# Forms\n\n«---»\nname: pdf-forms\n${good}---\n`,
      fixes: [`---\nname: pdf-forms\n${good}---\n\n# Forms\n`],
    },
  ],
  silent: ['# Forms\n\n---\n\nname: in prose\n', 'Prose.\n\n---\nname: x\n---\n'],
})

checkRule('Y05', {
  finds: [
    {
      text: '---\nname: pdf-forms\ndescription: Use when«:» a form\n---\n',
      uri: claude,
      severity: 'warning',
      says: 'Only Claude Code, Gemini CLI and opencode read it all the same.',
    },
  ],
  silent: [],
})

checkRule('Y09', {
  finds: [
    { text: `---\nname: pdf-forms\n${good}tags: «[a, b]»\n---\n`, severity: 'hint' },
    `---\nname: pdf-forms\n${good}metadata:\n  a: «{b: c}»\n---\n`,
  ],
  silent: [sound, { text: `---\nname: pdf-forms\ntags: [a]\n---\n`, uri: claude }],
})

checkRule('Y10', {
  finds: [
    { text: '---\nname: «yes»\n---\n', severity: 'warning', fixes: ["---\nname: 'yes'\n---\n"] },
    { text: '---\ndescription: «2026-11-20»\n---\n', fixes: ["---\ndescription: '2026-11-20'\n---\n"] },
    { text: '---\nwhen_to_use: «3»\n---\n', fixes: ["---\nwhen_to_use: '3'\n---\n"] },
    { text: '---\nversion: «1.0»\n---\n', severity: 'hint', fixes: ["---\nversion: '1.0'\n---\n"] },
    { text: '---\ncreated: «2026-01-02»\n---\n', severity: 'hint' },
  ],
  silent: [
    '---\nname: "yes"\nversion: "1.0"\nuser-invocable: no\neffort: 3\n---\n',
    '---\nname: 3000\ndescription: 2026-11-20 and later\nlicense: 3\nx-team: 3\n---\n',
  ],
})

checkRule('Y11', {
  finds: [
    {
      text: "---\nname: a\ndescription: «>-»\n  It's for\n  forms.\n---\n",
      severity: 'hint',
      fixes: ["---\nname: a\ndescription: 'It''s for forms.'\n---\n"],
    },
    {
      text: '---\ndescription: «|»\n  One.\n\n  Two.\nname: a\n---\n',
      fixes: ["---\ndescription: 'One. Two.'\nname: a\n---\n"],
    },
    { text: '---\ndescription: «Fills in»\n  forms.\n---\n', fixes: ["---\ndescription: 'Fills in forms.'\n---\n"] },
  ],
  silent: [sound, '---\nmetadata:\n  a: |\n    b\n---\n'],
})

checkRule('Y12', {
  finds: [
    { text: `«\uFEFF»${sound}`, severity: 'warning', fixes: [sound] },
    { text: '---\nmetadata:\n«\u00A0\u00A0»a: b\n---\n', fixes: ['---\nmetadata:\n  a: b\n---\n'] },
    { text: '---\nname:«\u00A0»pdf-forms\n---\n', fixes: ['---\nname: pdf-forms\n---\n'] },
    { text: `${sound}caf«\uFFFD»`, severity: 'warning', fixes: [] },
    { text: `${sound}a«\0»b`, says: 'NUL' },
    { text: '---«\r\n»name: a\r\n---\r\n', severity: 'hint', fixes: ['---\nname: a\n---\n'] },
    { text: '---\nname: a«\r\n»---\n', severity: 'information' },
  ],
  silent: [sound, `---\nname: a\ndescription: 10\u00A0km\n---\nA\u00A0b\n`, `${sound}It is shown as \`\uFFFD\`.\n`],
})

checkRule('Y14', {
  finds: [
    { text: '---\na: «x»\nb: y\n---\n'.replace('«x»', '&n «x»'), severity: 'hint', says: '`&n`' },
    '---\na: &n «x»\nb: «*n»\n---\n',
    '---\na: !!str «3»\n---\n',
    { text: `---\na: &a «[${'x, '.repeat(9)}x]»\nb: «*a»\n---\n`, severity: 'hint' },
  ],
  silent: [sound, '---\na: "&n *n !!str"\n---\n'],
})

checkRule('Y15', {
  finds: [
    { text: '---\nname: a«  »\n---\n', severity: 'hint', fixes: ['---\nname: a\n---\n'] },
    { text: '---\nname: a\n---\nBody«»', fixes: ['---\nname: a\n---\nBody\n'] },
    { text: '---\nname: a\n---\nBody«  »', fixes: ['---\nname: a\n---\nBody\n'] },
    { text: '---\nname: a\n---\r\nBody«\n\n\n»', fixes: ['---\nname: a\n---\r\nBody\n'] },
  ],
  silent: [sound, `${sound}Body  \nmore\n`, '', '---\na: |\n  b  \n  c\n---\n'],
})

checkRule('Y16', {
  finds: [
    {
      text: `---\n# The licence\nlicense: MIT\n# The name\n«name»: pdf-forms\n${good}---\n`,
      severity: 'hint',
      fixes: [`---\n# The name\nname: pdf-forms\n${good}# The licence\nlicense: MIT\n---\n`],
    },
    {
      text: '---\ndescription: >-\n  x\n\n  y\n«name»: a\nmetadata:\n  b: c\n---\n',
      fixes: ['---\nname: a\ndescription: >-\n  x\n\n  y\nmetadata:\n  b: c\n---\n'],
    },
    '---\nname: a\nlicense: x\n«description»: y\n---\n',
  ],
  silent: [sound, '---\nname: a\nlicense: x\n---\n', '---\nlicense: x\n---\n'],
})

checkRule('Y17', {
  finds: [
    { text: '---\nname: a\ndescription: |\n  x\n  «---»\n  y\n---\n', severity: 'information' },
    '---\ndescription: |\n  a\n    «---»  \n---\n',
  ],
  silent: [sound, '---\ndescription: a --- b\n---\n  ---\n'],
})
