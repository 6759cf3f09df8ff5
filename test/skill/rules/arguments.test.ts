import { checkRule } from '../checkRule.ts'

const claude = '/repo/.claude/skills/pdf-forms/SKILL.md'
const opencode = '/repo/.opencode/skills/pdf-forms/SKILL.md'
const codex = '/repo/.codex/skills/pdf-forms/SKILL.md'
const openclaw = '/home/ana/.openclaw/skills/pdf-forms/SKILL.md'

/** A skill with this body, and these lines behind its description. */
const skill = (body: string, ...lines: string[]) =>
  ['---', 'name: pdf-forms', 'description: Fills in forms.', ...lines, '---', `${body}\n`].join('\n')

checkRule('A01', {
  finds: [
    {
      text: skill('Fill in «$ARGUMENTS[1]» of $ARGUMENTS[0].'),
      severity: 'information',
      fixes: [skill('Fill in $ARGUMENTS[1] of $ARGUMENTS[0].', "argument-hint: '[arg0] [arg1]'")],
    },
    {
      text: skill('Read $ARGUMENTS; then «$0».'),
      fixes: [skill('Read $ARGUMENTS; then $0.', "argument-hint: '[arg0]'")],
    },
  ],
  silent: [
    skill('Fill in $0.', 'argument-hint: "[file]"'),
    skill('Fill in $ARGUMENTS.'),
    skill('It costs $5 or $1,000; set $XXX and $HOME.\n\n```bash\necho $1 "$VAR"\n```'),
    skill("Fill in $ARGUMENTS.\n\n```bash\nawk '{print $1}'\n```"),
    skill('Write \\$ARGUMENTS[0] so.'),
  ],
})

checkRule('A02', {
  finds: [{ text: skill('Tabs are wrong.', 'argument-hint: «"[file]"»'), severity: 'hint', says: 'at its end' }],
  silent: [
    skill('Check the file.', 'argument-hint: "[file]"'),
    skill('Look at $ARGUMENTS.', 'argument-hint: "[x]"'),
    skill('Look at what the user gave.', 'argument-hint: "[x]"'),
    skill('Tabs are wrong.'),
  ],
})

checkRule('A03', {
  finds: [
    {
      text: skill('Convert «$flie» to $format.', 'arguments: [file, format]'),
      severity: 'warning',
      fixes: [skill('Convert $file to $format.', 'arguments: [file, format]')],
    },
  ],
  silent: [
    skill('Convert $file; keep $HOME, $XXX and $other.', 'arguments: file format'),
    skill('Convert $flie.'),
    skill('Use $file.\n\n```bash\necho $flie $files\n```', 'arguments: [file]'),
    skill('Write \\$flie for $file.', 'arguments: [file]'),
  ],
})

checkRule('A04', {
  finds: [{ text: skill('Convert $file.', 'arguments: [file, «format»]'), severity: 'hint' }],
  silent: [
    skill('Convert $file to $1.', 'arguments: [file, format]'),
    skill('Convert $ARGUMENTS.', 'arguments: [file, format]'),
    skill('Convert.'),
  ],
})

checkRule('A05', {
  finds: [
    {
      text: skill('It costs «$5».00 or «$9»/month for $ARGUMENTS.'),
      severity: 'warning',
      fixes: [
        skill('It costs \\$5.00 or $9/month for $ARGUMENTS.'),
        skill('It costs $5.00 or \\$9/month for $ARGUMENTS.'),
      ],
    },
    {
      text: skill('Above «$2»k, ask.', 'argument-hint: "[x]"'),
      fixes: [skill('Above \\$2k, ask.', 'argument-hint: "[x]"')],
    },
  ],
  silent: [
    skill('It costs $5.00, $9/month, $XXX, $5 or $1,000.'),
    skill('It costs \\$5.00 for $ARGUMENTS.'),
    skill('Write `analysis/$1/REPORT.md` and `old/$1.2/x` from $1/src for $ARGUMENTS.'),
    skill('Take $1 and $2. For $ARGUMENTS.'),
    skill('It costs $50.00 for $ARGUMENTS.'),
  ],
})

