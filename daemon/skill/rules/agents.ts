import { keysOf } from '../clients/keys.ts'
import { claudeTools } from '../clients/tools.ts'
import type { SkillDocument } from '../document/document.ts'
import { nameIn, parentOf } from '../document/location.ts'
import { type Entry, entryIn, type Value } from '../document/value.ts'
import {
  type AgentDialect,
  claudeKeyShapes,
  furtherKeys,
  githubShape,
  handoffsShape,
  ignoredByTarget,
  sidekickShape,
} from './agentShapes.ts'
import { isEmpty, kindInWords, listed, soundEntry, textOf, valueOrKey } from './entries.ts'
import { nearest } from './keyNames.ts'
import { type Hit, type RuleContext, ruleTable } from './rule.ts'
import { type Shape, shapeHits } from './shape.ts'
import { firstLine } from './skillFolder.ts'
import { toolList } from './toolList.ts'
import { otherClaudeNames, otherToolNames } from './toolNames.ts'

const kinds = ['agent'] as const
const editorAgents = ['agent', 'ask', 'edit', 'plan', 'Agent', 'Ask', 'Edit', 'Plan']
const claudeAliases = ['inherit', 'haiku', 'sonnet', 'opus', 'fable', 'opusplan', 'default', 'best']

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
    check: (document, context) => missingSkills(document, context),
  },
  Q08: {
    title: 'Handoffs',
    severity: 'warning',
    kinds,
    why: 'A handoff of a wrong shape is not offered.',
    source: 'vscodeAgents',
    check: handoffHits,
  },
  Q09: {
    title: 'Chat mode',
    severity: 'warning',
    kinds,
    why: 'Chat modes are agents by now; VS Code reads `.agent.md` files in `.github/agents`.',
    source: 'vscodeAgents',
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
    check: (document) => shaped(document, 'github', githubShape),
  },
  Q13: {
    title: 'MCP server is not known',
    severity: 'information',
    kinds,
    why: 'The agent starts without the server. It may stand in a file of the user that is not looked at.',
    source: 'claudeAgents',
    check: unknownServers,
  },
  Q14: {
    title: '`agents` needs the tool `agent`',
    severity: 'warning',
    kinds,
    why: 'Without the tool the agent cannot hand work to others.',
    source: 'vscodeAgents',
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

/** Whose agent a file is, by where it lies. */
function dialectOf({ path, uri }: SkillDocument): AgentDialect {
  const at = path ?? uri
  if (/\.(?:agent|chatmode)\.md$|\/\.github\//.test(at)) return 'github'
  return (/\/\.(claude|opencode|cursor)\//.exec(at)?.[1] as AgentDialect | undefined) ?? 'any'
}

/** A text beside the agents: no frontmatter, and not in their folder, or one that only explains it. */
function isNoAgent({ path, uri, fences }: SkillDocument): boolean {
  const name = nameIn(path ?? uri)
  return /^(?:README|CHANGELOG|LICENSE|AGENTS|CLAUDE)\.md$/i.test(name) || (name === 'AGENT.md' && !fences)
}

function isTool(name: string): boolean {
  return (
    claudeTools.some((tool) => tool.name === name) ||
    otherClaudeNames.has(name) ||
    otherToolNames.has(name) ||
    name === '*' ||
    /^mcp__|^\$|:/.test(name)
  )
}

function unknownValues(document: SkillDocument): Hit[] {
  if (!document.isReadable) return []
  return document.entries.flatMap((entry): Hit[] => {
    const { key, value } = entry
    if (isEmpty(value)) return []
    if (key === 'model') return modelHits(value)
    const shape = claudeKeyShapes[key]
    if (shape) return shapeHits(value, shape, `\`${key}\``, entry)
    const known = keysOf('agent').find((each) => each.key === key)
    if (!known?.closed || value.kind === 'boolean') return []
    const values = known.values?.map((each) => each.value) ?? []
    const written = value.kind === 'number' ? String(value.scalar) : value.text
    if (values.includes(written) || (key === 'effort' && value.kind === 'number')) return []
    const near = nearest(written, values) ?? values.find((each) => each.toLowerCase() === written.toLowerCase())
    return [
      { span: value.span, message: `\`${key}\` is one of ${listed(values)}.`, ...(near ? { data: { near } } : {}) },
    ]
  })
}

/** Aliases, and everything that is a full name: new models come without asking. */
function modelHits({ kind, text, span }: Value): Hit[] {
  if (kind !== 'text' || claudeAliases.includes(text) || /[-/.:[\d]/.test(text)) return []
  const near = nearest(text, claudeAliases) ?? claudeAliases.find((alias) => alias === text.toLowerCase())
  const message = `Claude Code knows no model \`${text}\`${near ? `; did you mean \`${near}\`?` : '.'}`
  return [{ span, message, ...(near ? { data: { near } } : {}) }]
}

function missingSkills(document: SkillDocument, { catalogue }: RuleContext): Hit[] {
  const value = soundEntry(document, 'skills')?.value
  const values = value?.kind === 'list' ? value.items : value?.kind === 'text' ? [value] : []
  if (!catalogue.complete || dialectOf(document) !== 'claude') return []
  return values.flatMap(({ kind, text, span }): Hit[] => {
    const name = text.trim()
    if (kind !== 'text' || name === '' || name.includes(':') || name.includes(',') || catalogue.skills(name).length > 0)
      return []
    const near = nearest(
      name,
      catalogue
        .ofKind('skill')
        .slice(0, 5000)
        .map((skill) => skill.name),
    )
    const message = `There is no skill \`${name}\`${near ? `; did you mean \`${near}\`?` : '.'}`
    return [{ span, message, ...(near ? { data: { near } } : {}) }]
  })
}

function shaped(document: SkillDocument, key: string, shape: Shape): Hit[] {
  const entry = soundEntry(document, key)
  return entry ? shapeHits(entry.value, shape, `\`${key}\``, entry) : []
}

function handoffHits(document: SkillDocument, { catalogue }: RuleContext): Hit[] {
  const entry = soundEntry(document, 'handoffs')
  if (!entry) return []
  const labels = new Set<string>()
  const inside = entry.value.items.flatMap((item): Hit[] => {
    const label = entryIn(item, 'label')
    const agent = entryIn(item, 'agent')
    const hits: Hit[] = []
    if (label?.value.kind === 'text') {
      if (labels.has(label.value.text))
        hits.push({ span: label.value.span, message: 'Another handoff has the same label.' })
      labels.add(label.value.text)
    }
    return agent && catalogue.complete ? [...hits, ...unknownAgent(agent, catalogue)] : hits
  })
  return [...shapeHits(entry.value, handoffsShape, '`handoffs`', entry), ...inside]
}

function unknownAgent({ value: { kind, text, span } }: Entry, catalogue: RuleContext['catalogue']): Hit[] {
  if (kind !== 'text' || text.trim() === '' || editorAgents.includes(text) || catalogue.agents(text).length > 0)
    return []
  const known = [...editorAgents, ...catalogue.ofKind('agent').map((agent) => agent.name)]
  const near = nearest(text, known)
  const message = `There is no agent \`${text}\`${near ? `; did you mean \`${near}\`?` : '.'}`
  return [{ span, message, ...(near ? { data: { near } } : {}) }]
}

function unknownKeys(document: SkillDocument): Hit[] {
  const dialect = dialectOf(document)
  if (!document.isReadable || dialect === 'any') return []
  const own = keysOf('agent')
  const names = [...own.map(({ key }) => key), ...furtherKeys[dialect]]
  const client = dialect === 'claude' ? 'claude-code' : dialect === 'github' ? 'vscode' : dialect
  const target = textOf(document, 'target')?.text ?? ''
  return document.entries.flatMap(({ key, keySpan }): Hit[] => {
    if (ignoredByTarget[target]?.includes(key))
      return [
        { span: keySpan, message: `An agent with the target ${target} does not use \`${key}\`.`, faded: 'unnecessary' },
      ]
    const known = own.find((each) => each.key === key || each.spellings?.includes(key))
    if (furtherKeys[dialect].includes(key)) return []
    if (known) {
      const acts =
        known.clients === 'all' ||
        known.clients.includes(client) ||
        (dialect === 'github' && known.clients.includes('copilot-cli'))
      return acts
        ? []
        : [{ span: keySpan, message: `\`${key}\` does nothing in this client’s agents.`, faded: 'unnecessary' }]
    }
    const near = nearest(key, names) ?? names.find((each) => normal(each) === normal(key))
    if (near === undefined || document.entry(near))
      return [{ span: keySpan, message: `No client knows the key \`${key}\` of agents.`, faded: 'unnecessary' }]
    return [
      {
        span: keySpan,
        message: `No client knows the key \`${key}\`; did you mean \`${near}\`?`,
        severity: 'warning',
        data: { near },
      },
    ]
  })
}

function normal(key: string): string {
  return key.toLowerCase().replaceAll(/[-_]/g, '')
}

/** Servers that are named but stand neither in the project's `.mcp.json` nor in the agent itself. */
function unknownServers(document: SkillDocument, { files }: RuleContext): Hit[] {
  const value = soundEntry(document, 'mcpServers')?.value
  const root = document.path && /^(.*)\/\.claude\/agents\//.exec(document.path)?.[1]
  if (value?.kind !== 'list' || root === undefined || root === '') return []
  const config = files.text(`${root}/.mcp.json`)
  if (config === undefined || config === 'missing') return []
  return value.items.flatMap(({ kind, text, span }): Hit[] => {
    if (kind !== 'text' || text === '' || config.includes(JSON.stringify(text))) return []
    return [
      {
        span,
        message: `\`.mcp.json\` has no server \`${text}\`.`,
        related: [{ message: 'The project’s servers', path: `${root}/.mcp.json` }],
      },
    ]
  })
}

/** The agents' folder of the project in which a chat mode lies. */
export function agentsFolder({ folderPath }: SkillDocument): string | undefined {
  if (folderPath === undefined) return undefined
  return nameIn(folderPath) === 'chatmodes' ? `${parentOf(folderPath)}/agents` : folderPath
}
