import { checkRule } from '../checkRule.ts'

const skill = (body: string) => `---\nname: pdf-forms\ndescription: Fills in forms.\n---\n${body}\n`

checkRule('R10', {
  finds: [
    {
      text: skill('# Forms').replace('---', '«---»'),
      files: { 'references/tables.md': '' },
      severity: 'hint',
      fixes: [`${skill('# Forms')}\n- [references/tables.md](references/tables.md)\n`],
    },
  ],
  silent: [
    {
      text: skill('See `references/a.md`, templates/ and run fill.'),
      files: {
        'references/a.md': 'See deep.md.',
        'references/deep.md': '',
        'templates/x.html': '',
        'scripts/fill.py': 'import tables',
        'scripts/tables.py': '',
        'LICENSE.txt': '',
        'evals/evals.json': '',
        'agents/openai.yaml': '',
        'assets/logo.png': '',
      },
    },
    skill('# Forms'),
  ],
})

checkRule('R18', {
  finds: [{ text: skill('# Forms').replace('---', '«---»'), files: { 'assets/logo.png': '' }, severity: 'hint' }],
  silent: [
    { text: skill('![x](assets/logo.png)'), files: { 'assets/logo.png': '', 'references/a.md': '' } },
    skill('# Forms'),
  ],
})
