import { checkRule } from '../checkRule.ts'

const uri = '/repo/.agents/skills/pdf-forms/agents/openai.yaml'
const at = (text: string, more: object = {}) => ({ text, uri, ...more })
const sound = at(
  'interface:\n  display_name: PDF forms\n  short_description: Fills in forms\n  icon_small: ./assets/icon.png\n  brand_color: "#1A2B3C"\n' +
    'dependencies:\n  tools:\n    - type: mcp\n      value: github\n      url: https://example.org/mcp\npolicy:\n  allow_implicit_invocation: false\n  products: [codex]\n',
)

checkRule('O01', {
  finds: [
    at('interface:\n  «displayname»: x\n', { severity: 'warning', fixes: ['interface:\n  display_name: x\n'] }),
    at('«Interface»: {}\n', { says: 'did you mean `interface`', fixes: ['interface: {}\n'] }),
    at('«name»: pdf-forms\n', { fixes: [] }),
    at('interface: «[x]»\n', { says: 'must be a map' }),
    at('interface:\n  display_name: «3»\npolicy:\n  allow_implicit_invocation: «"no"»\n'),
    at('dependencies:\n  tools:\n    - «github»\n'),
    at('interface:\n  «display_name»:\n'),
  ],
  silent: [sound, at('# nothing yet\n'), at('interface: {'), at('')],
})

checkRule('O02', {
  finds: [
    at(`interface:\n  display_name: «${'x'.repeat(65)}»\n`, { severity: 'warning', says: '65 characters' }),
    at(`interface:\n  default_prompt: «"${'表'.repeat(1025)}"»\n`),
    at(`dependencies:\n  tools:\n    - type: «${'x'.repeat(65)}»\n      value: x\n`),
  ],
  silent: [sound, at(`interface:\n  display_name: ${'é'.repeat(64)}\n  short_description: ${'表'.repeat(1024)}\n`)],
})

checkRule('O03', {
  finds: [
    at('interface:\n  icon_small: «images/icon.png»\n', { severity: 'warning', says: 'under `assets/`' }),
    at('interface:\n  icon_large: «/icons/icon.png»\n'),
    at('interface:\n  icon_large: «https://example.org/icon.png»\n'),
    at('interface:\n  icon_small: «../../icon.png»\n', { says: 'plugin' }),
    at('interface:\n  icon_small: «./assets/icon.png»\n', { files: { '../SKILL.md': '' }, says: 'There is no file' }),
  ],
  silent: [
    sound,
    at('interface:\n  icon_small: ./assets/icon.png\n', { files: { '../assets/icon.png': 'x' } }),
    at('interface:\n  icon_small: ../../assets/icon.png\n', { files: { '../../../assets/icon.png': 'x' } }),
  ],
})

checkRule('O04', {
  finds: [
    at('interface:\n  «brand_color»: #1a2b3c\n', {
      severity: 'warning',
      fixes: ['interface:\n  brand_color: "#1A2B3C"\n'],
    }),
    at('interface:\n  brand_color: «"1A2B3C"»\n', { fixes: ['interface:\n  brand_color: "#1A2B3C"\n'] }),
    at("interface:\n  brand_color: «'#abc'»\n", { fixes: ['interface:\n  brand_color: "#AABBCC"\n'] }),
    at('interface:\n  brand_color: «teal»\n', { fixes: [] }),
  ],
  silent: [sound, at("interface:\n  brand_color: '#1a2b3c'\n")],
})

checkRule('O05', {
  finds: [
    at('dependencies:\n  tools:\n    - «type»: mcp\n', { severity: 'warning', says: 'no `value`' }),
    at('dependencies:\n  tools: [«{»value: x}]\n', { says: 'no `type`' }),
  ],
  silent: [sound],
})

const skill = (line: string) => ({ '../SKILL.md': `---\nname: pdf-forms\ndescription: x\n${line}\n---\n` })

checkRule('O06', {
  finds: [
    at('policy:\n  allow_implicit_invocation: «true»\n', {
      severity: 'warning',
      files: skill('disable-model-invocation: true'),
      related: ['/repo/.agents/skills/pdf-forms/SKILL.md'],
      fixes: ['policy:\n  allow_implicit_invocation: false\n'],
    }),
    at('policy:\n  allow_implicit_invocation: «false»\n', {
      files: skill('license: MIT'),
      fixes: ['policy:\n  allow_implicit_invocation: true\n'],
    }),
  ],
  silent: [
    at('policy:\n  allow_implicit_invocation: true\n'),
    at('policy:\n  allow_implicit_invocation: true\n', { files: skill('license: MIT') }),
    at('policy:\n  allow_implicit_invocation: false\n', { files: skill('disable-model-invocation: true') }),
    at('policy:\n  allow_implicit_invocation: true\n', { files: { '../SKILL.md': '---\nbroken: [\n---\n' } }),
  ],
})

checkRule('O07', {
  finds: [
    at('policy:\n  products: [«codx»]\n', { severity: 'warning', fixes: ['policy:\n  products: [codex]\n'] }),
    at('policy:\n  products:\n    - «"chatgbt"»\n', { fixes: ['policy:\n  products:\n    - "chatgpt"\n'] }),
    at('policy:\n  products: [«vscode»]\n', { fixes: [] }),
  ],
  silent: [sound, at('policy:\n  products: [CHATGPT, atlas]\n')],
})

checkRule('O08', {
  finds: [
    at('dependencies:\n  tools:\n    - type: env_var\n      value: «MY-TOKEN»\n', { severity: 'warning' }),
    at('dependencies:\n  tools:\n    - type: env_var\n      value: «"2ND"»\n'),
  ],
  silent: [
    sound,
    at('dependencies:\n  tools:\n    - type: env_var\n      value: MY_TOKEN\n    - type: mcp\n      value: a-b\n'),
  ],
})
