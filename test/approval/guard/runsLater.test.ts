import { describe, expect, test } from 'vitest'
import { runsLater } from '../../../daemon/approval/guard/runsLater.ts'

describe('files that make something run later', () => {
  test.each([
    '.vscode/settings.json',
    '.vscode/tasks.json',
    'packages/deep/down/here/.vscode/launch.json',
    'my.code-workspace',
    '.devcontainer/devcontainer.json',
    '.devcontainer.json',
    '.git/hooks/pre-commit',
    '.git/config',
    '.git',
    'sub/.git/hooks/post-checkout',
    '.husky/pre-push',
    '.gitattributes',
    '.npmrc',
    'web/.npmrc',
    '.yarnrc.yml',
    '.pnp.cjs',
    '.cargo/config.toml',
    '.envrc',
    '.bashrc',
    'home/.zshenv',
    'tests/conftest.py',
    'sitecustomize.py',
    'venv/lib/site-packages/x.pth',
    '.github/workflows/ci.yml',
    '.github/actions/x/action.yml',
    'Jenkinsfile',
    'AGENTS.md',
    'docs/CLAUDE.md',
    'skills/x/SKILL.md',
    'x.agent.md',
    '.claude/settings.json',
    '.cursor/mcp.json',
    '.mcp.json',
    '.paddock/policy.yaml',
  ])('%s', (path) => {
    expect(runsLater(path)?.what).toMatch(/\w/)
  })

  test.each([
    '.CURSOR/mcp.json',
    '.GIT/hooks/pre-commit',
    '.Git./hooks/x',
    '.vscode /tasks.json',
    '.vscode::$INDEX_ALLOCATION/tasks.json',
    '.npmrc::$DATA',
    '.gi\u200ct/config',
    '.ｖｓｃｏｄｅ/tasks.json',
    'A\\.vscode\\tasks.json',
    'agents.MD',
  ])('D4, C6: another spelling of one: %s', (path) => {
    expect(runsLater(path)).toBeDefined()
  })

  test.each([
    'src/main.ts',
    '.env',
    'package.json',
    'Makefile',
    'README.md',
    'vscode/tasks.json',
    'git/hooks/x',
    'docs/agents-guide.md',
    'src/conftest.python',
    '.gitignore',
    'src/npmrc.ts',
    'src/memory.mdx',
    'x/.github/CODEOWNERS',
  ])('not %s', (path) => {
    expect(runsLater(path)).toBeUndefined()
  })
})
