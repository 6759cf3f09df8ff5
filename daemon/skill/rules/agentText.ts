import { keysOf } from '../clients/keys.ts'
import { claudeTools } from '../clients/tools.ts'
import type { SkillDocument } from '../document/document.ts'
import { nameIn, parentOf } from '../document/location.ts'
import { namesOf } from '../document/references.ts'
import { type Entry, entryIn, type Value } from '../document/value.ts'
import { type AgentDialect, claudeKeyShapes, furtherKeys, handoffsShape, ignoredByTarget } from './agentShapes.ts'
import { isEmpty, listed, soundEntry, textOf } from './entries.ts'
import { nearest } from './keyNames.ts'
import type { Hit, RuleContext } from './rule.ts'
import { type Shape, shapeHits } from './shape.ts'
import { otherClaudeNames, otherToolNames } from './toolNames.ts'

const editorAgents = ['agent', 'ask', 'edit', 'plan', 'Agent', 'Ask', 'Edit', 'Plan']
const claudeAliases = ['inherit', 'haiku', 'sonnet', 'opus', 'fable', 'opusplan', 'default', 'best']

/** Whose agent a file is, by where it lies. */
export function dialectOf({ path, uri }: SkillDocument): AgentDialect {
  const at = path ?? uri
  if (/\.(?:agent|chatmode)\.md$|\/\.github\//.test(at)) return 'github'
  return (/\/\.(claude|opencode|cursor)\//.exec(at)?.[1] as AgentDialect | undefined) ?? 'any'
}

/** A text beside the agents: no frontmatter, and not in their folder, or one that only explains it. */
export function isNoAgent({ path, uri, fences }: SkillDocument): boolean {
  const name = nameIn(path ?? uri)
  return /^(?:README|CHANGELOG|LICENSE|AGENTS|CLAUDE)\.md$/i.test(name) || (name === 'AGENT.md' && !fences)
}

export function isTool(name: string): boolean {
  return (
    claudeTools.some((tool) => tool.name === name) ||
    otherClaudeNames.has(name) ||
    otherToolNames.has(name) ||
    name === '*' ||
    /^mcp__|^\$|:/.test(name)
  )
}

/** Keys of Claude Code’s agents whose values VS Code checks as well; of `permissionMode` it takes one more. */
const ofEditor = new Set(['permissionMode', 'memory'])

export function unknownValues(document: SkillDocument): Hit[] {
  if (!document.isReadable) return []
  return document.entries.flatMap((entry): Hit[] => {
    const { key, value } = entry
    if (isEmpty(value)) return []
    if (key === 'model') return modelHits(value)
    const saidByEditor = ofEditor.has(key) && value.text !== 'delegate'
    const shape = claudeKeyShapes[key]
    if (shape) return shapeHits(value, shape, `\`${key}\``, entry)
    const known = keysOf('agent').find((each) => each.key === key)
    if (!known?.closed || value.kind === 'boolean') return []
    const values = known.values?.map((each) => each.value) ?? []
    const written = value.kind === 'number' ? String(value.scalar) : value.text
    if (values.includes(written) || (key === 'effort' && value.kind === 'number')) return []
    const near = nearest(written, values) ?? values.find((each) => each.toLowerCase() === written.toLowerCase())
    return [
      {
        span: value.span,
        message:
          values.length === 1 ? `\`${key}\` can only be ${values[0]}.` : `\`${key}\` is one of ${listed(values)}.`,
        saidByEditor,
        ...(near ? { data: { near } } : {}),
      },
    ]
  })
}

/** Aliases, and everything that is a full name: new models come without asking. */
function modelHits({ kind, text, span }: Value): Hit[] {
  if (kind !== 'text' || claudeAliases.includes(text) || /[-/.:[\d]/.test(text)) return []
  const near = nearest(text, claudeAliases) ?? claudeAliases.find((alias) => alias === text.toLowerCase())
  const message = `Claude Code knows no model \`${text}\`${near ? `; did you mean \`${near}\`?` : '.'}`
  return [{ span, message, saidByEditor: true, ...(near ? { data: { near } } : {}) }]
}

export function missingSkills(document: SkillDocument, { catalogue }: RuleContext): Hit[] {
  const value = soundEntry(document, 'skills')?.value
  if (!value || !catalogue.complete || dialectOf(document) !== 'claude') return []
  return namesOf(document, value).flatMap(({ kind, text, span }): Hit[] => {
    const name = text.trim()
    if (kind !== 'text' || name === '' || name.includes(':') || catalogue.skills(name).length > 0) return []
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

export function shaped(document: SkillDocument, key: string, shape: Shape): Hit[] {
  const entry = soundEntry(document, key)
  return entry ? shapeHits(entry.value, shape, `\`${key}\``, entry) : []
}

export function handoffHits(document: SkillDocument, { catalogue }: RuleContext): Hit[] {
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

export function unknownKeys(document: SkillDocument): Hit[] {
  const dialect = dialectOf(document)
  if (!document.isReadable || dialect === 'any') return []
  const own = keysOf('agent')
  const names = [...own.map(({ key }) => key), ...furtherKeys[dialect]]
  const client = dialect === 'claude' ? 'claude-code' : dialect === 'github' ? 'vscode' : dialect
  const target = textOf(document, 'target')?.text ?? ''
  // VS Code fades them itself in its own agents.
  const unread = { faded: 'unnecessary', saidByEditor: dialect === 'github' } as const
  return document.entries.flatMap(({ key, keySpan }): Hit[] => {
    if (ignoredByTarget[target]?.includes(key))
      return [{ span: keySpan, message: `An agent with the target ${target} does not use \`${key}\`.`, ...unread }]
    const known = own.find((each) => each.key === key || each.spellings?.includes(key))
    if (furtherKeys[dialect].includes(key)) return []
    if (known) {
      const acts =
        known.clients === 'all' ||
        known.clients.includes(client) ||
        (dialect === 'github' && known.clients.includes('copilot-cli'))
      return acts ? [] : [{ span: keySpan, message: `\`${key}\` does nothing in this client’s agents.`, ...unread }]
    }
    if (Object.values(furtherKeys).some((keys) => keys.includes(key)))
      return [{ span: keySpan, message: `\`${key}\` does nothing in this client’s agents.`, ...unread }]
    const near = nearest(key, names) ?? names.find((each) => normal(each) === normal(key))
    if (near === undefined || document.entry(near))
      return [{ span: keySpan, message: `No client knows the key \`${key}\` of agents.`, ...unread }]
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
export function unknownServers(document: SkillDocument, { files }: RuleContext): Hit[] {
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
