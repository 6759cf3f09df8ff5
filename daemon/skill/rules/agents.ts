import { claudeTools } from '../clients/tools.ts'
import { nameIn } from '../document/location.ts'
import { githubShape, sidekickShape } from './agentShapes.ts'
import {
  dialectOf,
  handoffHits,
  isNoAgent,
  isTool,
  missingSkills,
  shaped,
  unknownKeys,
  unknownServers,
  unknownValues,
} from './agentText.ts'
import { isEmpty, kindInWords, soundEntry, textOf, valueOrKey } from './entries.ts'
import { nearest } from './keyNames.ts'
import { type Hit, ruleTable } from './rule.ts'
import { firstLine } from './skillFolder.ts'
import { toolList } from './toolList.ts'

const kinds = ['agent'] as const

/** Q: agents. */
export const agentRules = ruleTable({
  Q01: {
    title: 'Name of an agent',
    severity: 'error',
    kinds,
    why: 'Claude Code silently skips an agent without a name, and one whose name holds a colon or begins with a hyphen.',
    source: 'claudeAgents',
    check: (document) => {
      if (dialectOf(document) !== 'claude' || isNoAgent(document)) return []
      if (!document.fences)
        return [{ span: firstLine(document), message: 'Without frontmatter Claude Code skips the file.' }]
      if (!document.isReadable) return []
      const entry = document.entry('name')
      if (!entry)
        return [
          {
            span: document.fences.open,
            message: 'The agent has no `name`; Claude Code skips the file.',
            data: { add: true },
          },
        ]
      const { value } = entry
      if (isEmpty(value))
        return [{ span: valueOrKey(entry), message: 'The agent’s `name` is empty; Claude Code skips the file.' }]
      if (value.kind !== 'text')
        return [{ span: value.span, message: `A name is a string, but YAML reads this as ${kindInWords(value)}.` }]
      if (value.text.includes(':'))
        return [{ span: value.span, message: 'A name has no colon: it stands between a plugin and its agent.' }]
      return value.text.startsWith('-') ? [{ span: value.span, message: 'A name does not begin with a hyphen.' }] : []
    },
  },
  Q02: {
    title: 'Description of an agent is missing',
    severity: { default: 'hint', 'claude-code': 'error' },
    kinds,
    why: 'By the description others decide when to hand work to the agent. Claude Code silently skips an agent without one.',
    source: 'claudeAgents',
    check: (document) =>
      document.fences && document.isReadable && !document.entry('description') && !isNoAgent(document)
        ? [{ span: document.fences.open, message: 'The agent has no `description`.' }]
        : [],
  },
  Q03: {
    title: 'Tools of an agent',
    severity: 'information',
    kinds,
    why: 'A tool that is not there is left out without a word; an agent whose list is empty has none and can only talk.',
    source: 'claudeAgents',
    needs: { keys: ['tools'] },
    check: (document) => {
      const entry = soundEntry(document, 'tools')
      if (!entry || dialectOf(document) === 'opencode') return []
      const none = entry.value.kind === 'list' ? entry.value.items.length === 0 : isEmpty(entry.value)
      if (none && entry.value.kind !== 'empty')
        return [
          {
            span: valueOrKey(entry),
            message: 'The agent has no tool at all; leave the key out for all of them.',
            severity: 'warning',
          },
        ]
      if (dialectOf(document) !== 'claude') return []
      return (toolList(document, 'tools')?.grants ?? []).flatMap(({ name, nameSpan }): Hit[] => {
        if (isTool(name)) return []
        const near =
          nearest(
            name,
            claudeTools.map((tool) => tool.name),
          ) ?? claudeTools.find((tool) => tool.name.toLowerCase() === name.toLowerCase())?.name
        const message = `Claude Code has no tool \`${name}\`${near ? `; did you mean \`${near}\`?` : '.'}`
        return [{ span: nameSpan, message, ...(near ? { data: { near } } : {}) }]
      })
    },
  },
  Q04: {
    title: 'Tool given and taken',
    severity: 'warning',
    kinds,
    why: 'What is forbidden is not there, whatever else is said.',
    source: 'claudeAgents',
    needs: { keys: ['disallowedTools', 'disallowed-tools'] },
    check: (document) => {
      const given = new Set(toolList(document, 'tools')?.grants.map(({ text }) => text))
      const taken = toolList(document, 'disallowedTools', 'disallowed-tools')?.grants ?? []
      return taken
        .filter(({ text }) => given.has(text))
        .map(({ text, span }) => ({ span, message: `\`${text}\` stands in \`tools\` as well.` }))
    },
  },
  Q05: {
    title: 'Value that Claude Code does not know',
    severity: 'warning',
    kinds,
    why: 'Claude Code acts as if the key were not there.',
    source: 'claudeAgents',
    check: (document) => (dialectOf(document) === 'claude' ? unknownValues(document) : []),
  },
  Q06: {
    title: 'Agent that asks for nothing',
    severity: 'warning',
    kinds,
    security: true,
    why: 'The agent writes and runs everything without asking.',
    source: 'claudePermissions',
    needs: { keys: ['permissionMode'] },
    check: (document) => {
      const entry = textOf(document, 'permissionMode')
      const message = 'Nobody is asked about what this agent does.'
      return entry?.text === 'bypassPermissions' ? [{ span: entry.value.span, message }] : []
    },
  },
  Q07: {
    title: 'Skill of an agent is not found',
    severity: 'warning',
    kinds,
    why: 'The agent starts without the skill.',
    source: 'claudeAgents',
    needs: { keys: ['skills'] },
    check: (document, context) => missingSkills(document, context),
  },
  Q08: {
    title: 'Handoffs',
    severity: 'warning',
    kinds,
    why: 'A handoff of a wrong shape is not offered.',
    source: 'vscodeAgents',
    needs: { keys: ['handoffs'] },
    saidByEditor: true,
    check: handoffHits,
  },
  Q09: {
    title: 'Chat mode',
    severity: 'warning',
    kinds,
    why: 'Chat modes are agents by now; VS Code reads `.agent.md` files in `.github/agents`.',
    source: 'vscodeAgents',
    saidByEditor: true,
    check: (document) =>
      /\.chatmode\.md$/.test(document.path ?? document.uri)
        ? [
            {
              span: firstLine(document),
              message: 'A chat mode is an agent by now: rename the file to `.agent.md`.',
              faded: 'deprecated',
            },
          ]
        : [],
  },
  Q10: {
    title: '`infer` is replaced',
    severity: 'warning',
    kinds,
    why: '`user-invocable` and `disable-model-invocation` say it apart.',
    source: 'vscodeAgents',
    needs: { keys: ['infer'] },
    check: (document) => {
      const entry = soundEntry(document, 'infer')
      if (!entry) return []
      const message = '`infer` is replaced by `user-invocable` and `disable-model-invocation`.'
      return [{ span: entry.keySpan, message, faded: 'deprecated', saidByEditor: true }]
    },
  },
  Q11: {
    title: 'Key that does nothing in an agent',
    severity: 'hint',
    kinds,
    why: 'Clients ignore keys that they do not know.',
    source: 'vscodeAgents',
    check: unknownKeys,
  },
  Q12: {
    title: '`github` of an agent',
    severity: 'warning',
    kinds,
    why: 'A permission that is not understood is not given.',
    source: 'copilotCli',
    needs: { keys: ['github'] },
    saidByEditor: true,
    check: (document) => shaped(document, 'github', githubShape),
  },
  Q13: {
    title: 'MCP server is not known',
    severity: 'information',
    kinds,
    why: 'The agent starts without the server. It may stand in a file of the user that is not looked at.',
    source: 'claudeAgents',
    needs: { keys: ['mcpServers'] },
    check: unknownServers,
  },
  Q14: {
    title: '`agents` needs the tool `agent`',
    severity: 'warning',
    kinds,
    why: 'Without the tool the agent cannot hand work to others.',
    source: 'vscodeAgents',
    needs: { keys: ['agents'] },
    saidByEditor: true,
    check: (document) => {
      const entry = soundEntry(document, 'agents')
      const tools = soundEntry(document, 'tools')
      if (!entry || !tools || dialectOf(document) !== 'github') return []
      const names =
        tools.value.kind === 'list' ? tools.value.items.map(({ text }) => text) : tools.value.text.split(/[\s,]+/)
      const wants = entry.value.kind === 'list' ? entry.value.items.length > 0 : !isEmpty(entry.value)
      const has = names.some((name) => /^(?:agent(?:\/.*)?|runSubagent|\*|custom-agent|Task)$/.test(name))
      return has || !wants
        ? []
        : [{ span: entry.keySpan, message: 'Without the tool `agent` in `tools` this does nothing.' }]
    },
  },
  Q15: {
    title: '`sidekick` of an agent',
    severity: 'warning',
    kinds,
    why: 'A sidekick of a wrong shape never starts.',
    source: 'copilotCli',
    needs: { keys: ['sidekick'] },
    check: (document) => shaped(document, 'sidekick', sidekickShape),
  },
  Q16: {
    title: 'AGENT.md or AGENTS.md',
    severity: 'information',
    kinds,
    why: 'Instructions for every agent stand in AGENTS.md; AGENT.md without frontmatter is read by few.',
    source: 'agentsMd',
    check: (document) => {
      if (!isNoAgent(document) || nameIn(document.path ?? document.uri) !== 'AGENT.md' || document.text.trim() === '')
        return []
      return [{ span: firstLine(document), message: 'Instructions for all agents are read from `AGENTS.md`.' }]
    },
  },
})
