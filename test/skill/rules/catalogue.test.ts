import { hashOf } from '../../../daemon/skill/catalogue/record.ts'
import { catalogueOf } from '../catalogueOf.ts'
import { checkRule } from '../checkRule.ts'

const text = (name = 'deploy', description = 'Deploys the site to its host. Use when asked to deploy.') =>
  `---\nname: ${name}\ndescription: ${description}\n---\nDeploy it.\n`
const marked = text('«deploy»')
const skill = (path: string, more: object = {}) => ({ path: `${path}/SKILL.md`, kind: 'skill' as const, ...more })
const at = (path: string) => `${path}/SKILL.md`

const claude = '/repo/.claude/skills/deploy'
const agents = '/repo/.agents/skills/deploy'
const personal = '/home/ana/.claude/skills/deploy'
const own = skill(claude)

checkRule('C01', {
  finds: [
    {
      text: marked,
      uri: at(agents),
      catalogue: catalogueOf([skill(agents), skill('/repo/.agents/skills/deploy-old', { name: 'deploy' })]),
      severity: 'warning',
      related: [at('/repo/.agents/skills/deploy-old')],
    },
    {
      text: marked,
      uri: at(claude),
      catalogue: catalogueOf([own, skill('/repo/.claude/skills/deploy-old', { name: 'deploy' })]),
      severity: 'hint',
    },
  ],
  silent: [
    {
      text: text(),
      uri: at(claude),
      catalogue: catalogueOf([own, skill(personal), skill('/other/.claude/skills/deploy')]),
    },
    { text: text(), uri: at(claude), catalogue: catalogueOf([own]) },
    { text: text(), uri: at(claude) },
  ],
})

checkRule('C02', {
  finds: [
    {
      text: marked,
      uri: at(claude),
      catalogue: catalogueOf([own, skill(personal)]),
      severity: 'information',
      says: 'Claude Code uses the skill of this name in `~/.claude/skills/deploy`.',
      related: [at(personal)],
    },
    {
      text: marked,
      uri: at('/home/ana/.copilot/skills/deploy'),
      profiles: ['vscode'],
      catalogue: catalogueOf([skill('/home/ana/.agents/skills/deploy'), skill('/home/ana/.copilot/skills/deploy')]),
      related: [at('/home/ana/.agents/skills/deploy')],
    },
  ],
  silent: [
    { text: text(), uri: at(personal), catalogue: catalogueOf([own, skill(personal)]) },
    { text: text(), uri: at(claude), catalogue: catalogueOf([own, skill('/other/.claude/skills/deploy')]) },
    {
      text: text(),
      uri: at('/repo/.codex/skills/deploy'),
      catalogue: catalogueOf([skill('/repo/.codex/skills/deploy'), skill('/home/ana/.codex/skills/deploy')]),
    },
    { text: text(), uri: at(claude) },
  ],
})

checkRule('C03', {
  finds: [
    {
      text: marked,
      uri: at(claude),
      catalogue: catalogueOf([own, skill(personal)]),
      severity: 'warning',
      says: 'Claude Code the one in `~/.claude/skills/deploy`.',
      related: [at(personal)],
    },
  ],
  silent: [
    { text: text(), uri: at(claude), catalogue: catalogueOf([own, skill(personal, { hash: hashOf(text()) })]) },
    { text: text(), uri: at(claude), catalogue: catalogueOf([own, skill(agents)]) },
    { text: text(), uri: at(claude), catalogue: catalogueOf([own]) },
    { text: text(), uri: at(claude) },
  ],
})

const many = (count: number) =>
  Array.from({ length: count }, (_, i) => skill(`/repo/.claude/skills/other-${i}`, { description: 'x'.repeat(1000) }))

checkRule('C04', {
  finds: [
    {
      text: text('deploy', '«Deploys the site to its host. Use when asked to deploy.»'),
      uri: at(claude),
      catalogue: catalogueOf([own, ...many(9)]),
      severity: 'information',
      says: 'Claude Code lists 8,000 characters',
    },
  ],
  silent: [
    { text: text(), uri: at(claude), catalogue: catalogueOf([own, ...many(5)]) },
    { text: text(), uri: at('/other/.claude/skills/deploy'), catalogue: catalogueOf([own, ...many(9)]) },
    { text: text(), uri: at('/repo/.gemini/skills/deploy'), catalogue: catalogueOf([own, ...many(9)]) },
    {
      text: '---\nname: deploy\ndescription: Deploys.\ndisable-model-invocation: true\n---\n',
      uri: at(claude),
      catalogue: catalogueOf([own, ...many(9)]),
    },
    { text: text(), uri: at(claude) },
  ],
})

