import { catalogueOf } from '../catalogueOf.ts'
import { checkRule } from '../checkRule.ts'

const claude = '/repo/.claude/skills/pdf-forms/SKILL.md'
const skill = (body: string) => `---\nname: pdf-forms\ndescription: Fills in forms.\n---\n${body}\n`
const none = catalogueOf([])
const others = catalogueOf([
  { path: '/repo/.claude/skills/web-forms/SKILL.md', kind: 'skill' },
  { path: '/repo/.claude/skills/pdf-forms/SKILL.md', kind: 'skill' },
])
const web = '/repo/.claude/skills/web-forms/SKILL.md'

checkRule('M01', {
  finds: [
    { text: skill('Use «$[Web].forms».'), severity: 'warning', says: 'capital' },
    { text: skill('Use «$[web::docs].forms» and «$[web_docs].forms».') },
    { text: skill('Use `«$[web docs].forms»`.') },
    { text: skill('Use «$[web].» now.'), says: 'missing' },
  ],
  silent: [
    skill('Use $[web:docs].pdf_forms and $[web].forms.'),
    skill('`$[0].name` `$[*].x` `$["a"].b` `$[1+2].x` $[x'),
    skill('```bash\necho $[Foo].bar\n```'),
    skill('It costs roughly $[X]. Should I go on? And $[Amount].'),
  ],
})

const spaces =
  'skills:\n  spaces:\n    - id: a\n      namespace: web:docs\n    - {id: b, namespace: old, enabled: false}\n'

checkRule('M02', {
  finds: [
    { text: skill('$[«web»].forms'), files: { '/repo/config/runtime.yaml': spaces }, uri: claude, severity: 'warning' },
    {
      text: skill('$[«old»].forms'),
      files: { '/repo/config/runtime.yaml': spaces },
      uri: claude,
      profiles: ['sdk'],
      severity: 'error',
    },
  ],
  silent: [
    { text: skill('$[web:docs].forms'), files: { '/repo/config/runtime.yaml': spaces }, uri: claude },
    { text: skill('$[web].forms'), files: {}, uri: claude },
    { text: skill('$[web].forms'), files: { '/repo/config/runtime.yaml': 'run: {}\n' }, uri: claude },
    skill('$[web].forms'),
  ],
})

checkRule('M03', {
  finds: [
    {
      text: skill('Use $[web].«web-form».'),
      catalogue: others,
      severity: 'warning',
      fixes: [skill('Use $[web].web-forms.'), 'create: /home/ana/.agents/skills/web-form/SKILL.md'],
    },
    {
      text: 'Use $[web].«gone-skill».\n',
      uri: '/repo/AGENTS.md',
      catalogue: others,
      profiles: ['sdk'],
      severity: 'error',
      fixes: [],
    },
    { text: 'Use `$[web].«gone-skill»`.\n', uri: '/repo/AGENTS.md', catalogue: others, fixes: [] },
    { text: 'Use $[web].«gone-skill», not `$[a].b`.\n', uri: '/repo/README.md', catalogue: others, fixes: [] },
  ],
  silent: [
    { text: skill('Use $[web].web-forms.'), catalogue: others },
    skill('Use $[web].gone.'),
    // What nobody loads, and writes of mentions.
    { text: '- A skill is mentioned as `$[namespace].name`.\n', uri: '/repo/CHANGELOG.md', catalogue: others },
  ],
})

checkRule('M04', {
  finds: [{ text: skill('[see $[web].forms«]»'), severity: 'warning', fixes: [skill('[see $[web].forms ]')] }],
  silent: [skill('$[web].forms ] and a[0]]')],
})

checkRule('M05', {
  finds: [
    { text: skill('«$[a1:a2:a3:a4:a5:a6:a7:a8].forms»'), severity: 'warning', says: '8 segments' },
    { text: skill(`«$[${'a'.repeat(65)}].forms»`), says: '65 characters' },
    { text: skill('«$[a].forms»'), says: 'too short' },
    { text: skill('$[web:docs].forms and $[«docs:web»].forms'), severity: 'information' },
  ],
  silent: [skill('$[a1:a2:a3:a4:a5:a6:a7].forms $[web:docs].forms $[docs:web].other')],
})

checkRule('M06', {
  finds: [
    { text: skill('Write `«$[web].forms»`.'), severity: 'information', fixes: [skill('Write `$\\[web].forms`.')] },
    skill('```\n«$[web].forms»\n```'),
  ],
  silent: [skill('Write $[web].forms and `$\\[web].forms`.')],
})

const short = catalogueOf([
  { path: '/repo/.claude/skills/scan/SKILL.md', kind: 'skill' },
  { path: '/repo/.claude/skills/open/SKILL.md', kind: 'skill' },
])

checkRule('M07', {
  finds: [
    {
      text: skill('Use /«web-form» then.'),
      catalogue: others,
      severity: 'warning',
      fixes: [skill('Use /web-forms then.')],
    },
    { text: skill('The `/«gone-skill»` skill.'), catalogue: others, severity: 'information', fixes: [] },
    { text: 'Run the $«gone-skill» skill.\n', uri: '/repo/AGENTS.md', catalogue: others, severity: 'information' },
  ],
  silent: [
    { text: skill('Use /web-forms, /clear and /pdf-forms.'), catalogue: others },
    { text: skill('Look in /tmp, /usr/bin, use /api/forms, $home, and/or, use $flag.'), catalogue: others },
    { text: skill('Routes: /web-form, /users.'), catalogue: others },
    { text: skill('Run /agent, use /rename, type /mode or /statuses.'), catalogue: others },
    skill('Use the /gone skill.'),
    // Short words are near to each other by chance.
    { text: skill('Use /spawn, then run /token.'), catalogue: short },
  ],
})

