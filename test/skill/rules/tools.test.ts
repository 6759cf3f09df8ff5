import { checkRule } from '../checkRule.ts'

const claude = '/repo/.claude/skills/pdf-forms/SKILL.md'
const copilot = '/home/ana/.copilot/skills/pdf-forms/SKILL.md'
const codex = '/repo/.codex/skills/pdf-forms/SKILL.md'

/** A skill with this line behind its description, and this body. */
const withLine = (line: string, body = '', description = 'Fills in forms.') =>
  `---\nname: pdf-forms\ndescription: ${description}\n${line}\n---\n${body}`
const shell = (...lines: string[]) => ['```bash', ...lines, '```', ''].join('\n')

checkRule('T01', {
  finds: [
    {
      text: withLine('allowed-tools: «Read, Bash(git:*)»'),
      severity: 'information',
      fixes: [withLine('allowed-tools: Read Bash(git:*)')],
    },
    { text: withLine('allowed-tools: «[Read, "Bash(a: b)"]»'), fixes: [withLine("allowed-tools: 'Read Bash(a: b)'")] },
    {
      text: withLine('allowed-tools:\n  «- Read\n  - Grep»\nlicense: MIT'),
      fixes: [withLine('allowed-tools: Read Grep\nlicense: MIT')],
    },
    { text: withLine('allowed-tools: «Read Grep»'), uri: copilot, fixes: [withLine('allowed-tools: Read, Grep')] },
  ],
  silent: [
    withLine('allowed-tools: Read Bash(git add *) Grep'),
    withLine('allowed-tools: Read'),
    { text: withLine('allowed-tools: [Read, Grep]'), uri: claude },
    { text: withLine('allowed-tools: Read, Grep'), uri: copilot },
    { text: withLine('allowed-tools: Read Grep'), uri: codex },
    withLine('allowed-tools:'),
  ],
})

checkRule('T02', {
  finds: [
    { text: withLine('allowed-tools: Read, «Bash(»git:*, Grep'), severity: 'warning' },
    withLine('allowed-tools: «git:*)» Read'),
    withLine('allowed-tools: [Read, "«Bash(»git"]'),
  ],
  silent: [withLine('allowed-tools: Bash(a (b) c:*) Read'), withLine('allowed-tools: >-\n  Read\n  Bash(git:*)')],
})

checkRule('T03', {
  finds: [
    {
      text: withLine('allowed-tools: Read, «Gerp»'),
      uri: claude,
      severity: 'information',
      says: 'did you mean `Grep`?',
      fixes: [withLine('allowed-tools: Read, Grep')],
    },
    { text: withLine('allowed-tools: «read»'), uri: claude, fixes: [withLine('allowed-tools: Read')] },
    { text: withLine('allowed-tools: «Frobnicate»(x)'), uri: claude, fixes: [] },
    { text: withLine('allowed-tools: «WebSerch»'), fixes: [withLine('allowed-tools: WebSearch')] },
  ],
  silent: [
    { text: withLine('allowed-tools: Read MultiEdit Workflow List LS Skill(x) mcp__github__get *'), uri: claude },
    { text: withLine('allowed-tools: view, edit, shell, web_fetch, frobnicate'), uri: copilot },
    withLine('allowed-tools: read_file Frobnicate'),
    { text: withLine('allowed-tools: [3, {a: b}]'), uri: claude },
  ],
})

checkRule('T04', {
  finds: [
    { text: withLine('allowed-tools: Read «Bash»'), severity: 'information' },
    { text: withLine('allowed-tools: Read «Bash»'), profiles: ['publish-clawhub'], severity: 'warning' },
    withLine('allowed-tools: «Bash(*)», Read'),
    withLine('allowed-tools: "«*»"'),
    withLine('allowed-tools: [«Bash(:*)»]'),
  ],
  silent: [withLine('allowed-tools: Bash(git:*) Read'), withLine('allowed-tools: BashOutput Read')],
})

checkRule('T05', {
  finds: [
    {
      text: withLine('allowed-tools: Bash(git«:*») Read'),
      uri: claude,
      severity: 'hint',
      fixes: [withLine('allowed-tools: Bash(git *) Read')],
    },
    {
      text: withLine('allowed-tools: ["Bash(npm run test«:*»)"]'),
      uri: claude,
      fixes: [withLine('allowed-tools: ["Bash(npm run test *)"]')],
    },
  ],
  silent: [
    withLine('allowed-tools: Bash(git:*)'),
    { text: withLine('allowed-tools: Bash(git *) Bash(*) Bash(:*)'), uri: claude },
  ],
})

