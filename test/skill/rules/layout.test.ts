import { checkRule } from '../checkRule.ts'

const claude = '/repo/.claude/skills/pdf-forms/SKILL.md'
const text = '«---»\nname: pdf-forms\ndescription: Fills in forms.\n---\n'
const plain = text.replace(/[«»]/g, '')
const many = (number: number) => Object.fromEntries(Array.from({ length: number }, (_, i) => [`data/${i}.csv`, '']))

checkRule('L01', {
  finds: [
    {
      text,
      uri: '/repo/.claude/skills/pdf-forms/skill.md',
      severity: 'error',
      fixes: ['rename: /repo/.claude/skills/pdf-forms/SKILL.md'],
    },
    { text: '«# Forms»\n', uri: '/repo/.claude/skills/pdf-forms/Skill.md' },
  ],
  silent: [plain, { text: plain, uri: 'untitled:skill.md', languageId: 'skill' }],
})

checkRule('L02', {
  finds: [
    { text, uri: '/repo/.claude/skills/SKILL.md', severity: 'warning', says: 'a folder of its own' },
    { text, uri: '/repo/.claude/skills/office/pdf-forms/SKILL.md', says: 'Claude Code' },
    { text, uri: '/repo/.claude/skills/pdf-forms.md', says: 'Claude Code loads `<skill>/SKILL.md` only' },
  ],
  silent: [
    { text: plain, uri: claude },
    { text: plain, uri: '/repo/.codex/skills/office/pdf-forms/SKILL.md' },
    { text: plain, uri: '/repo/.gemini/skills/SKILL.md' },
    { text: plain, uri: '/repo/plugin/skills/office/pdf-forms/SKILL.md' },
    { text: plain, uri: '/repo/.pi/skills/pdf-forms.md' },
    { text: '# Notes\n', uri: '/repo/.claude/skills/notes.md' },
  ],
})

checkRule('L03', {
  finds: [
    {
      text,
      files: { '../SKILL.md': '' },
      uri: '/repo/.claude/skills/office/pdf-forms/SKILL.md',
      severity: 'information',
    },
    {
      text,
      files: { '../../SKILL.md': '' },
      uri: '/repo/.codex/skills/office/sub/pdf-forms/SKILL.md',
      related: ['/repo/.codex/skills/office/SKILL.md'],
    },
  ],
  silent: [
    { text: plain, uri: claude, files: {} },
    { text: plain, uri: '/plugin/skills/pdf-forms/SKILL.md', files: { '/plugin/SKILL.md': '' } },
    { text: plain, uri: '/repo/.claude/skills/office/pdf-forms/SKILL.md' },
  ],
})

checkRule('L04', {
  finds: [
    { text, files: { 'README.md': '', 'CHANGELOG.md': '' }, severity: 'hint', says: '`CHANGELOG.md` and `README.md`' },
    { text, files: { 'AGENTS.md': '' } },
  ],
  silent: [{ text: plain, files: { 'LICENSE.txt': '', 'reference.md': '', 'templates/README.md': '' } }, plain],
})

checkRule('L05', {
  finds: [
    { text, files: { 'references/a/b/c/deep.md': '' }, severity: 'hint', says: '4 folders deep' },
    { text, files: many(201), says: '202 files' },
  ],
  silent: [{ text: plain, files: { 'references/a/b/deep.md': '', ...many(100) } }, plain],
})

checkRule('L06', {
  finds: [{ text, files: { 'stuff/a.md': '' }, severity: 'hint', says: '`stuff`' }],
  silent: [
    {
      text: plain,
      files: {
        'scripts/a.py': '',
        'references/a.md': '',
        'assets/a.png': '',
        'evals/evals.json': '',
        'agents/openai.yaml': '',
      },
    },
    { text: plain, files: { '.cache/a': '' } },
  ],
})

checkRule('L07', {
  finds: [
    { text, files: { 'data.json': 'x'.repeat(1_100_000) }, severity: 'warning', says: '1.0 MB' },
    { text, files: { 'font.ttf': 'x'.repeat(1_100_000) }, severity: 'information' },
    {
      text,
      files: Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`assets/${i}.bin`, 'x'.repeat(1_000_000)])),
      says: 'at most 8',
    },
  ],
  silent: [{ text: plain, files: { 'data.json': 'x'.repeat(1_000_000) } }, plain],
})

checkRule('L08', {
  finds: [
    { text, files: {}, links: { 'a.md': '../gone.md' }, says: 'leads nowhere', severity: 'warning' },
    { text, files: { '../other/a.md': '' }, links: { 'a.md': '../other/a.md' }, says: 'leads out' },
  ],
  silent: [
    { text: plain, files: { 'scripts/a.sh': '' }, links: { 'scripts/b.sh': 'scripts/a.sh' } },
    { text: plain, files: { 'scripts/a.sh': '' } },
    plain,
  ],
})

checkRule('L09', {
  finds: [{ text, uri: '/home/ana/.claude/skills/synced/SKILL.md', severity: 'error' }],
  silent: [
    { text: plain, uri: '/home/ana/.claude/skills/pdf-forms/SKILL.md' },
    { text: plain, uri: '/repo/.claude/skills/synced/SKILL.md' },
  ],
})

checkRule('L10', {
  finds: [
    { text, uri: '/repo/.codex/skills/.drafts/pdf-forms/SKILL.md', severity: 'information', says: '`.drafts`' },
    { text, uri: claude, files: { '/repo/.gitignore': 'dist\n.claude/\n' }, says: '`.claude/`' },
    { text, uri: claude, files: { '/repo/.gitignore': '/.claude/skills/pdf-forms\n' } },
  ],
  silent: [
    { text: plain, uri: claude, files: { '/repo/.gitignore': '.claude/*\n!.claude/skills\n' } },
    { text: plain, uri: claude, files: { '/repo/.gitignore': 'skills.md\n# .claude\n*.log' } },
    { text: plain, uri: claude },
    { text: plain, uri: '/home/ana/.claude/skills/pdf-forms/SKILL.md', files: { '/home/ana/.gitignore': '.claude' } },
  ],
})

checkRule('L12', {
  finds: [{ text, files: {}, severity: 'hint' }],
  silent: [{ text: plain, files: { 'CHANGELOG.md': '' } }, plain],
})
