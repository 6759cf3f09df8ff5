/** The documents that rules rest on; a finding's code links to them. */
export const sources = {
  specification: 'https://agentskills.io/specification',
  bestPractices: 'https://platform.claude.com/docs/en/agents-and-tools/agent-skills/best-practices',
  claudeSkills: 'https://code.claude.com/docs/en/skills',
  claudeAgents: 'https://code.claude.com/docs/en/sub-agents',
  claudeHooks: 'https://code.claude.com/docs/en/hooks',
  claudeMemory: 'https://code.claude.com/docs/en/memory',
  claudePlugins: 'https://code.claude.com/docs/en/plugins-reference',
  claudePermissions: 'https://code.claude.com/docs/en/permissions',
  claudeApi: 'https://platform.claude.com/docs/en/agents-and-tools/agent-skills/overview',
  vscodeSkills: 'https://code.visualstudio.com/docs/copilot/customization/agent-skills',
  vscodeAgents: 'https://code.visualstudio.com/docs/copilot/customization/custom-agents',
  copilotCli: 'https://docs.github.com/en/copilot/concepts/agents/about-agent-skills',
  codexSkills: 'https://developers.openai.com/codex/skills',
  codexAgents: 'https://developers.openai.com/codex/guides/agents-md',
  geminiSkills: 'https://geminicli.com/docs/cli/skills/',
  opencodeSkills: 'https://opencode.ai/docs/skills',
  cursorSkills: 'https://cursor.com/docs/context/skills',
  openclawSkills: 'https://docs.openclaw.ai/tools/skills',
  skillsRuntime: 'https://pypi.org/project/skills-runtime-sdk/',
  agentsMd: 'https://agents.md',
  evaluating: 'https://agentskills.io/skill-creation/evaluating-skills',
  yaml: 'https://yaml.org/spec/1.2.2/',
  commonMark: 'https://spec.commonmark.org/',
} as const

export type SourceId = keyof typeof sources
