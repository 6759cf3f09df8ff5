import { catalogueOf } from '../catalogueOf.ts'
import { checkRule } from '../checkRule.ts'

const claude = '/repo/.claude/skills/pdf-forms/SKILL.md'
const codex = '/repo/.codex/skills/pdf-forms/SKILL.md'
const vscode = '/repo/.github/skills/pdf-forms/SKILL.md'
const openclaw = '/home/ana/.openclaw/skills/pdf-forms/SKILL.md'

/** A skill with these lines behind name and description. */
const withLines = (...lines: string[]) =>
  ['---', 'name: pdf-forms', 'description: Fills in forms.', ...lines, '---', ''].join('\n')

checkRule('K01', {
  finds: [
    {
      text: withLines('«allowed-tool»: Read'),
      severity: 'warning',
      says: 'did you mean `allowed-tools`?',
      fixes: [withLines('allowed-tools: Read'), withLines('metadata:', '  allowed-tool: Read')],
    },
    {
      text: withLines('«frobnicate»: 3'),
      severity: 'hint',
      fixes: [withLines('metadata:', '  frobnicate: "3"')],
    },
    {
      text: withLines('metadata:', '    a: b', 'license: MIT', '«x-team»: [a, b]'),
      fixes: [withLines('metadata:', '    a: b', "    x-team: 'a, b'", 'license: MIT')],
    },
    { text: withLines('«nested»:', '  a: {b: c}'), fixes: [] },
  ],
  silent: [
    withLines('version: 1.0', 'author: ana', 'tags: [a]', 'when_to_use: x', 'disallowedTools: Bash'),
    withLines('user-invokable: no'),
    withLines('metadata: {frobnicate: x}'),
  ],
})

checkRule('K02', {
  finds: [
    {
      text: withLines('«when_to_use»: also then'),
      uri: codex,
      severity: 'hint',
      says: 'Only Claude Code acts on `when_to_use`. Codex ignores it.',
    },
    {
      text: withLines('«paths»: "**/*.pdf"'),
      profiles: ['spec'],
      says: 'Claude Code and Cursor act',
      fixes: [withLines('metadata:', '  paths: "**/*.pdf"')],
    },
  ],
  silent: [
    { text: withLines('when_to_use: x', 'model: opus', 'hooks: {}'), uri: claude },
    { text: withLines('license: MIT', 'allowed-tools: Read'), uri: codex },
  ],
})

checkRule('K03', {
  finds: [
    { text: withLines('«user-invokable»: false'), severity: 'warning', fixes: [withLines('user-invocable: false')] },
    { text: withLines('«user_invocable»: false'), fixes: [withLines('user-invocable: false')] },
    { text: withLines('«argumentHint»: x'), fixes: [withLines('argument-hint: x')] },
    { text: withLines('«Allowed-Tools»: Read'), fixes: [withLines('allowed-tools: Read')] },
    { text: withLines('«user_invocable»: false'), uri: claude, severity: 'hint' },
    { text: withLines('«user-invokable»: false'), uri: claude, severity: 'warning' },
  ],
  silent: [withLines('user-invocable: false', 'when_to_use: x', 'disallowedTools: Bash', 'modeSlugs: [a]')],
})

checkRule('K04', {
  finds: [
    { text: withLines('«tools»: Read'), fixes: [withLines('allowed-tools: Read')], severity: 'hint' },
    { text: withLines('«mode»: code'), fixes: [withLines('modeSlugs: code')] },
  ],
  silent: [withLines('tools: Read', 'allowed-tools: Read'), withLines('metadata:', '  tools: x')],
})

checkRule('K05', {
  finds: [
    withLines('«license»:'),
    withLines('license: «[MIT]»'),
    withLines('license: «3»'),
    { text: withLines('license: «Proprietary. LICENSE.txt has complete terms»'), files: {}, says: 'LICENSE.txt' },
  ],
  silent: [
    withLines('license: MIT'),
    withLines('license: Proprietary. LICENSE.txt has complete terms'),
    { text: withLines('license: Complete terms in LICENSE.txt'), files: { 'LICENSE.txt': '…' } },
    withLines('license: {spdx: MIT}'),
  ],
})

checkRule('K06', {
  finds: [
    { text: withLines('«compatibility»:'), severity: 'error' },
    withLines('compatibility: «[git]»'),
    { text: withLines('compatibility: «{os: linux}»'), severity: 'information' },
    withLines(`compatibility: «${'表'.repeat(501)}»`),
  ],
  silent: [withLines(`compatibility: ${'表'.repeat(500)}`), withLines('compatibility: Requires git')],
})

