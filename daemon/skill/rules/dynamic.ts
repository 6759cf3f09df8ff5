import type { DynamicCommand } from '../document/commands.ts'
import type { SkillDocument } from '../document/document.ts'
import type { Span } from '../document/fences.ts'
import { codeAt } from './argumentUse.ts'
import { bashOnly, dangers, gitMayFail, mayFail, pipedIntoShell, powershellOnly, readOnlyCommands } from './dangers.ts'
import { soundEntry, titlesOf } from './entries.ts'
import { hitsAmong } from './hits.ts'
import { once } from './once.ts'
import { profiles } from './profiles.ts'
import { type Hit, ruleTable } from './rule.ts'
import { commandLines, partsOf, programOf, type ShellCommand } from './shellLines.ts'
import { coversCommand, toolList } from './toolList.ts'

const commands = ['skill', 'flatSkill'] as const
const claude = ['claude-code', 'spec'] as const
const needs = { words: ['!'] } as const
const mostCommands = 3

/** X: commands that Claude Code runs when it loads the skill. */
export const dynamicRules = ruleTable({
  X01: {
    title: 'Command that does not run',
    severity: 'warning',
    kinds: commands,
    why: 'Claude Code runs a command only where a space or a line’s beginning stands before the `!`; here it is text.',
    source: 'claudeSkills',
    needs,
    check: (document) => {
      if (document.commands.length === 0) return []
      const inCode = codeAt(document)
      return hitsAmong(document.commands, ({ runs, span, command }) => {
        if (runs || inCode(span.start) || !looksMeant(document, span, command)) return undefined
        const message = 'This command does not run: a space must stand before the `!`.'
        return { span: { start: span.start, end: span.start + 1 }, message, profiles: claude }
      })
    },
  },
  X02: {
    title: 'Command that may fail',
    severity: 'information',
    kinds: commands,
    why: 'One command that ends with an error keeps the whole skill from loading. `|| true` makes it harmless.',
    source: 'claudeSkills',
    needs,
    check: (document) =>
      linesRun(document)
        .filter(({ text }) => !/\|\||;\s*(?:true|:|exit 0|echo\b.*)\s*$/.test(text))
        .flatMap(({ text, span }): Hit[] => {
          const parts = partsOf(document.text, span.start, span.end)
          // Of a pipe only the last program's ending counts.
          const counted = parts.filter((part, index) => index === parts.length - 1 || !isPiped(document, part))
          const failing = counted.find((part) => fails(part))
          if (!failing || /^\s*(?:if|for|while)\b/.test(text)) return []
          const message = 'If this ends with an error, the skill is not loaded at all; `|| true` prevents it.'
          return [{ span: failing.span, message, profiles: claude, data: { end: span.end } }]
        }),
  },
  X03: {
    title: 'Command that nothing permits',
    severity: 'warning',
    kinds: commands,
    why: 'Nobody is asked while a skill loads: a command that is not permitted already keeps the whole skill from loading.',
    source: 'claudeSkills',
    needs,
    check: (document) => {
      if (!document.isReadable || linesRun(document).length === 0) return []
      const grants = toolList(document, 'allowed-tools')?.grants ?? []
      if (grants.some(({ unbalanced }) => unbalanced)) return []
      const seen = new Set<string>()
      return partsRun(document).flatMap((part): Hit[] => {
        const program = programOf(part)
        const bare = part.text.replace(/\s*(?:\d?>{1,2}\s*\S+|2>&1)/g, '').trim()
        if (!program || shellWords.has(program.name) || readOnlyCommands.test(bare)) return []
        if (coversCommand(grants, bare) || coversCommand(grants, part.text) || seen.has(bare)) return []
        seen.add(bare)
        const message = 'Nothing permits this command, so the skill is not loaded; grant it in `allowed-tools`.'
        return [{ span: part.span, message, profiles: claude, data: { grant: grantFor(bare) } }]
      })
    },
  },
  X04: {
    title: 'Many commands',
    severity: 'hint',
    kinds: commands,
    why: 'Each one runs before the model reads a word, and what it prints costs room each time.',
    source: 'claudeSkills',
    needs,
    check: (document) => {
      const running = document.commands.filter(({ runs }) => runs)
      const fourth = running[mostCommands]
      const message = `${running.length} commands run each time that the skill is loaded.`
      return fourth ? [{ span: fourth.span, message, profiles: claude }] : []
    },
  },
  X05: {
    title: 'Dangerous command at loading',
    severity: 'warning',
    kinds: commands,
    why: 'It runs as soon as the skill is loaded, before anybody has read it.',
    source: 'claudeSkills',
    security: true,
    needs,
    check: (document) =>
      linesRun(document).flatMap(({ text, span }): Hit[] => {
        const parts = partsOf(document.text, span.start, span.end)
        const found = parts.flatMap((part) =>
          dangers.map(({ pattern, does }) => ({ match: pattern.exec(part.text), from: part.span.start, does })),
        )
        found.push({ match: pipedIntoShell.exec(text), from: span.start, does: 'runs what it was given' })
        return found.flatMap(({ match, from, does }) => {
          if (!match) return []
          const start = from + match.index
          const message = `This ${does} as soon as the skill is loaded.`
          return [{ span: { start, end: start + match[0].length }, message, profiles: claude }]
        })
      }),
  },
  X06: {
    title: 'Command that other clients show as text',
    severity: 'information',
    kinds: commands,
    why: 'Only Claude Code runs such commands, and not in skills that it took over from claude.ai; elsewhere the model reads the command instead of what it prints.',
    source: 'claudeSkills',
    needs,
    check: (document, { profiles: inForce, home }) => {
      const first = document.commands.find(({ runs }) => runs)
      if (!first) return []
      const synced = home !== undefined && document.path?.startsWith(`${home}/.claude/skills/synced/`) === true
      const others = inForce.filter((id) => {
        const { client } = profiles[id]
        return client !== undefined && client !== 'claude-code'
      })
      if (synced) return [{ span: first.span, message: 'In skills that come from claude.ai this does not run.' }]
      if (others.length === 0) return []
      const message = `${titlesOf(others)} ${others.length === 1 ? 'does' : 'do'} not run this, but show it as text.`
      return [{ span: first.span, message, profiles: others }]
    },
  },
  X07: {
    title: 'Command of another shell',
    severity: 'warning',
    kinds: commands,
    why: 'Commands run in bash unless `shell: powershell` says otherwise; each fails at the other’s language.',
    source: 'claudeSkills',
    needs,
    check: (document) => {
      if (linesRun(document).length === 0) return []
      const shell = soundEntry(document, 'shell')?.value.text.trim()
      const foreign = shell === 'powershell' ? bashOnly : powershellOnly
      const words =
        shell === 'powershell' ? 'bash, but `shell` is `powershell`' : 'PowerShell, but commands run in bash'
      return linesRun(document).flatMap(({ text, span }): Hit[] => {
        const match = foreign.exec(text)
        if (!match || /\b(?:pwsh|powershell)\b/i.test(text)) return []
        const at = span.start + match.index + (match[0].length - match[0].trimStart().length)
        const message = `This is ${words}.`
        return [{ span: { start: at, end: span.start + match.index + match[0].length }, message, profiles: claude }]
      })
    },
  },
  X08: {
    title: 'Path that does not start at the skill',
    severity: 'warning',
    kinds: commands,
    why: 'Commands run in the project, not in the skill’s folder: a path of the skill begins with the variable `CLAUDE_SKILL_DIR`.',
    source: 'claudeSkills',
    needs,
    check: (document, { files }) => {
      const { folderPath } = document
      if (folderPath === undefined || document.kind !== 'skill') return []
      return linesRun(document).flatMap(({ text, span }): Hit[] =>
        [...text.matchAll(/(?<![\w./${}-])(?:\.\/)?([\w-]{1,100}(?:\/[\w.-]{1,100}){1,6})(?![\w/])/g)].flatMap(
          (match) => {
            const stat = files.stat(`${folderPath}/${match[1]}`)
            if (stat === undefined || stat === 'missing') return []
            const start = span.start + match.index
            const message = 'This is looked for in the project, not in the skill’s folder.'
            return [
              { span: { start, end: start + match[0].length }, message, profiles: claude, data: { path: match[1]! } },
            ]
          },
        ),
      )
    },
  },
  X09: {
    title: 'Example that runs',
    severity: 'information',
    kinds: commands,
    why: 'Claude Code does not look whether a command stands in a code block or in backticks: it runs.',
    source: 'claudeSkills',
    needs,
    check: (document) => {
      if (document.commands.length === 0) return []
      const inCode = codeAt(document)
      return hitsAmong(document.commands, ({ form, runs, span }) =>
        form === 'inline' && runs && inCode(span.start)
          ? { span, message: 'This runs although it is shown as code.', profiles: claude }
          : undefined,
      )
    },
  },
})

