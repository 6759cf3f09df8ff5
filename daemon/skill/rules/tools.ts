import type { SkillDocument } from '../document/document.ts'
import { textOf } from './entries.ts'
import { nearest } from './keyNames.ts'
import { type Hit, ruleTable } from './rule.ts'
import { programOf, shellCommandsIn } from './shellLines.ts'
import { coversCommand, type ToolGrant, type ToolList, toolList } from './toolList.ts'
import {
  claudeToolNames,
  otherClaudeNames,
  otherToolNames,
  patternVariables,
  programs,
  renamedEditorTools,
  renamedTools,
  writingTools,
} from './toolNames.ts'

const commands = ['skill', 'flatSkill'] as const
const claude = ['claude-code', 'spec'] as const
const needs = { keys: ['allowed-tools'] } as const
const mcpName = /^mcp__[A-Za-z0-9][\w.-]*?(?:__[\w.*-]+)?$/

/** T: the tools that a skill grants, forbids and names. */
export const toolRules = ruleTable({
  T01: {
    title: 'How tools are listed',
    severity: 'information',
    kinds: ['skill'],
    why: 'The specification separates tools by spaces, Copilot CLI by commas or as a list; Claude Code takes all of these.',
    source: 'specification',
    needs,
    check: (document, { profiles: inForce }) => {
      const list = toolList(document, 'allowed-tools')
      if (!list || list.grants.some(({ unbalanced }) => unbalanced)) return []
      const { span } = list.value
      if (list.container === 'comma' || (list.container === 'list' && list.grants.length > 0)) {
        const message = 'The specification wants one string here, with spaces between the tools.'
        return [{ span, message, profiles: ['spec'], data: { separator: ' ' } }]
      }
      if (list.container !== 'space' || inForce.includes('spec')) return []
      const message = 'Copilot CLI separates tools by commas: it takes this for one tool.'
      return [{ span, message, profiles: ['copilot-cli'], data: { separator: ', ' } }]
    },
  },
  T02: {
    title: 'Bracket of a tool',
    severity: 'warning',
    kinds: commands,
    why: 'A pattern that is not closed takes the tools behind it for its own, and grants none.',
    source: 'claudePermissions',
    needs,
    check: (document) =>
      granted(document)
        .filter(({ unbalanced }) => unbalanced)
        .map(({ text, span, nameSpan }) => {
          const open = text.indexOf('(')
          const message = open < 0 ? 'This bracket is not opened.' : 'This bracket is not closed.'
          const end = open < 0 ? span.end : nameSpan.end + 1
          return { span: { start: span.start, end }, message }
        }),
  },
  T03: {
    title: 'Unknown tool',
    severity: 'information',
    kinds: commands,
    why: 'A grant for a tool that does not exist grants nothing.',
    source: 'claudePermissions',
    needs,
    check: (document, { profiles: inForce }) =>
      granted(document)
        .filter(({ name, unbalanced }) => !unbalanced && !isKnown(name))
        .flatMap(({ name, nameSpan }): Hit[] => {
          const near = nearTool(name)
          // Other clients have tools of other names; only what is almost a name of Claude Code is a typing error there.
          if (near === undefined && (otherToolNames.has(name) || !inForce.includes('claude-code'))) return []
          if (otherToolNames.has(name) && !inForce.includes('claude-code')) return []
          const message = `Claude Code has no tool \`${name}\`${near ? `; did you mean \`${near}\`?` : '.'}`
          return [{ span: nameSpan, message, ...(near ? { data: { near } } : {}) }]
        }),
  },
  T04: {
    title: 'Grant of everything',
    severity: { default: 'information', 'publish-claude.ai': 'warning', 'publish-clawhub': 'warning' },
    kinds: commands,
    why: 'While the skill is at work, no command is asked about. A pattern says which ones it needs: `Bash(git *)`.',
    source: 'claudePermissions',
    needs,
    check: (document) =>
      granted(document)
        .filter(({ name, pattern }) =>
          name === '*' || name === 'Bash' || name === 'PowerShell'
            ? pattern === undefined || /^[\s:*]*$/.test(pattern)
            : false,
        )
        .map(({ span, name }) => ({
          span,
          message:
            name === '*'
              ? 'Every tool may be used without asking.'
              : 'Every command may be run without asking; name the ones that the skill needs.',
        })),
  },
  T05: {
    title: 'Older form of a pattern',
    severity: 'hint',
    kinds: commands,
    why: 'Claude Code writes `Bash(git *)` by now; `Bash(git:*)` still means the same.',
    source: 'claudePermissions',
    needs,
    check: (document) =>
      granted(document)
        .filter(({ name, pattern }) => name === 'Bash' && pattern !== undefined && /[^\s:*]:\*$/.test(pattern))
        .map(({ patternSpan }) => ({
          span: { start: patternSpan!.end - 2, end: patternSpan!.end },
          message: 'Claude Code writes a space instead of the colon by now.',
          profiles: ['claude-code'] as const,
          faded: 'deprecated' as const,
        })),
  },
  T06: {
    title: 'Name of an MCP tool',
    severity: 'warning',
    kinds: commands,
    why: 'Tools of MCP servers are called `mcp__server__tool`; by another name nothing is granted.',
    source: 'claudePermissions',
    needs,
    check: (document) =>
      granted(document)
        .filter(({ name }) =>
          /^mcp[_:.-]/i.test(name) || /^mcp\//.test(name) ? !mcpName.test(name) : /^[A-Z][\w-]*:[a-z]\w*$/.test(name),
        )
        .map(({ nameSpan, name }) => ({
          span: nameSpan,
          message: `\`${name}\` is no name of an MCP tool: write \`mcp__server__tool\`.`,
          profiles: claude,
        })),
  },
  T07: {
    title: 'Granted and not used',
    severity: 'hint',
    kinds: commands,
    why: 'What the text never mentions it need not be granted.',
    source: 'claudePermissions',
    needs,
    check: (document) => {
      const grants = granted(document)
      if (grants.length === 0 || document.body.end - document.body.start > longestSearched) return []
      const body = document.slice(document.body)
      return grants
        .filter(({ unbalanced }) => !unbalanced)
        .flatMap((grant): Hit[] => {
          const word = neededWord(grant)
          if (word === undefined || word.test(body)) return []
          return [{ span: grant.span, message: `The text does not mention it.`, faded: 'unnecessary' }]
        })
    },
  },
  T08: {
    title: 'Used and not granted',
    severity: 'information',
    kinds: commands,
    why: 'The other commands of the skill run without a question; this one asks each time.',
    source: 'claudePermissions',
    needs,
    check: (document) => {
      const grants = granted(document)
      if (!grants.some(({ name }) => name === 'Bash') || grants.some(({ unbalanced }) => unbalanced)) return []
      const seen = new Set<string>()
      return shellCommandsIn(document).flatMap((command): Hit[] => {
        const program = programOf(command)
        if (!program || seen.has(program.name)) return []
        if (!programs.has(program.name) && !/^(?:\.\/)?scripts\//.test(program.name)) return []
        const rest = command.text.slice(program.span.start - command.span.start)
        if (coversCommand(grants, rest)) return []
        seen.add(program.name)
        const message = `\`allowed-tools\` does not cover this command.`
        return [{ span: program.span, message, profiles: ['claude-code'] }]
      })
    },
  },
  T09: {
    title: 'Granted and forbidden',
    severity: 'warning',
    kinds: commands,
    why: 'What is forbidden stays forbidden: the grant does nothing.',
    source: 'claudeSkills',
    needs,
    check: (document) => {
      const forbidden = toolList(document, 'disallowed-tools', 'disallowedTools')?.grants ?? []
      const whole = new Set(forbidden.filter(({ pattern }) => pattern === undefined).map(({ name }) => name))
      const texts = new Set(forbidden.map(({ text }) => text))
      return granted(document)
        .filter(({ name, text }) => whole.has(name) || texts.has(text))
        .map(({ span, text }) => ({ span, message: `\`${text}\` is forbidden by \`disallowed-tools\`.` }))
    },
  },
  T10: {
    title: 'Says that it only reads',
    severity: 'warning',
    kinds: commands,
    why: 'People trust a skill that says it changes nothing; then it needs no tool that does.',
    source: 'bestPractices',
    needs,
    check: (document) => {
      const description = textOf(document, 'description')?.text ?? ''
      if (!readOnly.test(description)) return []
      return granted(document)
        .filter(({ name, pattern }) => writingTools.has(name) || (name === 'Bash' && pattern === undefined))
        .map(({ span, name }) => ({
          span,
          message: `The description says that nothing is changed, but \`${name}\` changes files.`,
          ...(name === 'Bash' ? { severity: 'information' as const } : {}),
        }))
    },
  },
  T11: {
    title: 'Variable in a grant',
    severity: 'warning',
    kinds: commands,
    why: 'Only some variables are replaced, and only in patterns of Bash; any other never matches.',
    source: 'claudePermissions',
    needs,
    check: (document) =>
      granted(document).flatMap(({ name, pattern = '', patternSpan }): Hit[] =>
        [...pattern.matchAll(/\$\{([^}]{0,100})\}|\$[A-Za-z_]\w{0,64}/g)]
          .filter((match) => name !== 'Bash' || !patternVariables.has(match[1] ?? ''))
          .map((match) => {
            const start = patternSpan!.start + match.index
            const message = `\`${match[0]}\` is not replaced here: the grant covers nothing.`
            return { span: { start, end: start + match[0].length }, message, profiles: claude }
          }),
      ),
  },
  T12: {
    title: 'Renamed tool',
    severity: 'hint',
    kinds: ['skill', 'flatSkill', 'agent', 'instructions'],
    why: 'The tool has another name by now; the old one may stop to be known.',
    source: 'vscodeAgents',
    needs: { keys: ['allowed-tools', 'tools'], words: ['#tool:'] },
    check: (document) => [...renamedGrants(document), ...renamedVariables(document)],
  },
})