checkRule('K07', {
  finds: [
    {
      text: withLines('metadata:', '  version: «1.0»', '  draft: «true»', '  author: ana'),
      severity: 'information',
      fixes: [
        withLines('metadata:', "  version: '1.0'", '  draft: true', '  author: ana'),
        withLines('metadata:', '  version: 1.0', "  draft: 'true'", '  author: ana'),
      ],
    },
    { text: withLines('metadata: «[a]»'), severity: 'warning' },
  ],
  silent: [withLines('metadata:', '  version: "1.0"', '  openclaw:', '    always: true'), withLines('metadata:')],
})

checkRule('K08', {
  finds: [
    {
      text: withLines('«version»: 1.0.0', 'license: MIT'),
      severity: 'hint',
      fixes: [withLines('metadata:', '  version: 1.0.0', 'license: MIT')],
    },
    {
      text: withLines('«version»: 1.0', 'metadata:', '  author: ana'),
      fixes: [withLines('metadata:', '  author: ana', '  version: "1.0"')],
    },
    {
      text: withLines('«tags»:', '  - a', "  - it's", 'license: MIT'),
      fixes: [withLines('metadata:', "  tags: 'a, it''s'", 'license: MIT')],
    },
  ],
  silent: [
    withLines('metadata:', '  version: "1"'),
    { text: withLines('version: 1.0.0'), profiles: ['publish-clawhub'] },
  ],
})

checkRule('K09', {
  finds: [
    {
      text: withLines('«model»: opus', 'license: MIT'),
      profiles: ['publish-claude.ai'],
      severity: 'error',
      fixes: [withLines('metadata:', '  model: opus', 'license: MIT')],
    },
    { text: withLines('version: 1.0.0', '«tags»: [a]'), profiles: ['publish-clawhub'] },
  ],
  silent: [
    withLines('model: opus'),
    { text: withLines('version: 1.0.0'), profiles: ['publish-clawhub'] },
    { text: withLines('allowed-tools: Read', 'metadata: {a: b}'), profiles: ['publish-claude.ai'] },
  ],
})

checkRule('K10', {
  finds: [
    {
      text: withLines('metadata:', '  openclaw:', '    os: [«windows», linux]', '    always: «x»'),
      uri: openclaw,
    },
    { text: withLines('metadata:', '  openclaw:', '    requires:', '      «packages»: [git]'), uri: openclaw },
    { text: withLines('metadata:', '  clawdbot:', '    install:', '      - «formula: x»'), uri: openclaw },
    { text: withLines('metadata:', '  openclaw:', '    «require»: {bins: [git]}'), says: '`requires`' },
    withLines('metadata:', '  openclaw: «[a]»'),
  ],
  silent: [
    withLines('metadata:', '  openclaw:', '    os: [darwin]', '    requires: {bins: [git], env: [KEY]}'),
    withLines('metadata:', '  openclaw:', '    install: [{kind: brew, formula: jq}]', '    emoji: 📄'),
    withLines('metadata:', `  openclaw: '{"always": true}'`),
    withLines('metadata:', '  other: [a]'),
  ],
})

checkRule('K11', {
  finds: [withLines('metadata:', `  short-description: «${'x'.repeat(1025)}»`)],
  silent: [withLines('metadata:', `  short-description: ${'表'.repeat(1024)}`)],
})

checkRule('K12', {
  finds: [{ text: withLines('metadata:', '  «internal»: true'), severity: 'information' }],
  silent: [withLines('metadata:', '  internal: false'), withLines('internal: true')],
})

checkRule('K13', {
  finds: [
    {
      text: withLines('user-invocable: «no»'),
      uri: vscode,
      severity: 'warning',
      fixes: [withLines('user-invocable: false')],
    },
    { text: withLines('disable-model-invocation: «"true"»'), fixes: [withLines('disable-model-invocation: true')] },
    { text: withLines('user-invocable: «never»'), uri: claude, fixes: [] },
    { text: withLines('effort: «hgih»'), uri: claude, fixes: [withLines('effort: high')] },
    { text: withLines('context: «spoon»'), uri: claude, says: 'fork, inline', fixes: [] },
    { text: withLines('shell: «zsh»'), uri: claude },
    { text: withLines('model: «sonet»'), uri: claude, fixes: [withLines('model: sonnet')] },
    { text: withLines('effort: «[high]»'), uri: claude },
    { text: withLines('background: «2.5»', 'context: fork'), uri: claude },
  ],
  silent: [
    { text: withLines('user-invocable: no', 'disable-model-invocation: ON', 'background: 1'), uri: claude },
    { text: withLines('effort: 12000', 'model: claude-opus-4-6', 'context: fork', 'shell: bash'), uri: claude },
    { text: withLines('model: fable', 'effort: xhigh'), uri: claude },
    { text: withLines('model: opus[1m]'), uri: claude },
    { text: withLines('effort: nonsense', 'shell: zsh'), uri: codex },
    withLines('user-invocable: false'),
  ],
})