const shellWords = new Set([
  'if',
  'then',
  'else',
  'fi',
  'for',
  'do',
  'done',
  'while',
  'case',
  'esac',
  'cd',
  'set',
  'export',
  'local',
  '{',
  '}',
  'test',
  '[',
])

/** Text before the `!` shows that a command was meant: a sign, not the last letter of an exclamation. */
function looksMeant({ text }: SkillDocument, { start }: Span, command: Span): boolean {
  const first = text.slice(command.start, command.start + 40)
  return /[([{:=,;>"'*|_-]/.test(text[start - 1] ?? '') && /^\s*[a-z./$~][\w./-]*(?:\s|$|`)/.test(`${first} `)
}

/** Each line of each command that runs. */
const linesRun = once((document) => document.commands.flatMap((each) => (each.runs ? linesOf(document, each) : [])))

function linesOf({ text }: SkillDocument, { form, command }: DynamicCommand): ShellCommand[] {
  if (form === 'inline') return [{ span: command, text: text.slice(command.start, command.end) }]
  const lines: ShellCommand[] = []
  for (let at = command.start; at < command.end; ) {
    const newline = text.indexOf('\n', at)
    const stop = newline < 0 || newline > command.end ? command.end : newline
    const line = text.slice(at, stop).trimEnd()
    const lead = line.length - line.trimStart().length
    if (line.trim() !== '' && line[lead] !== '#') {
      lines.push({ span: { start: at + lead, end: at + line.length }, text: line.slice(lead) })
    }
    at = stop + 1
  }
  return lines
}

function partsRun(document: SkillDocument): ShellCommand[] {
  return document.commands.flatMap(({ runs, command }) => (runs ? commandLines(document.text, command) : []))
}

/** What a part prints goes on to the next. */
function isPiped({ text }: SkillDocument, { span }: ShellCommand): boolean {
  const after = text.slice(span.end, span.end + 20).trimStart()
  return after.startsWith('|') && !after.startsWith('||')
}

function fails(part: ShellCommand): boolean {
  const program = programOf(part)
  return program !== undefined && (mayFail.has(program.name) || gitMayFail.test(part.text))
}

/** What to grant so that `command` may run: its program, and the first word behind it where that names an action. */
function grantFor(command: string): string {
  const [program = '', action = ''] = command.split(/\s+/)
  return /^[a-z][a-z-]*$/.test(action) ? `Bash(${program} ${action} *)` : `Bash(${program} *)`
}