const longestSearched = 200_000
const readOnly =
  /\bread[- ]only (?:skill|analysis|review|audit|inspection|exploration|mode)\b|^read[- ]only\b|\b(?:never|does not|doesn[’']t|will not|without) (?:modif|chang|writ|edit)\w* (?:any )?(?:files?|code|anything)\b/i

function granted(document: SkillDocument): readonly ToolGrant[] {
  return toolList(document, 'allowed-tools')?.grants ?? []
}

function isKnown(name: string): boolean {
  return (
    name === '*' ||
    /^mcp[_:.\-/]/i.test(name) ||
    /[:/$]/.test(name) ||
    claudeToolNames.includes(name) ||
    otherClaudeNames.has(name)
  )
}

function nearTool(name: string): string | undefined {
  return claudeToolNames.find((tool) => tool.toLowerCase() === name.toLowerCase()) ?? nearest(name, claudeToolNames)
}

/** What a text says that uses what is granted; undefined for a grant that needs no mention. */
function neededWord({ name, pattern }: ToolGrant): RegExp | undefined {
  if (name === 'WebFetch' || name === 'WebSearch') return /web|http|url|search|fetch|online|internet|docs/i
  const tool = /^mcp__.+?__([\w-]{1,100})$/.exec(name)?.[1]
  if (tool !== undefined) return new RegExp(`mcp|${escaped(tool)}`, 'i')
  const program = name === 'Bash' ? /^([A-Za-z][\w.-]{0,100})(?:[\s:]|$)/.exec(pattern ?? '')?.[1] : undefined
  return program === undefined ? undefined : new RegExp(`(?<![\\w-])${escaped(program)}(?![\\w-])`, 'i')
}

function escaped(word: string): string {
  return word.replace(/[^\w]/g, '\\$&')
}

function renamedGrants(document: SkillDocument): Hit[] {
  if (document.kind === 'instructions') return []
  const list: ToolList | undefined =
    document.kind === 'agent' ? toolList(document, 'tools') : toolList(document, 'allowed-tools')
  return (list?.grants ?? []).flatMap(({ name, nameSpan }): Hit[] => {
    const now = Object.hasOwn(renamedTools, name) ? renamedTools[name] : undefined
    const message = `\`${name}\` is \`${now}\` by now.`
    return now ? [{ span: nameSpan, message, profiles: ['claude-code'], data: { now }, faded: 'deprecated' }] : []
  })
}

/** `#tool:name` in the text. */
function renamedVariables(document: SkillDocument): Hit[] {
  const body = document.slice(document.body)
  if (!body.includes('#tool:')) return []
  return [...body.matchAll(/#tool:([A-Za-z]\w{0,64})(?![\w/.-])/g)].flatMap((match): Hit[] => {
    const name = match[1]!
    const now = Object.hasOwn(renamedEditorTools, name) ? renamedEditorTools[name] : undefined
    const start = document.body.start + match.index + '#tool:'.length
    const span = { start, end: start + name.length }
    const message = `VS Code calls this tool \`${now}\` by now.`
    return now ? [{ span, message, data: { now }, faded: 'deprecated', saidByEditor: true }] : []
  })
}