const two = catalogueOf([
  { path: '/repo/.claude/skills/web-forms/SKILL.md', kind: 'skill' },
  { path: '/home/ana/.claude/skills/web-forms/SKILL.md', kind: 'skill' },
])

checkRule('M08', {
  finds: [
    {
      text: skill('Use «/web-forms».'),
      uri: claude,
      catalogue: two,
      severity: 'information',
      related: ['/repo/.claude/skills/web-forms/SKILL.md', '/home/ana/.claude/skills/web-forms/SKILL.md'],
    },
  ],
  silent: [
    { text: skill('Use /web-forms.'), uri: claude, catalogue: others },
    { text: skill('Route /web-forms.'), uri: claude, catalogue: two },
    {
      text: skill('Use /web-forms.'),
      catalogue: catalogueOf([
        { path: '/repo/.claude/skills/web-forms/SKILL.md', kind: 'skill', hash: 'x' },
        { path: '/home/ana/.claude/skills/web-forms/SKILL.md', kind: 'skill', hash: 'x' },
      ]),
    },
  ],
})

const forPeople = { [web]: '---\nname: web-forms\ndisable-model-invocation: true\n---\n' }
const forModel = { [web]: '---\nname: web-forms\nuser-invocable: false\n---\n' }

checkRule('M09', {
  finds: [
    {
      text: skill('Then use the «/web-forms» skill.'),
      uri: claude,
      catalogue: others,
      files: forPeople,
      severity: 'warning',
      related: [web],
    },
    {
      text: skill('Tell the user to run «/web-forms».'),
      uri: claude,
      catalogue: others,
      files: forModel,
      says: 'People',
    },
  ],
  silent: [
    { text: skill('Tell the user to run /web-forms.'), uri: claude, catalogue: others, files: forPeople },
    { text: skill('Then use /web-forms.'), uri: claude, catalogue: others, files: forModel },
    { text: skill('Then use /web-forms.'), uri: claude, catalogue: others },
  ],
})

const inPlugin = catalogueOf([{ path: '/plugins/office/skills/web-forms/SKILL.md', kind: 'skill' }])
const manifest = { '/plugins/office/.claude-plugin/plugin.json': '{"name": "office"}' }

checkRule('M10', {
  finds: [
    {
      text: skill('Use «/web-forms».'),
      uri: claude,
      catalogue: inPlugin,
      files: manifest,
      severity: 'information',
      fixes: [skill('Use /office:web-forms.')],
    },
  ],
  silent: [
    { text: skill('Use /office:web-forms.'), uri: claude, catalogue: inPlugin, files: manifest },
    { text: skill('Use /web-forms.'), uri: '/plugins/office/skills/a/SKILL.md', catalogue: inPlugin, files: manifest },
    { text: skill('Use /web-forms.'), uri: claude, catalogue: others, files: manifest },
    { text: skill('Use /web-forms.'), uri: claude, catalogue: inPlugin },
  ],
})

const naming = (name: string, form: 'slash' | 'namespaced', called = true) =>
  catalogueOf([
    {
      path: web,
      kind: 'skill',
      names: [{ of: 'skill', form, namespace: form === 'slash' ? '' : 'web', name, called }],
    },
    { path: '/repo/.claude/skills/pdf-forms/SKILL.md', kind: 'skill' },
  ])

checkRule('M11', {
  finds: [
    {
      text: skill('Then use «/web-forms».'),
      uri: claude,
      catalogue: naming('pdf-forms', 'slash'),
      severity: 'information',
      related: [web],
    },
    {
      text: skill('Then «$[web].web-forms».'),
      uri: claude,
      catalogue: naming('pdf-forms', 'namespaced'),
    },
  ],
  silent: [
    { text: skill('Then use /web-forms.'), uri: claude, catalogue: naming('pdf-forms', 'slash', false) },
    { text: skill('This is the /pdf-forms skill.'), uri: claude, catalogue: naming('pdf-forms', 'slash') },
    { text: skill('Then use /web-forms.'), uri: claude, catalogue: others },
    { text: skill('Then use /gone.'), uri: claude, catalogue: none, files: {} },
  ],
})

checkRule('M12', {
  finds: [
    {
      text: skill('Run .claude/skills/«pdf-form»/scripts/a.py and skills/«pdf-form»/b.md.'),
      uri: claude,
      files: { 'scripts/a.py': '', 'b.md': '' },
      severity: 'warning',
      fixes: [
        skill('Run .claude/skills/pdf-forms/scripts/a.py and skills/pdf-forms/b.md.'),
        skill('Run .claude/skills/pdf-forms/scripts/a.py and skills/pdf-forms/b.md.'),
      ],
    },
  ],
  silent: [
    { text: skill('Run .claude/skills/pdf-forms/scripts/a.py.'), uri: claude, files: { 'scripts/a.py': '' } },
    {
      text: skill('See skills/other/scripts/a.py.'),
      uri: claude,
      files: { 'scripts/a.py': '', '../other/SKILL.md': '' },
    },
    { text: skill('See skills/my-skill/a.md and ../skills/gone/SKILL.md.'), uri: claude, files: {} },
    { text: skill('Get https://example.org/skills/pdf-form/b.md.'), uri: claude, files: { 'b.md': '' } },
    skill('Run .claude/skills/pdf-form/scripts/a.py.'),
  ],
})