checkRule('T06', {
  finds: [
    { text: withLine('allowed-tools: «mcp_github_get»'), uri: claude, severity: 'warning' },
    withLine('allowed-tools: «mcp__» Read'),
    withLine('allowed-tools: «GitHub:create_issue»'),
  ],
  silent: [
    withLine('allowed-tools: mcp__github mcp__github__get_issue mcp__my-server__* mcp__a_b__c_d'),
    { text: withLine('allowed-tools: github/create_issue'), uri: copilot },
    withLine("allowed-tools: ['Azure MCP/documentation', 'Azure MCP/search']"),
  ],
})

checkRule('T07', {
  finds: [
    { text: withLine('allowed-tools: Read «Bash(jq:*)»', 'Use git.\n'), severity: 'hint' },
    withLine('allowed-tools: «mcp__github__get_issue»', 'Fill in the form.\n'),
    withLine('allowed-tools: [«WebFetch»]', 'Fill in the form.\n'),
  ],
  silent: [
    withLine('allowed-tools: Bash(git:*) Read Grep Glob Write', 'Run `git status`.\n'),
    withLine('allowed-tools: mcp__github__get_issue', 'Call `get_issue`.\n'),
    withLine('allowed-tools: WebFetch', 'Read <https://example.org>.\n'),
  ],
})

checkRule('T08', {
  finds: [
    {
      text: withLine('allowed-tools: Bash(git:*)', shell('git status', 'X=1 «gh» pr view && gh pr list')),
      uri: claude,
      severity: 'information',
    },
    {
      text: withLine('allowed-tools: Bash(git status)', shell('git status', '«git» push', '«scripts/a.sh» x')),
      uri: claude,
    },
  ],
  silent: [
    { text: withLine('allowed-tools: Bash(git:*) Bash(gh *)', shell('git push', 'gh pr view')), uri: claude },
    { text: withLine('allowed-tools: Read', shell('git push')), uri: claude },
    { text: withLine('license: MIT', shell('git push')), uri: claude },
    { text: withLine('allowed-tools: Bash(git:*)', shell('# gh is not used', 'cd x', 'echo "gh pr"')), uri: claude },
  ],
})

checkRule('T09', {
  finds: [
    { text: withLine('allowed-tools: Read «Bash(git:*)»\ndisallowed-tools: Bash'), severity: 'warning' },
    withLine('disallowedTools: [Write]\nallowed-tools: [«Write»]'),
  ],
  silent: [withLine('allowed-tools: Bash\ndisallowed-tools: Bash(rm:*)')],
})

checkRule('T10', {
  finds: [
    { text: withLine('allowed-tools: Read «Write»', '', 'Read-only review of code.'), severity: 'warning' },
    { text: withLine('allowed-tools: Read «Bash»', '', 'Never modifies files.'), severity: 'information' },
  ],
  silent: [
    withLine('allowed-tools: Read Bash(git log:*)', '', 'Read-only review.'),
    withLine('allowed-tools: Read Write', '', 'Runs read-only queries and writes a report.'),
    withLine('allowed-tools: Write', '', 'Makes read-only copies of files.'),
  ],
})

checkRule('T11', {
  finds: [
    { text: withLine(`allowed-tools: Bash(«\${HOME}»/x:*)`), severity: 'warning' },
    withLine(`allowed-tools: Read(«\${CLAUDE_SKILL_DIR}»/x)`),
    withLine('allowed-tools: Bash(«$HOME»/bin/x *)'),
  ],
  silent: [
    withLine(`allowed-tools: Bash(\${CLAUDE_SKILL_DIR}/scripts/*) Bash(\${CLAUDE_PLUGIN_ROOT}/x:*) Read(./a)`),
    { text: withLine(`allowed-tools: Bash(\${HOME}/x)`), uri: copilot },
  ],
})

checkRule('T12', {
  finds: [
    {
      text: withLine('allowed-tools: Read, «Task»'),
      uri: claude,
      severity: 'hint',
      fixes: [withLine('allowed-tools: Read, Agent')],
    },
    {
      text: withLine('license: MIT', 'Search with #tool:«codebase» first.\n'),
      fixes: [withLine('license: MIT', 'Search with #tool:search/codebase first.\n')],
    },
    { text: '---\ntools: «MultiEdit»\n---\n', uri: '/repo/.claude/agents/a.md' },
  ],
  silent: [
    withLine('license: MIT', 'Search with #tool:search/codebase, #tool:my-server/fetch and #tool:mine.\n'),
    withLine('allowed-tools: Task'),
    { text: withLine('allowed-tools: constructor toString'), uri: claude },
  ],
})