const same = { description: 'Deploys the site to its host. Use when asked to deploy.' }

checkRule('C05', {
  finds: [
    {
      text: text('deploy', '«Deploys the site to its host. Use when asked to deploy.»'),
      uri: at(claude),
      catalogue: catalogueOf([own, skill('/repo/.agents/skills/ship', same)]),
      severity: 'warning',
      related: [at('/repo/.agents/skills/ship')],
    },
  ],
  silent: [
    { text: text(), uri: at(claude), catalogue: catalogueOf([own, skill('/repo/.agents/skills/deploy', same)]) },
    { text: text(), uri: at(claude), catalogue: catalogueOf([own, skill('/repo/.claude/skills/ship', same)]) },
    { text: text(), uri: at(claude), catalogue: catalogueOf([own, skill('/other/.agents/skills/ship', same)]) },
    { text: text(), uri: at(claude) },
  ],
})

checkRule('C06', {
  finds: [
    {
      text: marked,
      uri: at(claude),
      profiles: ['codex'],
      catalogue: catalogueOf([own]),
      severity: 'warning',
      says: 'Codex does not read `.claude/skills`.',
      files: {},
      fixes: ['rename: /repo/.codex/skills/deploy', 'create: /repo/.codex/skills/deploy/SKILL.md'],
    },
    {
      text: marked,
      uri: at(claude),
      profiles: ['codex', 'gemini'],
      catalogue: catalogueOf([own]),
      files: { 'scripts/x.sh': 'x' },
      fixes: ['rename: /repo/.agents/skills/deploy'],
    },
  ],
  silent: [
    {
      text: text(),
      uri: at(agents),
      profiles: ['codex', 'gemini', 'vscode', 'spec'],
      catalogue: catalogueOf([skill(agents)]),
    },
    { text: text(), uri: at(claude), catalogue: catalogueOf([own]) },
    {
      text: text(),
      uri: at(claude),
      profiles: ['publish-claude.ai', 'publish-clawhub'],
      catalogue: catalogueOf([own]),
    },
    { text: text(), uri: at('/repo/plugins/x/skills/deploy'), profiles: ['codex'], catalogue: catalogueOf([own]) },
  ],
})

checkRule('C07', {
  finds: [
    {
      text: marked,
      uri: at(claude),
      catalogue: catalogueOf([own, skill(agents, { hash: hashOf(`${text()}More.\n`) })]),
      files: { [at(agents)]: `${text()}More.\n` },
      severity: 'warning',
      related: [at(agents)],
      fixes: [`${text()}More.\n`],
    },
    { text: marked, uri: at(claude), catalogue: catalogueOf([own, skill(agents)]), fixes: [] },
  ],
  silent: [
    { text: text(), uri: at(claude), catalogue: catalogueOf([own, skill(agents, { hash: hashOf(text()) })]) },
    {
      text: text(),
      uri: at(claude),
      catalogue: catalogueOf([own, skill(personal), skill('/other/.agents/skills/deploy')]),
    },
    { text: text(), uri: at(claude) },
  ],
})

checkRule('C08', {
  finds: [
    {
      text: '{"name": "a", "skills": ["./skills", «"./gone"»], "agents": «"./agents/x.md"»}',
      uri: '/repo/.claude-plugin/plugin.json',
      files: { '/repo/skills/deploy/SKILL.md': 'x' },
      severity: 'error',
    },
    {
      text: '{"plugins": [{"name": "a", "source": "./", "skills": [«"./skills/gone"»]}]}',
      uri: '/repo/.claude-plugin/marketplace.json',
      files: { '/repo/skills/deploy/SKILL.md': 'x' },
    },
    {
      text: '{"version": 1, "skills": {"deploy": {}, «"gone"»: {}}}',
      uri: '/repo/skills-lock.json',
      catalogue: catalogueOf([own]),
      severity: 'warning',
    },
    {
      text: '{"name": "a", "skills": «"./skills/"»}',
      uri: '/repo/.codex-plugin/plugin.json',
      files: { '/repo/x.md': 'x' },
      severity: 'hint',
    },
  ],
  silent: [
    { text: '{"name": "a", "skills": "./gone"}', uri: '/repo/.claude-plugin/plugin.json' },
    { text: '{"skills": {"gone": {}}}', uri: '/repo/skills-lock.json' },
    { text: '{"skills": {"deploy": {}}}', uri: '/repo/skills-lock.json', catalogue: catalogueOf([own]) },
  ],
})
