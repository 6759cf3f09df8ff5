import { catalogueOf } from '../catalogueOf.ts'
import { checkRule } from '../checkRule.ts'

const claude = (lines: string, more: object = {}) => ({
  text: `---\n${lines}\n---\nYou review changes.\n`,
  uri: '/repo/.claude/agents/reviewer.md',
  ...more,
})
const named = (...lines: string[]) =>
  ['name: reviewer', 'description: Reviews. Use after changes.', ...lines].join('\n')
const github = (lines: string, more: object = {}) => ({
  text: `---\n${lines}\n---\nYou review changes.\n`,
  uri: '/repo/.github/agents/reviewer.agent.md',
  ...more,
})
const fixed = (lines: string) => [`---\n${lines}\n---\nYou review changes.\n`]
const sound = claude(
  named(
    'tools: Read, Grep, Bash(git:*), mcp__github__get',
    'model: claude-opus-5-2',
    'color: blue',
    'effort: 3',
    'maxTurns: 20',
    'omitClaudeMd: true',
  ),
)
const soundGithub = github(
  "description: Reviews.\ntools: ['read', 'search/codebase', 'agent', 'github/*']\nagents: ['*']\nmodel: ['GPT-5 (copilot)']\nhandoffs:\n  - label: Go on\n    agent: agent\n    prompt: x\n    send: true\ngithub:\n  permissions:\n    contents: read\nsidekick:\n  triggers: [user.message]\n  maxSendsPerTurn: 1",
)

checkRule('Q01', {
  finds: [
    {
      text: '«---»\ndescription: x\n---\n',
      uri: '/repo/.claude/agents/reviewer.md',
      severity: 'error',
      fixes: ['---\nname: reviewer\ndescription: x\n---\n'],
    },
    claude('name: «a:b»', { fixes: fixed('name: a-b') }),
    claude('name: «-a»', { fixes: fixed('name: a') }),
    claude('name: «3»', { fixes: fixed('name: reviewer') }),
    claude('«name»:'),
    { text: '«You review.»\n', uri: '/repo/.claude/agents/reviewer.md' },
  ],
  silent: [
    sound,
    soundGithub,
    claude('name: Code Reviewer'),
    { text: '# Our agents\n', uri: '/repo/.claude/agents/README.md' },
    claude('name: [', {}),
  ],
})

checkRule('Q02', {
  finds: [
    {
      text: '«---»\nname: reviewer\n---\n',
      uri: '/repo/.claude/agents/reviewer.md',
      severity: 'error',
      fixes: ['---\nname: reviewer\ndescription: What this skill does. Use when …\n---\n'],
    },
    { text: '«---»\ntools: []\n---\n', uri: '/repo/.github/agents/a.agent.md', severity: 'hint' },
  ],
  silent: [sound, soundGithub, { text: '# x\n', uri: '/repo/AGENT.md' }],
})

checkRule('Q03', {
  finds: [
    claude(named('tools: Read, «Reed»'), { severity: 'information', fixes: fixed(named('tools: Read, Read')) }),
    claude(named('tools: [«Grepp»]'), { fixes: fixed(named('tools: [Grep]')) }),
    claude(named('tools: «[]»'), { severity: 'warning' }),
    github('description: x\ntools: «[]»', { severity: 'warning' }),
    claude(named('tools: «Frobnicator»'), { fixes: [] }),
  ],
  silent: [
    sound,
    soundGithub,
    claude(named('tools: MultiEdit, Workflow, List, Task, Agent(reviewer), Skill(x)')),
    claude(named('tools:')),
    { text: '---\ntools:\n  write: false\n---\n', uri: '/repo/.opencode/agent/a.md' },
  ],
})

checkRule('Q04', {
  finds: [
    claude(named('tools: Read, Write', 'disallowedTools: «Write», Bash'), { severity: 'warning' }),
    claude(named('tools: [Bash]', 'disallowedTools: [«Bash»]')),
  ],
  silent: [sound, claude(named('tools: Bash', 'disallowedTools: Bash(rm:*)')), claude(named('disallowedTools: Write'))],
})

checkRule('Q05', {
  finds: [
    claude(named('model: «opuss»'), { severity: 'warning', fixes: fixed(named('model: opus')) }),
    claude(named('model: «gpt»'), { fixes: [] }),
    claude(named('permissionMode: «acceptedits»'), { fixes: fixed(named('permissionMode: acceptEdits')) }),
    claude(named('memory: «"projekt"»'), { fixes: fixed(named('memory: "project"')) }),
    claude(named('effort: «maximum»', 'isolation: «tree»', 'color: «grey»')),
    claude(named('maxTurns: «0»', 'background: «"yes"»')),
  ],
  silent: [
    sound,
    claude(named('model: fable', 'permissionMode: plan', 'memory: local', 'isolation: worktree', 'background: true')),
    claude(named('model: claude-haiku-4-5-20251001')),
    github('description: x\nmodel: Auto\neffort: huge'),
  ],
})

checkRule('Q06', {
  finds: [claude(named('permissionMode: «bypassPermissions»'), { severity: 'warning' })],
  silent: [sound, claude(named('permissionMode: acceptEdits'))],
})

const known = catalogueOf([
  { path: '/repo/.claude/skills/pdf-forms/SKILL.md', kind: 'skill' },
  { path: '/repo/.github/agents/planner.agent.md', kind: 'agent' },
])