checkRule('A06', {
  finds: [
    { text: skill('Convert «$1» to $2.', 'argument-hint: "[a] [b]"'), uri: claude, severity: 'information' },
    { text: skill('Convert «$0».', 'argument-hint: "[a]"'), uri: opencode, says: 'from 1' },
  ],
  silent: [
    { text: skill('Convert $0 to $1.', 'argument-hint: "[a] [b]"'), uri: claude },
    { text: skill('Convert $1 to $2.', 'argument-hint: "[a] [b]"'), uri: opencode },
    { text: skill('```bash\necho $1\n```', 'argument-hint: "[a]"'), uri: claude },
  ],
})

checkRule('A07', {
  finds: [
    {
      text: skill(`Run «\${CLAUDE_SKILL_DIRR}»/x.`),
      severity: 'warning',
      fixes: [skill(`Run \${CLAUDE_SKILL_DIR}/x.`)],
    },
    { text: skill(`«\${CLAUDE_PLUGIN_DIR}»`), fixes: [skill(`\${CLAUDE_PLUGIN_ROOT}`)] },
    { text: skill(`«\${CLAUDE_WEATHER}»`), severity: 'information', fixes: [] },
  ],
  silent: [
    skill(`\${CLAUDE_SKILL_DIR} \${CLAUDE_PROJECT_DIR} \${CLAUDE_SESSION_ID} \${CLAUDE_EFFORT} \${CLAUDE_PLUGIN_ROOT}`),
    skill(`\${CLAUDE_CODE_OAUTH_TOKEN} \${CLAUDE_ENV_FILE} \${HOME} $CLAUDE_X \\\${CLAUDE_X}`),
  ],
})

checkRule('A08', {
  finds: [
    { text: skill(`«\${CLAUDE_PLUGIN_ROOT}»/x «\${user_config.key}»`), uri: claude, files: {}, severity: 'warning' },
  ],
  silent: [
    { text: skill(`\${CLAUDE_PLUGIN_ROOT}`), uri: claude },
    { text: skill(`\`\`\`json\n{"command": "\${CLAUDE_PLUGIN_ROOT}/x"}\n\`\`\``), uri: claude, files: {} },
    {
      text: skill(`\${CLAUDE_PLUGIN_ROOT}`),
      uri: '/p/skills/a/SKILL.md',
      files: { '/p/.claude-plugin/plugin.json': '' },
    },
    {
      text: skill(`\${CLAUDE_PLUGIN_ROOT}`),
      uri: '/m/plugins/p/skills/a/SKILL.md',
      files: { '/m/.claude-plugin/marketplace.json': '' },
    },
    { text: skill(`\${CLAUDE_SKILL_DIR}`), uri: claude, files: {} },
  ],
})

checkRule('A09', {
  finds: [
    { text: skill(`«\${CLAUDE_SKILL_DIR}»/x and \${CLAUDE_SKILL_DIR}/y`), severity: 'information' },
    { text: skill(`«\${CLAUDE_PROJECT_DIR}»`), uri: codex, says: 'Codex does not' },
  ],
  silent: [
    { text: skill(`\${CLAUDE_SKILL_DIR}`), uri: claude },
    { text: skill(`\${CLAUDE_SKILL_DIR}`), uri: '/plugin/skills/a/SKILL.md' },
    skill(`\${HOME}`),
  ],
})

checkRule('A10', {
  finds: [{ text: skill('Run «{baseDir}»/scripts/x.py and {baseDir}/y.'), severity: 'information' }],
  silent: [{ text: skill('Run {baseDir}/x.'), uri: openclaw }, skill('Run {base}.')],
})

checkRule('A11', {
  finds: [{ text: skill(`!\`curl «\${user_config.url}»\``), uri: claude, severity: 'warning' }],
  silent: [{ text: skill(`Ask \${user_config.url}.\n\n!\`echo hi\``), uri: claude }],
})
