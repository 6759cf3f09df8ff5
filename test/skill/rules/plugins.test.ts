import { checkRule } from '../checkRule.ts'

const root = `\${CLAUDE_PLUGIN_ROOT}`
const plugin = (text: string, more: object = {}) => ({ text, uri: '/repo/.claude-plugin/plugin.json', ...more })
const market = (text: string, more: object = {}) => ({ text, uri: '/repo/.claude-plugin/marketplace.json', ...more })
const hooks = (text: string, more: object = {}) => ({ text, uri: '/repo/hooks/hooks.json', ...more })

const sound = plugin(
  '{\n  "$schema": "https://example.org/s",\n  "name": "my-plugin",\n  "version": "1.0.0",\n  "author": {"name": "Ana"},\n  "skills": ["./skills/"],\n  "keywords": ["a"]\n}\n',
)
const soundMarket = market(
  '{"name": "my-market", "owner": {"name": "Ana"}, "plugins": [{"name": "a", "source": "./plugins/a"}, {"name": "b", "source": {"source": "github", "repo": "ana/b"}}]}',
)

checkRule('P01', {
  finds: [
    plugin('{"name": "a", «"descripton"»: "x"}', {
      severity: 'warning',
      fixes: ['{"name": "a", "description": "x"}'],
    }),
    plugin('{"name": "a", «"mcpservers"»: {}}', { fixes: ['{"name": "a", "mcpServers": {}}'] }),
    plugin('{"name": "a", «"frobnicate"»: {}}', { severity: 'hint', fixes: [] }),
    plugin('«{»"version": "1"}', { severity: 'error', says: 'no `name`' }),
    plugin('{"name": «3»}', { severity: 'error' }),
    plugin('{"name": "a", "keywords": «"x"»}', { says: 'must be a list' }),
    plugin('{"name": "a",«»', { severity: 'error', says: 'Not JSON: a { is not closed.' }),
    plugin('{«n»ame: "a"}', { severity: 'error', says: 'double quotes' }),
    market('{"name": "a", "plugins": [«{»"name": "b"}]}', { says: 'no `source`' }),
    market('«{»"name": "a", «"plugin"»: []}', { fixes: ['{"name": "a", "plugins": []}'] }),
    hooks('{"hooks": {}«x»', { severity: 'error' }),
    { text: '{"version": 1,«]»', uri: '/repo/skills-lock.json', severity: 'error' },
  ],
  silent: [sound, soundMarket, plugin('\uFEFF{"name": "a"}'), hooks('{"anything": 1}'), plugin('{"name": "a"}  \n')],
})

checkRule('P02', {
  finds: [
    plugin('{"name": "a", "skills": «"./skills/x/SKILL.md"»}', {
      severity: 'warning',
      fixes: ['{"name": "a", "skills": "./skills/x"}'],
    }),
    plugin('{"name": "a", "skills": ["./skills", «"./list"»]}', { files: { '/repo/list': 'x' } }),
    market('{"plugins": [{"name": "a", "source": "./", "skills": [«"./a/SKILL.md"»]}]}'),
  ],
  silent: [
    sound,
    plugin('{"name": "a", "skills": "./skills", "commands": "./commands/x.md"}', { files: { '/repo/skills/x': 'x' } }),
    // C08 says that nothing is there.
    plugin('{"name": "a", "skills": "./skills/x/SKILL.md"}', { files: { '/repo/other': 'x' } }),
  ],
})

checkRule('P03', {
  finds: [
    plugin('{«"name"»: "a", "version": "1", "description": "x"}', {
      profiles: ['publish-claude.ai'],
      severity: 'warning',
      says: 'no `license`',
    }),
    plugin('{«"name"»: "a", "version": "1", "description": "x", "license": "MIT"}', {
      profiles: ['publish-claude.ai'],
      files: { '/repo/README.md': 'x', '/repo/icon.png': 'x' },
      says: 'no LICENSE',
    }),
  ],
  silent: [
    plugin('{"name": "a"}'),
    plugin('{"name": "a", "version": "1", "description": "x", "license": "MIT"}', { profiles: ['publish-claude.ai'] }),
  ],
})

checkRule('P04', {
  finds: [
    market('{"plugins": [{"name": "a", "source": «"./plugins/a"»}]}', { severity: 'error', files: { 'x.txt': '' } }),
    market('{"metadata": {"pluginRoot": "./plugins"}, "plugins": [{"source": "a"}, {"source": «"b"»}]}', {
      files: { '/repo/plugins/a/x': 'x' },
    }),
    market('{"plugins": [{"source": {"source": «"github"»}}]}', { says: '`repo`' }),
    market('{"plugins": [{"source": {"source": «"githb"», "repo": "a/b"}}]}', {
      fixes: ['{"plugins": [{"source": {"source": "github", "repo": "a/b"}}]}'],
    }),
    market('{"plugins": [{«"source"»: {"repo": "a/b"}}]}'),
    market('{"plugins": [{"source": «""»}]}'),
    {
      text: '{"plugins": [{"source": {"source": "local", "path": «"./a"»}}]}',
      uri: '/repo/.agents/plugins/marketplace.json',
      files: { '/repo/b': 'x' },
    },
  ],
  silent: [
    soundMarket,
    market('{"plugins": [{"source": "./plugins/a"}, {"source": "./"}]}', { files: { '/repo/plugins/a/x': 'x' } }),
  ],
})

checkRule('P05', {
  finds: [
    plugin('{"name": «"My Plugin"»}', { severity: 'warning', fixes: ['{"name": "my-plugin"}'] }),
    plugin('{"name": «""»}', { fixes: [] }),
    market('{"name": «"a_b"», "plugins": [{"name": «"C"»}]}'),
  ],
  silent: [sound, soundMarket],
})

checkRule('P06', {
  finds: [
    hooks('{"hooks": {"Stop": [{"hooks": [{"type": "command", "command": «"./scripts/check.sh --all"»}]}]}}', {
      severity: 'warning',
      fixes: [`{"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "${root}/scripts/check.sh --all"}]}]}}`],
    }),
    hooks('{"hooks": {"Stop": [{"hooks": [{"command": «"python3 scripts/check.py"»}]}]}}', {
      fixes: [`{"hooks": {"Stop": [{"hooks": [{"command": "python3 ${root}/scripts/check.py"}]}]}}`],
    }),
    plugin('{"name": "a", "mcpServers": {"x": {"command": «"./server"»}}}'),
  ],
  silent: [
    hooks(`{"hooks": {"Stop": [{"hooks": [{"command": "${root}/scripts/check.sh"}]}]}}`),
    hooks('{"hooks": {"Stop": [{"hooks": [{"command": "\\"$CLAUDE_PROJECT_DIR\\"/scripts/x.sh; npx prettier"}]}]}}'),
    plugin('{"name": "a", "hooks": "./hooks/hooks.json", "mcpServers": {"x": {"command": "npx"}}}'),
  ],
})
