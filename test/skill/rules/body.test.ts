import { checkRule } from '../checkRule.ts'

const head = '---\nname: pdf-forms\ndescription: Fills in forms.\n---\n'
const skill = (body: string) => `${head}${body}\n`
const lines = (number: number, text = 'line') => Array.from({ length: number }, (_, i) => `${text} ${i}`).join('\n')
const fence = (info: string, content: string) => `\`\`\`${info}\n${content}\n\`\`\``

checkRule('B01', {
  finds: [
    { text: head.replace(/---\n$/, '«---»\n'), severity: 'warning' },
    { text: `${head.replace(/---\n$/, '«---»\n')}\n<!-- nothing -->\n\n` },
    { text: '---\ndescription: x\n«---»\n', uri: '/repo/.claude/agents/a.md' },
  ],
  silent: [skill('Fill in.'), skill(fence('', 'x')), '---\nname: pdf-forms\n', '', `${head}<!-- x --> y\n`],
})

checkRule('B02', {
  finds: [
    {
      text: skill(`# Forms\n\n## Short\n\n${lines(3)}\n\n## Very long\n\n${lines(490)}\n«line x»\nline y`),
      severity: 'warning',
      says: '502 lines',
      fixes: [],
    },
    {
      text: skill(`# Forms\n\n## Short\n\n${lines(3)}\n\n## Very long\n\n${lines(490)}\n«line x»\nline y`),
      files: {},
      fixes: [
        [
          skill(`# Forms\n\n## Short\n\n${lines(3)}\n\n## Very long\n\nSee [Very long](references/very-long.md).\n`),
          'create: /home/ana/.agents/skills/pdf-forms/references/very-long.md',
        ].join('\n'),
      ],
    },
  ],
  silent: [skill(lines(500)), skill(`${lines(400)}${'\n'.repeat(200)}`)],
})

checkRule('B03', {
  finds: [
    { text: skill(`${'word '.repeat(3000)}\n«${'word '.repeat(2000)}»`), severity: 'warning', says: '6,053 tokens' },
    skill(`${'表'.repeat(4000)}\n«${'表'.repeat(3000)}»`),
  ],
  silent: [skill('word '.repeat(3900)), skill('表'.repeat(6000))],
})

checkRule('B04', {
  finds: [
    { text: skill('Run:\n\n«```»bash\nls'), severity: 'error', fixes: [skill('Run:\n\n```bash\nls\n```')] },
    { text: `${head}- x\n  «~~~~»\n  a\n  ~~~`, fixes: [`${head}- x\n  ~~~~\n  a\n  ~~~\n  ~~~~\n`] },
    { text: '«```»\nx\n', uri: '/repo/AGENTS.md' },
    {
      text: skill('```markdown\n# A\n\n```diff\n+ x\n```\n«```»\n\n## B'),
      severity: 'error',
      says: 'needs a longer one',
    },
    {
      text: skill('```markdown\n# A\n\n```diff\n+ x\n```\n«```»\n'),
      severity: 'information',
      fixes: [skill('```markdown\n# A\n\n```diff\n+ x\n```\n')],
    },
  ],
  silent: [skill(fence('bash', 'ls')), skill(`\`\`\`\`md\n${fence('', 'x')}\n\`\`\`\``), skill('> ```\n> x\n\ny')],
})

checkRule('B05', {
  finds: [{ text: skill(lines(41)).replace('---', '«---»'), severity: 'hint' }],
  silent: [skill(lines(40)), skill(`# Forms\n\n${lines(60)}`)],
})

checkRule('B06', {
  finds: [
    { text: skill('# One\n\n### «Three»'), severity: 'hint', says: 'level 3' },
    { text: skill('# One\n\n## Use\n\n## «Use»'), says: 'same name' },
  ],
  silent: [skill('# One\n\n## A\n\n### Use\n\n## B\n\n### Use\n\n# Two'), skill('## Two\n\n# One')],
})

checkRule('B07', {
  finds: [
    {
      text: skill('# A\n\n«TODO»: write this\n\n- «TBD»\n\n«[Insert the name here]»\n\n- «[TODO]» x'),
      severity: 'warning',
    },
    {
      text: skill(
        'Use «[Insert the name here]».\n\n1. Title: "«[Your Product]» and others"\n\n- **For**: «[Describe it]»',
      ),
      severity: 'information',
    },
    skill('«Lorem ipsum» dolor.'),
    skill('- [ ] «TODO» (later)'),
  ],
  silent: [
    skill('Mark it with [TODO]. No placeholder is left (Lorem ipsum, TODO, etc.).'),
    skill('Find all TODO comments; TODO is a word. `TODO: x`, `[Your name]`'),
    skill(fence('', 'TODO: x\n[Insert here]')),
    skill('See [Your profile](https://example.org) and <placeholder>, <noreply@example.org>.'),
  ],
})

checkRule('B20', {
  finds: [
    {
      text: skill(`## Fill it\n\n${fence('python', lines(51, 'x =')).replace('```', '«```»')}`),
      severity: 'hint',
      files: {},
      fixes: [
        [
          skill('## Fill it\n\nRun [scripts/fill-it.py](scripts/fill-it.py).'),
          'create: /home/ana/.agents/skills/pdf-forms/scripts/fill-it.py',
        ].join('\n'),
      ],
    },
    { text: skill(fence('bash', lines(60)).replace('```', '«```»')), fixes: [] },
  ],
  silent: [skill(fence('python', lines(50))), skill(fence('json', lines(80))), skill(fence('', lines(80)))],
})

checkRule('B21', {
  finds: [
    { text: skill('«<example>»\nx\n\n<example>\ny\n</example>'), severity: 'warning', says: 'not closed' },
    { text: skill('x\n\n«</rules>»'), says: 'closes nothing' },
  ],
  silent: [
    skill('<example>\nx\n</example>\n\n<br>\n<img src="x">\n'),
    skill('Use `Array<T>`, <placeholder>, <name>, <noreply@example.org> and <TMessage>.'),
    skill(`<rules>\n\n${fence('', '</rules>')}\n\n<rules>\n\n</rules>`),
    skill('- <li>a</li> </p>'),
  ],
})

checkRule('B22', {
  finds: [
    {
      text: `---\nname: pdf-forms\ndescription: x\nmodel: «claude-3-opus-20240229»\n---\nx\n`,
      severity: 'information',
      fixes: ['---\nname: pdf-forms\ndescription: x\nmodel: opus\n---\nx\n'],
    },
    { text: skill('Call «claude-3-5-sonnet-20241022» or `«text-davinci-003»`.'), fixes: [] },
  ],
  silent: [
    skill('Call claude-opus-4-6, claude-sonnet-4-5-20250929, gpt-5 or gemini-2.5-pro; my-claude-2-notes.'),
    `---\nname: pdf-forms\ndescription: Not claude-2.\nmodel: fable\n---\nx\n`,
  ],
})
