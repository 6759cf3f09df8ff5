import { describe, expect, it } from 'vitest'
import { fixAll } from '../../daemon/skill/fixes.ts'
import { findIn, type RuleCode } from '../../daemon/skill/rules.ts'
import { findings, fixed, skill } from './check.ts'

const good = 'description: Fills in forms. Use when there is a form.\n'

/** One table per rule: where it finds and what exactly, what each fix makes of it, and where it stays silent. */
interface Table {
  readonly finds: readonly { text: string; marks: string; fixes?: readonly string[]; uri?: string }[]
  readonly silent: readonly (string | { text: string; uri: string })[]
}

const inFolder = (folder: string) => `file:///skills/${folder}/SKILL.md`

const tables: Record<RuleCode, Table> = {
  'skill/frontmatter-missing': {
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
  },
  'skill/frontmatter-not-first': {
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
  },
  'skill/frontmatter-unclosed': {
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
  },
  'skill/frontmatter-too-large': {
    finds: [{ text: `---\nname: pdf-forms\nx: ${'x'.repeat(65_536)}\n---\n`, marks: '---', fixes: [] }],
    silent: [`---\nname: pdf-forms\n${good}---\n${'x'.repeat(10_000_000)}`],
  },
  'skill/yaml-unquoted-colon': {
    finds: [
      {
        text: '---\nname: pdf-forms\ndescription: Use when: there is a form\n---\n',
        marks: ':',
        fixes: ["---\nname: pdf-forms\ndescription: 'Use when: there is a form'\n---\n"],
      },
      {
        text: "---\nname: pdf-forms\ndescription: It's for: Ana # really\n---\n",
        marks: ':',
        fixes: ["---\nname: pdf-forms\ndescription: 'It''s for: Ana' # really\n---\n"],
      },
      {
        text: '---\r\ndescription: Forms\r\n  and more: forms\r\nname: pdf-forms\r\n---\r\n',
        marks: ':',
        fixes: ["---\r\ndescription: 'Forms and more: forms'\r\nname: pdf-forms\r\n---\r\n"],
      },
      { text: '---\ndescription: Use when:\n---\n', marks: ':', fixes: ["---\ndescription: 'Use when:'\n---\n"] },
    ],
    silent: [
      '---\nname: pdf-forms\ndescription: See https://example.org/a:b\n---\n',
      '---\nname: pdf-forms\ndescription: "Use when: there is a form"\n---\n',
      '---\nname: pdf-forms\ndescription: >-\n  Use when: there is a form\n---\n',
    ],
  },
  'skill/yaml-tab': {
    finds: [
      {
        text: '---\nmetadata:\n\tauthor: ana\n---\n',
        marks: '\t',
        fixes: ['---\nmetadata:\n  author: ana\n---\n'],
      },
    ],
    silent: ['---\nname: pdf-forms\ndescription: a\tb\n---\n', '---\nname:\tpdf-forms\ndescription: x\n---\n'],
  },
  'skill/yaml-open-quote': {
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
    ],
    silent: [`---\nname: pdf-forms\ndescription: It's "fine"\n---\n`],
  },
  'skill/yaml-open-bracket': {
    finds: [
      { text: '---\nname: a\ntags: [x, y\nlicense: MIT\n---\n', marks: '[' },
      { text: '---\nname: a\ntags: {x: y\n---\n', marks: '{' },
    ],
    silent: ['---\nname: pdf-forms\ndescription: x\ntags: [x, y]\nmore: {a: 1}\n---\n'],
  },
  'skill/yaml-duplicate-key': {
    finds: [
      { text: '---\nname: pdf-forms\ndescription: x\nname: y\n---\n', marks: 'name' },
      { text: '---\nname: pdf-forms\ndescription: x\nmetadata:\n  v: "1"\n  v: "2"\n---\n', marks: 'v' },
    ],
    silent: ['---\nname: pdf-forms\ndescription: x\nmetadata:\n  name: y\n---\n'],
  },
  'skill/yaml-not-mapping': {
    finds: [
      { text: '---\n- name\n- description\n---\n', marks: '- name\n- description\n' },
      { text: '---\nname:pdf-forms\n---\n', marks: 'name:pdf-forms' },
    ],
    silent: ['---\n---\n', '---\n# nothing yet\n---\n'],
  },
  'skill/yaml-invalid': {
    finds: [
      {
        text: '---\nname: pdf-forms\ndescription: @ana asks for a form\n---\n',
        marks: '@',
        fixes: ["---\nname: pdf-forms\ndescription: '@ana asks for a form'\n---\n"],
      },
      {
        text: '---\nname: pdf-forms\ndescription: *important* forms\n---\n',
        marks: 'forms',
        fixes: ["---\nname: pdf-forms\ndescription: '*important* forms'\n---\n"],
      },
      {
        text: '---\nname: pdf-forms\ndescription: "PDF" forms\n---\n',
        marks: 'forms',
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
    silent: ['---\nname: pdf-forms\ndescription: &d x\nmore: *d\n---\n'],
  },
  'skill/name-missing': {
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
  },
  'skill/name-empty': {
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
  },
  'skill/name-not-string': {
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
  },
  'skill/name-too-long': {
    finds: [
      {
        text: `---\nname: ${'long-'.repeat(13)}x\n${good}---\n`,
        marks: `${'long-'.repeat(13)}x`,
        fixes: [`---\nname: ${'long-'.repeat(12)}long\n${good}---\n`, `---\nname: pdf-forms\n${good}---\n`],
      },
    ],
    silent: [{ text: `---\nname: ${'a'.repeat(64)}\n${good}---\n`, uri: inFolder('a'.repeat(64)) }],
  },
  'skill/name-characters': {
    finds: [
      { text: `---\nname: PDF Forms\n${good}---\n`, marks: 'PDF Forms', fixes: [`---\nname: pdf-forms\n${good}---\n`] },
      {
        text: `---\nname: "Über_Größe"\n${good}---\n`,
        marks: '"Über_Größe"',
        fixes: [`---\nname: uber-gro-e\n${good}---\n`, `---\nname: pdf-forms\n${good}---\n`],
      },
      { text: `---\nname: 表单\n${good}---\n`, marks: '表单', fixes: [`---\nname: pdf-forms\n${good}---\n`] },
      { text: `---\nname: 表单\n${good}---\n`, marks: '表单', fixes: [], uri: 'untitled:Untitled-1' },
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
      {
        text: `---\nname: ns:forms\n${good}---\n`,
        marks: 'ns:forms',
        uri: inFolder('ns'),
        fixes: [`---\nname: ns-forms\n${good}---\n`, `---\nname: ns\n${good}---\n`],
      },
    ],
    silent: [`---\nname: pdf-forms # the name\n${good}---\n`],
  },
  'skill/name-hyphens': {
    finds: [
      {
        text: `---\nname: -pdf--forms-\n${good}---\n`,
        marks: '-pdf--forms-',
        fixes: [`---\nname: pdf-forms\n${good}---\n`],
      },
    ],
    silent: [`---\nname: pdf-forms\n${good}---\n`],
  },
  'skill/name-folder-mismatch': {
    finds: [
      { text: `---\nname: pdf-form\n${good}---\n`, marks: 'pdf-form', fixes: [`---\nname: pdf-forms\n${good}---\n`] },
      { text: `---\nname: pdf-forms\n${good}---\n`, marks: 'pdf-forms', uri: inFolder('PDF%20Forms'), fixes: [] },
      {
        text: `---\nname: a\n${good}---\n`,
        marks: 'a',
        uri: inFolder('true'),
        fixes: [`---\nname: 'true'\n${good}---\n`],
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
  },
  'skill/description-missing': {
    finds: [
      {
        text: '---\nname: pdf-forms\nlicense: MIT\n---\n',
        marks: '---',
        fixes: ['---\nname: pdf-forms\ndescription: What this skill does. Use when …\nlicense: MIT\n---\n'],
      },
      {
        text: '---\r\nname: >-\r\n  pdf-forms\r\n---\r\n',
        marks: '---',
        fixes: ['---\r\nname: >-\r\n  pdf-forms\r\ndescription: What this skill does. Use when …\r\n---\r\n'],
      },
    ],
    silent: ['---\nname: pdf-forms\ndescription: x\n---\n', '---\nname: pdf-forms\n- broken\n---\n'],
  },
  'skill/description-empty': {
    finds: [
      {
        text: '---\nname: pdf-forms\ndescription:\n---\n',
        marks: 'description',
        fixes: ['---\nname: pdf-forms\ndescription: What this skill does. Use when …\n---\n'],
      },
      { text: '---\nname: pdf-forms\ndescription: " "\n---\n', marks: '" "' },
      { text: '---\nname: pdf-forms\ndescription: >-\n---\n', marks: '>-' },
    ],
    silent: ['---\nname: pdf-forms\ndescription: >-\n  x\n---\n'],
  },
  'skill/description-not-string': {
    finds: [
      {
        text: '---\nname: pdf-forms\ndescription: 2026\n---\n',
        marks: '2026',
        fixes: ["---\nname: pdf-forms\ndescription: '2026'\n---\n"],
      },
      {
        text: '---\nname: pdf-forms\ndescription: [a | b]\n---\n',
        marks: '[a | b]',
        fixes: ["---\nname: pdf-forms\ndescription: '[a | b]'\n---\n"],
      },
    ],
    silent: ['---\nname: pdf-forms\ndescription: 2026-11-20 and later\n---\n'],
  },
  'skill/description-too-long': {
    finds: [
      {
        text: `---\nname: pdf-forms\ndescription: ${'x'.repeat(1025)}\n---\n`,
        marks: 'x'.repeat(1025),
        fixes: [],
      },
    ],
    // Characters count, not bytes and not UTF-16 units.
    silent: [
      `---\nname: pdf-forms\ndescription: ${'表'.repeat(1024)}\n---\n`,
      `---\nname: pdf-forms\ndescription: ${'🐎'.repeat(1024)}\n---\n`,
    ],
  },
}

for (const [code, { finds, silent }] of Object.entries(tables) as [RuleCode, Table][]) {
  describe(code, () => {
    it.each(finds)('finds $marks', ({ text, marks, uri }) => {
      expect(findings(skill(text, uri))).toContain(`${code} «${marks}»`)
    })
    it.each(finds.filter(({ fixes }) => fixes))('fixes $marks', ({ text, fixes, uri }) => {
      expect(fixed(skill(text, uri), code).map((fix) => fix.text)).toEqual(fixes)
    })
    it.each(finds)('is quiet after each fix of $marks', ({ text, uri }) => {
      for (const fix of fixed(skill(text, uri), code)) {
        expect(findIn(skill(fix.text, uri)).map((finding) => finding.code)).not.toContain(code)
        expect(fixed(skill(fix.text, uri), code)).toEqual([])
      }
    })
    it.each(silent)('stays silent', (quiet) => {
      const file = typeof quiet === 'string' ? skill(quiet) : skill(quiet.text, quiet.uri)
      expect(findIn(file).map((finding) => finding.code)).not.toContain(code)
    })
  })
}

describe('all rules together', () => {
  it.each([
    `---\nname: pdf-forms\n${good}---\n\n# Forms\n`,
    `\uFEFF---\r\nname: pdf-forms\r\ndescription: |\r\n  Fills in forms.\r\n\r\n  Use when: there is one.\r\n---\r\nBody`,
    `---\n# Keys of many clients\nname: pdf-forms\ndescription: 'x'\nmodel: opus\nuser-invokable: no\nversion: 1.0\nhooks:\n  Stop:\n    - hooks: [{type: command, command: ls}]\n---\n`,
    `---\nname: pdf-forms\ndescription: Use for <TMessage>, $5 and {baseDir}; mail <noreply@example.org>\nallowed-tools: [Read, "Bash(git:*)"]\n---\n`,
  ])('have nothing to say about a sound skill', (text) => {
    expect(findings(skill(text))).toEqual([])
  })

  it('say one thing about one mistake', () => {
    expect(findings(skill('---\nname: pdf-forms\ndescription: Use when: x, or: y\n---\n'))).toEqual([
      'skill/yaml-unquoted-colon «:»',
    ])
    expect(findings(skill('---\nname: "x\n'))).toEqual(['skill/frontmatter-unclosed «---»'])
    expect(findings(skill('\n---\nlicense: MIT\n---\n'))).toEqual(['skill/frontmatter-not-first «---»'])
  })

  it('fix everything that is safe in one go', () => {
    const text =
      '\n---\r\nname: PDF Forms\r\ndescription: Use when: a form\r\nmetadata:\r\n\tauthor: ana\r\n# The text\r\n'
    expect(fixAll(skill(text))).toBe(
      "---\r\nname: pdf-forms\r\ndescription: 'Use when: a form'\r\nmetadata:\r\n  author: ana\r\n# The text\r\n---\r\n",
    )
    const sound = `---\nname: pdf-forms\n${good}---\n`
    expect(fixAll(skill(sound))).toBe(sound)
  })
})