checkRule('Q07', {
  finds: [
    claude(named('skills: [pdf-forms, «pdf-form»]'), {
      severity: 'warning',
      catalogue: known,
      fixes: fixed(named('skills: [pdf-forms, pdf-forms]')),
    }),
    claude(named('skills: «forms»'), { catalogue: known, fixes: [] }),
    claude(named('skills: pdf-forms, «nope», plugin:other'), { catalogue: known }),
    claude(named('skills: "pdf-forms, «nope»"'), { catalogue: known }),
  ],
  silent: [
    claude(named('skills: [pdf-forms, plugin:other]'), { catalogue: known }),
    claude(named('skills: [other]')),
    sound,
  ],
})

checkRule('Q08', {
  finds: [
    github('handoffs:\n  - «label»: Go', { severity: 'warning', says: 'no `agent`' }),
    github('handoffs:\n  - label: Go\n    agent: agent\n    «promt»: x', {
      fixes: fixed('handoffs:\n  - label: Go\n    agent: agent\n    prompt: x'),
    }),
    github('handoffs:\n  - {label: Go, agent: agent}\n  - {label: «Go», agent: ask}'),
    github('handoffs:\n  - {label: Go, agent: «planer»}', {
      catalogue: known,
      fixes: fixed('handoffs:\n  - {label: Go, agent: planner}'),
    }),
    github('handoffs: «planner»', { says: 'a list' }),
  ],
  silent: [soundGithub, sound, github('handoffs:\n  - {label: Go, agent: zzz}')],
})

checkRule('Q09', {
  finds: [
    {
      text: '«---»\ndescription: x\n---\n',
      uri: '/repo/.github/chatmodes/plan.chatmode.md',
      severity: 'warning',
      fixes: ['rename: /repo/.github/agents/plan.agent.md'],
    },
  ],
  silent: [soundGithub, sound],
})

checkRule('Q10', {
  finds: [
    github('description: x\n«infer»: false', {
      severity: 'warning',
      fixes: fixed('description: x\ndisable-model-invocation: true'),
    }),
    github('«infer»: true', { fixes: fixed('disable-model-invocation: false') }),
    github('«infer»: maybe', { fixes: [] }),
  ],
  silent: [soundGithub, sound],
})

checkRule('Q11', {
  finds: [
    claude(named('«disallowedtools»: Bash'), { severity: 'warning', fixes: fixed(named('disallowedTools: Bash')) }),
    claude(named('«frobnicate»: x'), { severity: 'hint', fixes: [] }),
    claude(named('«handoffs»: []'), { severity: 'hint', says: 'does nothing' }),
    github('target: vscode\n«mcp-servers»: {}', { severity: 'hint' }),
    github('target: github-copilot\n«argument-hint»: x'),
    github('«permissionMode»: plan'),
    github('«mode»: subagent', { severity: 'hint' }),
  ],
  silent: [
    sound,
    soundGithub,
    { text: '---\nmode: subagent\ntemperature: 0.1\ndescription: x\n---\n', uri: '/repo/.opencode/agent/a.md' },
    { text: '---\nanything: 1\n---\n', uri: '/repo/AGENT.md' },
  ],
})

checkRule('Q12', {
  finds: [
    github('github:\n  permissions:\n    contents: «reed»', {
      severity: 'warning',
      fixes: fixed('github:\n  permissions:\n    contents: read'),
    }),
    github('github: «x»'),
  ],
  silent: [soundGithub, sound],
})

const servers = { '/repo/.mcp.json': '{"mcpServers": {"github": {}}}' }

checkRule('Q13', {
  finds: [
    claude(named('mcpServers: [github, «jira»]'), {
      severity: 'information',
      files: servers,
      related: ['/repo/.mcp.json'],
    }),
  ],
  silent: [
    claude(named('mcpServers: [github]'), { files: servers }),
    claude(named('mcpServers: [jira]')),
    claude(named('mcpServers: [jira]'), { files: { 'x.md': '' } }),
    claude(named('mcpServers:\n  - jira:\n      command: x'), { files: servers }),
  ],
})

checkRule('Q14', {
  finds: [github("tools: ['read']\n«agents»: [planner]", { severity: 'warning' }), github('tools: []\n«agents»: "*"')],
  silent: [
    soundGithub,
    github('agents: [planner]'),
    github("tools: ['agent/runSubagent']\nagents: [x]"),
    github('tools: [read]\nagents: []'),
  ],
})

checkRule('Q15', {
  finds: [
    github('«sidekick»:\n  maxSendsPerTurn: 1', { severity: 'warning', says: 'no `triggers`' }),
    github('sidekick:\n  triggers: [x]\n  maxSendsPerTurn: «0»\n  «behaviour»: persistent', {
      fixes: fixed('sidekick:\n  triggers: [x]\n  maxSendsPerTurn: 0\n  behavior: persistent'),
    }),
  ],
  silent: [soundGithub, sound],
})

checkRule('Q16', {
  finds: [
    {
      text: '«# Rules»\nUse npm.\n',
      uri: '/repo/AGENT.md',
      severity: 'information',
      fixes: ['rename: /repo/AGENTS.md'],
    },
  ],
  silent: [{ text: '---\nname: a\n---\n', uri: '/repo/AGENT.md' }, sound, { text: '', uri: '/repo/AGENT.md' }],
})
