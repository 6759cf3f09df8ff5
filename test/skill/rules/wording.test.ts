import { checkRule } from '../checkRule.ts'

const skill = (body: string) => `---\nname: pdf-forms\ndescription: Fills in forms.\n---\n${body}\n`
const lines = (number: number, text: string) => Array.from({ length: number }, (_, i) => `${text} ${i}`).join('\n')
const python = '/repo/.claude/skills/python-style/SKILL.md'

checkRule('B08', {
  finds: [skill('«Try to» fill it in, «if possible».')],
  silent: [skill('Fill it in. `try to` is code; retry to no end.'), skill('```\nmaybe\n```')],
})

checkRule('B09', {
  finds: [skill('- «Never» push')],
  silent: [skill('- Never push; ask instead.'), skill('- Fill it in.'), skill('- Do not guess: read the file')],
})

checkRule('B10', {
  finds: [{ text: skill('«Write clean code».\n\n- «Follow best practices»'), severity: 'hint' }],
  silent: [skill('Write clean code that passes ruff.'), skill('`be helpful`')],
})

checkRule('B11', {
  finds: [{ text: skill(`${'NEVER stop.\n'.repeat(12)}«ALWAYS» go on.`), severity: 'hint', says: '13 words' }],
  silent: [skill('NEVER stop.\n'.repeat(12)), skill(`${'NEVER stop.\n'.repeat(15)}${lines(200, 'line')}`)],
})

checkRule('B12', {
  finds: [
    {
      text: skill(
        '- Run the tests before anything else is done here.\n- x\n- «Run the tests before anything else is done here.»',
      ),
      severity: 'hint',
      says: 'already',
    },
    { text: skill('- Always commit the lock file.\n\n- «Never commit the lock file.»'), says: 'opposite' },
  ],
  silent: [
    skill('- Run it.\n- Run it.'),
    skill('- Always commit the lock file.\n- Never commit the log file.'),
    skill(
      '| Run the tests before anything else is done here. |\n\n| Run the tests before anything else is done here. |',
    ),
  ],
})

checkRule('B13', {
  finds: [skill('The folder. A folder. This folder. A «directory». That directory.')],
  silent: [skill('The folder, a folder and a directory.'), skill('The folder, that folder.')],
})

checkRule('B14', {
  finds: [{ text: skill(`${lines(150, '- Run test')}\n«- Run the last»`), severity: 'hint', says: '151 instructions' }],
  silent: [skill(lines(150, '- Run test')), skill(lines(300, '- A thing'))],
})

checkRule('B15', {
  finds: [skill(`# «Long»\n\n${'word '.repeat(500)}\n\n## Short\n\nx`)],
  silent: [skill(`# A\n\n${'word '.repeat(300)}\n\n## B\n\n${'word '.repeat(300)}`)],
})

checkRule('B16', {
  finds: [skill('- «Keep iterating» on the design.')],
  silent: [skill('- Keep iterating until the tests pass.'), skill('- Retry at most 3 times.')],
})

checkRule('B17', {
  finds: [
    { text: skill('«Before August 2025», use the old API.\n\nThe «latest version is 4.2».'), severity: 'hint' },
    skill('This holds «as of 2026».'),
  ],
  silent: [
    skill('For example, "what did I do before August 2025?" and today or yesterday.'),
    skill('Rows such as those from before 2024.'),
    skill('`as of 2026`\n\n```\nas of 2026\n```'),
    skill('In 2025 there were 12. Yesterday, today, tomorrow.'),
  ],
})

checkRule('B18', {
  finds: [skill('«Use pypdf, pdfplumber, or pymupdf».')],
  silent: [skill('Use pypdf, pdfplumber, or pymupdf; prefer pypdf.'), skill('Use pypdf.')],
})

checkRule('B19', {
  finds: [{ text: skill('```«javascript»\nx\n```').replace('pdf-forms', 'python-style'), uri: python }],
  silent: [
    { text: skill('```python\nx\n```\n\n```bash\nls\n```\n\n```json\n{}\n```\n\n```\nx\n```'), uri: python },
    skill('```javascript\nx\n```\n\n```go\nx\n```'),
  ],
})

checkRule('B23', {
  finds: [{ text: skill('«Always run `npm test` before every commit».'), severity: 'hint' }],
  silent: [skill('Run the tests before the release.'), skill('Always run it in the sandbox.')],
})

checkRule('B24', {
  finds: [
    {
      text: '- «Use 2 spaces for indentation».\n- «Use single quotes».\n',
      uri: '/repo/AGENTS.md',
      files: { '.editorconfig': '' },
      severity: 'hint',
      says: '.editorconfig',
    },
  ],
  silent: [
    { text: '- Use 2 spaces.\n', uri: '/repo/AGENTS.md', files: {} },
    { text: '- Use two models.\n', uri: '/repo/AGENTS.md', files: { '.editorconfig': '' } },
    { text: '- Use 2 spaces.\n', uri: '/repo/AGENTS.md' },
  ],
})

checkRule('B25', {
  finds: [skill('«A form has fields.»\n\nThey have names.')],
  silent: [skill('## Usage\n\nFill it in.'), skill('x\n\n```\nls\n```')],
})

checkRule('B26', {
  finds: [skill(`${lines(100, 'line')}\n\n«CRITICAL»: do it.\n\n${lines(100, 'line')}`)],
  silent: [skill(`CRITICAL: do it.\n\n${lines(200, 'line')}`), skill('x\n\nCRITICAL: do it.\n\ny')],
})

checkRule('B27', {
  finds: [skill(`«Think well about it.»\n${'\nThink well about it.\n'.repeat(25)}`)],
  silent: [skill(`Run \`ls\`.\n${'\nRun `ls` 3 times.\n'.repeat(25)}`), skill('Think well.')],
})

checkRule('B28', {
  finds: [skill('«Think step by step» and write it down.')],
  silent: [skill('Go through it step by step.'), skill('`think step by step`')],
})
