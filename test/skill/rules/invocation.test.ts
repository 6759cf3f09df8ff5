import { catalogueOf } from '../catalogueOf.ts'
import { checkRule } from '../checkRule.ts'

const claude = '/repo/.claude/skills/pdf-forms/SKILL.md'
const opencode = '/repo/.opencode/skills/pdf-forms/SKILL.md'

/** A skill with these lines behind its name, and a body. */
const skill = (lines: readonly string[], body = '') => `---\nname: pdf-forms\n${lines.join('\n')}\n---\n${body}`
const fork = 'description: Fills in forms.\ncontext: «fork»'

checkRule('I01', {
  finds: [
    { text: skill(['disable-model-invocation: true', '«user-invocable»: false']), severity: 'warning' },
    { text: skill(['disable-model-invocation: yes', '«user-invocable»: off']), uri: claude },
  ],
  silent: [
    skill(['disable-model-invocation: true']),
    skill(['user-invocable: false']),
    skill(['disable-model-invocation: false', 'user-invocable: false']),
    skill(['disable-model-invocation: true', 'user-invocable: true']),
  ],
})

checkRule('I02', {
  finds: [
    {
      text: skill(['description: «Deploys» the app to production. Use when asked.']),
      uri: claude,
      severity: 'information',
    },
    { text: skill(['description: "Use this to «publish» packages."']), uri: claude },
  ],
  silent: [
    { text: skill(['description: Deploys the app.', 'disable-model-invocation: true']), uri: claude },
    { text: skill(['description: Deployment pipeline design. Use when designing pipelines.']), uri: claude },
    { text: skill(['description: Release notes and how to write them.']), uri: claude },
    { text: skill(['description: Deploys the app.']), uri: '/repo/.codex/skills/pdf-forms/SKILL.md' },
  ],
})

checkRule('I03', {
  finds: [
    {
      text: skill([fork], '# Style\n\n- Tabs are wrong\n- Short names are nice\n'),
      uri: claude,
      severity: 'information',
    },
    { text: skill([fork], ''), uri: claude },
  ],
  silent: [
    { text: skill(['context: fork'], 'Review the diff.\n'), uri: claude },
    { text: skill(['context: fork'], 'Your task: $ARGUMENTS\n'), uri: claude },
    { text: skill(['context: fork'], '## Steps\n\n- diff\n'), uri: claude },
    { text: skill(['context: fork'], '检查代码。\n'), uri: claude },
    { text: skill(['context: inline'], 'Tabs are wrong.\n'), uri: claude },
  ],
})

checkRule('I04', {
  finds: [
    {
      text: skill(['context: fork', 'allowed-tools: Read «AskUserQuestion»'], 'Find it.\n'),
      uri: claude,
      severity: 'information',
    },
    { text: skill(['context: fork'], 'Then ask with «ExitPlanMode».\n'), uri: claude },
  ],
  silent: [
    { text: skill(['context: fork', 'background: false', 'allowed-tools: AskUserQuestion']), uri: claude },
    { text: skill(['allowed-tools: AskUserQuestion']), uri: claude },
    { text: skill(['context: fork'], 'Find it.\n'), uri: claude },
  ],
})

checkRule('I05', {
  finds: [{ text: skill(['user-invocable: false', '«argument-hint»: "[file]"']), severity: 'hint' }],
  silent: [skill(['user-invocable: false']), skill(['argument-hint: "[file]"'])],
})

const agents = catalogueOf([{ path: '/repo/.claude/agents/filler.md', kind: 'agent' }])

checkRule('I06', {
  finds: [
    {
      text: skill(['«disable-model-invocation»: true']),
      uri: claude,
      catalogue: agents,
      files: { '/repo/.claude/agents/filler.md': '---\nname: filler\nskills: [other, pdf-forms]\n---\n' },
      severity: 'warning',
      related: ['/repo/.claude/agents/filler.md'],
    },
  ],
  silent: [
    { text: skill(['disable-model-invocation: true']), uri: claude, catalogue: agents },
    {
      text: skill(['disable-model-invocation: true']),
      uri: claude,
      catalogue: agents,
      files: { '/repo/.claude/agents/filler.md': '---\nname: filler\nskills: [pdf-forms-2]\n---\npdf-forms\n' },
    },
    {
      text: skill(['disable-model-invocation: false']),
      uri: claude,
      catalogue: agents,
      files: { '/repo/.claude/agents/filler.md': '---\nskills: pdf-forms\n---\n' },
    },
  ],
})

checkRule('I07', {
  finds: [{ text: skill([], 'Fill in «$ARGUMENTS», then $1.\n'), uri: opencode, severity: 'information' }],
  silent: [
    { text: skill([], 'Costs $5.\n\n```bash\necho $1\n```\n'), uri: opencode },
    { text: skill([], 'Fill in $ARGUMENTS.\n'), uri: claude },
  ],
})
