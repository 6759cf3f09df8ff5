import { describe, expect, it } from 'vitest'
import type { Finding } from '../../daemon/skill/rules/findings.ts'
import { type World, worldOf } from './world.ts'

const home = '/home/ana'
const shared = '/repo/.agents/skills/pdf-forms/SKILL.md'
const claude = '/repo/.claude/skills/pdf-forms/SKILL.md'

const withHead = (lines: readonly string[], body: string) =>
  `---\nname: pdf-forms\n${lines.join('\n')}${lines.length > 0 ? '\n' : ''}---\n\n# Forms\n\n${body}\n`
const described = 'description: Fills in forms of PDF files. Use when the user has such a form to fill in.'
const skill = (body: string, ...lines: string[]) => withHead([described, ...lines], body)
const about = (description: string) => withHead([`description: ${description}`], 'Fill it in.')

/** All that is told of a file when nothing remains to be looked up. */
async function told(world: World, path: string): Promise<readonly Finding[]> {
  const { document } = world.open(path)
  return world.service.allFindings(document)
}

async function findings(text: string, path: string, more: Readonly<Record<string, string>> = {}) {
  return told(await worldOf({ ...more, [path]: text }), path)
}

const grave = ({ severity }: Finding) => severity === 'error' || severity === 'warning'
const shown = ({ code, severity, message }: Finding) => `${code} ${severity}: ${message}`

describe('what other tools report and is no mistake', () => {
  const cases: readonly [string, string, Readonly<Record<string, string>>?][] = [
    ['a key that no client knows', skill('Fill it in.', 'risk: low', 'source: community', 'date_added: 2026-01-31')],
    ['`version`, `author` and `tags`', skill('Fill it in.', 'version: 1.2.3', 'author: ana', 'tags: [pdf, forms]')],
    ['YAML in flow style', skill('Fill it in.', 'metadata: {owner: ana}', 'tags: []')],
    [
      'three hyphens in a value and in the body',
      `${about('Fills in --- and signs --- forms. Use for forms.')}\n---\n\nMore.\n`,
    ],
    [
      'a link with a fragment',
      skill('See [how](how.md#step-1).'),
      { '/repo/.agents/skills/pdf-forms/how.md': '# Step 1\n' },
    ],
    ['addresses of plugins, skills and MCP', skill('[a](plugin://a/b.md) [b](skill://a/b.md) [c](mcp://a)')],
    ['`{baseDir}` in a path', skill('Run `python {baseDir}/scripts/fill.py`.\n\n[x]({baseDir}/references/a.md)')],
    [
      'money, placeholders and variables of the shell',
      skill('It costs $5. Set $XXX.\n\n```bash\necho "$HOME $1 $VAR"\n```'),
    ],
    [
      'a placeholder and a mail address in angle brackets',
      about('Writes to <placeholder> or Ana <noreply@example.org>. Use for <name>.'),
    ],
    ['days in an example', skill('For example: "Which forms came in today, and which yesterday?"')],
    ['no change log', skill('Fill it in.'), { '/repo/.agents/skills/pdf-forms/LICENSE': 'MIT' }],
    ['“you can” in a description', about('Fills in forms so that you can sign them. Use when there is a form.')],
    [
      'Chinese of fewer than 1,024 characters and more than 1,024 bytes',
      about(`${'填写表格。'.repeat(150)}当用户有表格时使用。`),
    ],
    ['dashes that are three bytes each', about(`Fills in forms ${'— '.repeat(300)}. Use when there is one.`)],
    ['“Trigger on”', about('Fills in forms of PDF files. Trigger on “fill in” and “form”.')],
    [
      'generics and components',
      about('Types a React component such as <ViewTransition> and Bus<TMessage>. Use for views.'),
    ],
    ['an address with a deep path', skill('See https://example.org/reference/rest/v1/forms/a/b/c.md.')],
    [
      'a name with a dangerous word in it',
      '---\nname: deployment-pipeline-design\ndescription: Designs pipelines for deployments. Use when a pipeline is planned.\n---\n\n# Pipelines\n\nDraw one.\n',
    ],
  ]
  it.each(cases)('%s', async (_, text, more = {}) => {
    const path = text.includes('deployment-pipeline')
      ? '/repo/.agents/skills/deployment-pipeline-design/SKILL.md'
      : shared
    const found = await findings(text, path, more)
    expect(found.filter(grave).map(shown)).toEqual([])
    // Nor is anything else said of them, but what keys, descriptions and `{baseDir}` are to which clients.
    expect(found.filter(({ code }) => !/^[KY]|D0[67]|D1\d|N\d|R|B|A10/.test(code)).map(shown)).toEqual([])
  })

  const ofClaude: readonly [string, string][] = [
    ['a fork without an agent', skill('Fill in every form of the folder.', 'context: fork')],
    ['models by alias, by full name and inherited', skill('Fill it in.', 'model: fable')],
    ['a full name of a model', skill('Fill it in.', 'model: claude-opus-4-8')],
    [
      'tools that are older or newer than a list',
      skill('Fill it in.', 'allowed-tools: Read, MultiEdit, Workflow, List'),
    ],
    ['yes and on', skill('Fill it in.', 'disable-model-invocation: yes', 'user-invocable: on')],
    ['a hint without $ARGUMENTS: arguments are appended', skill('Fill it in.', 'argument-hint: "[file]"')],
    [
      'all keys of Claude Code',
      skill('Fill it in.', 'when_to_use: there is a form', 'paths: "**/*.pdf"', 'effort: high', 'shell: bash'),
    ],
  ]
  it.each(ofClaude)('in Claude Code: %s', async (_, text) => {
    expect((await findings(text, claude)).filter(grave).map(shown)).toEqual([])
  })

  it('keys of Claude Code in a folder that VS Code reads as well are no mistakes', async () => {
    const text = skill(
      'Fill it in.',
      'allowed-tools: Read',
      'model: opus',
      'agent: Explore',
      'context: fork',
      'hooks: {}',
    )
    expect((await findings(text, shared)).filter(grave).map(shown)).toEqual([])
  })

  it('folders that a skill has are no strangers', async () => {
    const files = {
      '/repo/.agents/skills/pdf-forms/evals/evals.json': '{"skill_name": "pdf-forms", "evals": []}',
      '/repo/.agents/skills/pdf-forms/agents/openai.yaml': 'interface:\n  display_name: Forms\n',
    }
    const found = await findings(skill('Fill it in.'), shared, files)
    expect(found.filter(({ code }) => /^L/.test(code)).map(shown)).toEqual([])
  })
})

