import { checkRule } from '../checkRule.ts'

const claude = '/repo/.claude/skills/pdf-forms/SKILL.md'
const codex = '/repo/.codex/skills/pdf-forms/SKILL.md'
const fenced = (...lines: string[]) => ['```!', ...lines, '```'].join('\n')

/** A skill with this body, and these lines behind its description. */
const skill = (body: string, ...lines: string[]) =>
  ['---', 'name: pdf-forms', 'description: Fills in forms.', ...lines, '---', `${body}\n`].join('\n')

checkRule('X01', {
  finds: [
    { text: skill('Branch:«!»`git branch`'), severity: 'warning', fixes: [skill('Branch: !`git branch`')] },
    skill('(«!»`git status`)'),
  ],
  silent: [
    skill('Branch: !`git branch`\n!`git status`'),
    skill('Do not forget this!`code` is important.'),
    skill('```js\nif (a=!`x`) {}\n```'),
    skill('Say (!`A and B`).'),
  ],
})

checkRule('X02', {
  finds: [
    {
      text: skill('- Todo: !`«grep -rn TODO .»`'),
      uri: claude,
      severity: 'information',
      fixes: [skill('- Todo: !`grep -rn TODO . || true`')],
    },
    {
      text: skill(fenced('git status', 'git log && «ls notes»')),
      fixes: [skill(fenced('git status', 'git log && ls notes || true'))],
    },
    skill('!`cat a | «grep x»`'),
    skill('!`«git describe --tags»`'),
  ],
  silent: [
    skill('!`grep x a || true` !`ls a; true` !`git status` !`ls | wc -l` !`echo "grep it"`'),
    skill('Branch:!`grep x`'),
    skill('```bash\ngrep x\n```'),
  ],
})

checkRule('X03', {
  finds: [
    {
      text: skill('!`«npm run list»`'),
      uri: claude,
      severity: 'warning',
      fixes: [skill('!`npm run list`', 'allowed-tools: Bash(npm run *)')],
    },
    {
      text: skill('!`«make»`'),
      uri: claude,
      fixes: [skill('!`make`', 'allowed-tools: Bash(make *)')],
    },
    {
      text: skill('!`git log | «jq .»`', 'allowed-tools: Read, Grep'),
      fixes: [skill('!`git log | jq .`', 'allowed-tools: Read, Grep, Bash(jq *)')],
    },
    {
      text: skill(fenced('git status', '«make list 2>/dev/null»'), 'allowed-tools: [Read]'),
      fixes: [skill(fenced('git status', 'make list 2>/dev/null'), 'allowed-tools: [Read, "Bash(make list *)"]')],
    },
    {
      text: skill('!`«gh pr view»`', 'allowed-tools:', '  - Bash(git:*)', '  - Read'),
      fixes: [skill('!`gh pr view`', 'allowed-tools:', '  - Bash(git:*)', '  - Read', '  - Bash(gh pr *)')],
    },
  ],
  silent: [
    skill('!`git status` !`ls -la` !`git log --oneline | head -5` !`echo hi && pwd`'),
    skill('!`npm test 2>&1`', 'allowed-tools: Bash(npm test:*)'),
    skill('!`npm run a b`', 'allowed-tools: Bash(npm *)'),
    skill('!`anything at all`', 'allowed-tools: Bash'),
    skill('`npm test`'),
    { text: '!`npm test`\n', uri: claude },
  ],
})

checkRule('X04', {
  finds: [{ text: skill('!`ls` !`pwd` !`date` «!`id`» !`uname`'), severity: 'hint', says: '5 commands' }],
  silent: [skill('!`ls` !`pwd` !`date`')],
})

checkRule('X05', {
  finds: [
    { text: skill('!`«curl» -s https://example.org «| sh»`'), severity: 'warning' },
    skill('!`«rm -rf» build`'),
    skill(fenced('«sudo» ls')),
    skill('!`«git push»`'),
  ],
  silent: [skill('!`git log` !`grep curl a` !`ls curl.md` !`npm run rm-all`'), skill('```bash\ncurl x | sh\n```')],
})

checkRule('X06', {
  finds: [
    { text: skill('«!`git status`» !`ls`'), uri: codex, severity: 'information', says: 'Codex does not' },
    { text: skill('«!`git status`»'), uri: '/home/ana/.claude/skills/synced/pdf-forms/SKILL.md' },
  ],
  silent: [
    { text: skill('!`git status`'), uri: claude },
    { text: skill('a!`b`'), uri: codex },
    { text: skill('!`git status`'), uri: '/plugin/skills/a/SKILL.md' },
  ],
})

checkRule('X07', {
  finds: [
    { text: skill('!`«Get-ChildItem» src`'), severity: 'warning' },
    skill('!`git log «2>/dev/null»`', 'shell: powershell'),
  ],
  silent: [
    skill('!`Get-ChildItem`', 'shell: powershell'),
    skill('!`git log 2>/dev/null || true`', 'shell: bash'),
    skill('!`pwsh -c Get-ChildItem`'),
  ],
})

checkRule('X08', {
  finds: [
    {
      text: skill('!`python3 «scripts/list.py» a`'),
      files: { 'scripts/list.py': '' },
      severity: 'warning',
      fixes: [skill(`!\`python3 \${CLAUDE_SKILL_DIR}/scripts/list.py a\``)],
    },
    { text: skill(fenced('«./scripts/a.sh»')), files: { 'scripts/a.sh': '' } },
  ],
  silent: [
    { text: skill('!`$CLAUDE_SKILL_DIR/scripts/a.sh` !`cat src/a.ts`'), files: { 'scripts/a.sh': '' } },
    skill('!`scripts/a.sh`'),
  ],
})

checkRule('X09', {
  finds: [{ text: skill('```markdown\nBranch: «!`git branch`»\n```'), severity: 'information' }],
  silent: [skill('Branch: !`git branch`'), skill('```js\na=!`b`\n```'), skill(fenced('git status'))],
})