checkRule('K14', {
  finds: [
    { text: withLines('«agent»: Explore'), uri: claude, fixes: [withLines('agent: Explore', 'context: fork')] },
    {
      text: withLines('«background»: true', 'model: opus'),
      uri: claude,
      fixes: [withLines('background: true', 'context: fork', 'model: opus')],
    },
  ],
  silent: [
    { text: withLines('context: fork', 'agent: Explore', 'background: false'), uri: claude },
    { text: withLines('agent: Explore'), uri: codex },
  ],
})

const hooks = (...lines: string[]) => withLines('hooks:', ...lines.map((line) => `  ${line}`))

checkRule('K15', {
  finds: [
    { text: withLines('hooks: «[a]»'), uri: claude, severity: 'error' },
    { text: hooks('«PostToolUze»: []'), uri: claude, fixes: [hooks('PostToolUse: []')] },
    { text: hooks('«pre_tool_use»: []'), fixes: [hooks('PreToolUse: []')] },
    { text: hooks('«OnMoon»: []'), severity: 'information', fixes: [] },
    hooks('Stop: «{}»'),
    hooks('Stop:', '  - «type»: command', '    command: ls'),
    hooks('Stop:', '  - hooks:', '      - type: «command»'),
    hooks('Stop:', '  - hooks:', '      - «command: ls»'),
    {
      text: hooks('Stop:', '  - hooks:', '      - {type: «comand», command: ls}'),
      fixes: [hooks('Stop:', '  - hooks:', '      - {type: command, command: ls}')],
    },
    hooks('Stop:', '  - hooks:', '      - {type: http, url: "https://x", timeout: «soon», once: «maybe»}'),
    hooks('Stop:', '  - hooks: «{}»'),
  ],
  silent: [
    hooks(
      'PostToolUse:',
      '  - matcher: Edit',
      '    hooks: [{type: command, command: ./check.sh, timeout: 10, once: true}]',
    ),
    hooks('Stop:', '  - hooks:', '      - {type: prompt, prompt: Is it done?}', '      - {type: mcp_tool, tool: x}'),
    withLines('hooks:'),
  ],
})

checkRule('K16', {
  finds: [
    { text: withLines('paths: «"src/[a"»'), says: '`[` is not closed' },
    withLines('paths: [src/**, «"{a,b"»]'),
    withLines('«paths»:'),
    withLines(`paths: «"${'{a,b,c,d}'.repeat(5)}"»`),
    withLines('paths: [«3»]'),
    { text: '---\npaths: «"["»\n---\n', uri: '/repo/.claude/commands/fix.md' },
  ],
  silent: [withLines('paths: "src/**/*.{ts,tsx}, *.md"'), withLines('paths: ["[a-z]*.ts", "\\\\[x"]')],
})

checkRule('K17', {
  finds: [
    withLines('arguments: [file, «file»]'),
    withLines('arguments: file «2nd»'),
    withLines('arguments: [«"a b"», «3»]'),
  ],
  silent: [withLines('arguments: [file, out-format, _x]'), withLines('arguments: file format')],
})

checkRule('K18', {
  finds: [
    {
      text: withLines('argument-hint: «[file]»'),
      severity: 'warning',
      fixes: [withLines("argument-hint: '[file]'")],
    },
    { text: withLines('argument-hint: «[a | b]»'), uri: claude, severity: 'hint' },
    withLines('argument-hint: «12»'),
  ],
  silent: [withLines('argument-hint: "[file]"'), withLines('argument-hint: <file>'), withLines('argument-hint:')],
})

const agents = catalogueOf([{ path: '/repo/.claude/agents/reviewer.md', kind: 'agent' }])

checkRule('K19', {
  finds: [
    {
      text: withLines('context: fork', 'agent: «reviwer»'),
      uri: claude,
      catalogue: agents,
      fixes: [withLines('context: fork', 'agent: reviewer')],
    },
    { text: withLines('agent: «explorer»'), uri: claude, catalogue: agents, fixes: [withLines('agent: Explore')] },
    { text: withLines('agent: «zzz»'), uri: claude, catalogue: agents, fixes: [] },
  ],
  silent: [
    { text: withLines('agent: reviewer'), uri: claude, catalogue: agents },
    { text: withLines('agent: general-purpose'), uri: claude, catalogue: agents },
    { text: withLines('agent: plugin:other'), uri: claude, catalogue: agents },
    { text: withLines('agent: zzz'), uri: claude },
    { text: withLines('agent: zzz'), uri: codex, catalogue: agents },
  ],
})