describe('what other tools do not report', () => {
  const cases: readonly [string, string, string, string, Readonly<Record<string, string>>?][] = [
    ['`user-invokable`', 'K03', skill('Fill it in.', 'user-invokable: false'), shared],
    ['`user_invocable`', 'K03', skill('Fill it in.', 'user_invocable: false'), shared],
    ['`argument_hint`', 'K03', skill('Fill it in.', 'argument_hint: file'), shared],
    [
      'that clients take different ones of two',
      'C03',
      skill('Fill it in.'),
      claude,
      { [`${home}/.claude/skills/pdf-forms/SKILL.md`]: skill('Fill in mine.') },
    ],
    [
      'that a listing has no room for all descriptions',
      'C04',
      skill('Fill it in.'),
      claude,
      Object.fromEntries(
        Array.from({ length: 90 }, (_, n) => [
          `/repo/.claude/skills/form-${n}/SKILL.md`,
          `---\nname: form-${n}\ndescription: ${`Fills in form number ${n}. `.repeat(8)}\n---\n\nDo it.\n`,
        ]),
      ),
    ],
    [
      'that arguments are counted from 0 or from 1',
      'A06',
      skill('Fill in $1 with $2.', 'argument-hint: form data'),
      shared,
    ],
    ['`!` behind a character', 'X01', skill('Branch:!`git branch`'), claude],
    ['a command whose failure takes the skill away', 'X02', skill('Found: !`grep -r TODO src`'), claude],
    ['a description that needs a real YAML parser', 'Y11', about('>-\n  Fills in forms.\n  Use for forms.'), shared],
    [
      'a script that is looked for in the project',
      'R13',
      skill('Run:\n\n```bash\npython scripts/fill.py form.pdf\n```'),
      claude,
      { '/repo/.claude/skills/pdf-forms/scripts/fill.py': 'print(1)\n' },
    ],
    [
      'a skill within a skill',
      'L03',
      skill('Fill it in.'),
      '/repo/.agents/skills/forms/pdf-forms/SKILL.md',
      { '/repo/.agents/skills/forms/SKILL.md': '---\nname: forms\ndescription: Forms. Use for forms.\n---\n\nDo.\n' },
    ],
    [
      'a mention in AGENTS.md of a skill that is gone',
      'M03',
      'Use $[web].gone-forms here.\n',
      '/repo/AGENTS.md',
      { [shared]: skill('Fill it in.') },
    ],
    [
      'what is wrong in openai.yaml',
      'O01',
      'interface:\n  display_nam: Forms\n',
      '/repo/.agents/skills/pdf-forms/agents/openai.yaml',
      { [shared]: skill('Fill it in.') },
    ],
    [
      'descriptions that overlap',
      'D14',
      skill('Fill it in.'),
      shared,
      {
        '/repo/.agents/skills/form-filler/SKILL.md':
          '---\nname: form-filler\ndescription: Fills in forms of PDF files. Use when the user has such a PDF form to fill in.\n---\n\nDo.\n',
      },
    ],
  ]
  it.each(cases)('%s', async (_, code, text, path, more = {}) => {
    expect((await findings(text, path, more)).map((finding) => finding.code)).toContain(code)
  })
})
