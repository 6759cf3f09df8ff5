import { placementOf } from '../clients/clients.ts'
import { claudeVariables } from '../clients/tools.ts'
import type { SkillDocument } from '../document/document.ts'
import { argumentVariables, codeAt, declaredArguments, isMoney, takesArguments } from './argumentUse.ts'
import { hitOn, titlesOf } from './entries.ts'
import { nearest } from './keyNames.ts'
import { forEachWord } from './once.ts'
import { profileIds, profiles } from './profiles.ts'
import { type Hit, ruleTable } from './rule.ts'
import { pluginRootOf } from './skillFolder.ts'

const commands = ['skill', 'flatSkill'] as const
const withBodies = ['skill', 'flatSkill', 'agent'] as const
const known = claudeVariables.map(({ name }) => name)
/** Names that authors write for those that there are. */
const misnamed: Readonly<Record<string, string>> = {
  CLAUDE_SKILL_ROOT: 'CLAUDE_SKILL_DIR',
  CLAUDE_SKILL_PATH: 'CLAUDE_SKILL_DIR',
  CLAUDE_SKILL_BASE: 'CLAUDE_SKILL_DIR',
  CLAUDE_SKILL_FOLDER: 'CLAUDE_SKILL_DIR',
  CLAUDE_PLUGIN_DIR: 'CLAUDE_PLUGIN_ROOT',
  CLAUDE_PLUGIN_PATH: 'CLAUDE_PLUGIN_ROOT',
  CLAUDE_PROJECT_ROOT: 'CLAUDE_PROJECT_DIR',
  CLAUDE_PROJECT_PATH: 'CLAUDE_PROJECT_DIR',
  CLAUDE_SESSION: 'CLAUDE_SESSION_ID',
}
/** Variables of the surroundings, which the shell has and no text. */
const ofShell =
  /^CLAUDE_(?:CODE_.*|API_KEY|CONFIG_DIR|ENV_FILE|BASH_.*|TOOL_.*|MODEL|AGENT_.*|FILE_PATHS?|NOTIFICATION|USER_.*|OAUTH_.*|ENV|HOME|BIN|CLI.*|LOG.*)$/
const ofPlugins = /^(?:CLAUDE_PLUGIN_(?:ROOT|DATA)|user_config\.)/

/** A: arguments and variables. */
export const argumentRules = ruleTable({
  A01: {
    title: 'Arguments that nothing announces',
    severity: 'information',
    kinds: commands,
    why: 'Without `argument-hint` or `arguments`, who types the command does not see that it takes any.',
    source: 'claudeSkills',
    check: (document) => {
      if (!document.isReadable || document.entry('argument-hint') || document.entry('arguments')) return []
      const used = argumentVariables(document).filter(({ form }) => form === 'indexed' || form === 'positional')
      const message = 'Nothing in the frontmatter says which arguments the command takes.'
      return used.slice(0, 1).map(({ span }) => ({ span, message, profiles: ['claude-code', 'spec'] }))
    },
  },
  A02: {
    title: 'Hint without use',
    severity: 'hint',
    kinds: commands,
    why: 'Claude Code puts arguments that the text does not place at its end; a text that never speaks of them leaves the model to guess.',
    source: 'claudeSkills',
    needs: { keys: ['argument-hint'] },
    check: (document) =>
      hitOn(document, 'argument-hint', ({ value }) => {
        if (value.kind !== 'text' || value.text.trim() === '' || argumentVariables(document).length > 0)
          return undefined
        const body = document.slice(document.body)
        if (body.length > 200_000 || body.trim() === '') return undefined
        const words = value.text.toLowerCase().match(/[\p{Letter}\p{Number}]{3,}/gu) ?? []
        const small = body.toLowerCase()
        if (/\b(?:arguments?|input|parameters?|provided|given|user|specified|request)\b/.test(small)) return undefined
        if (words.some((word) => small.includes(word))) return undefined
        const message = 'The text does not say what to do with arguments; Claude Code puts them at its end.'
        return { span: value.span, message }
      }),
  },
  A03: {
    title: 'Argument that is not declared',
    severity: 'warning',
    kinds: commands,
    why: 'Where `arguments` gives names, `$name` without one becomes nothing or stays as it is.',
    source: 'claudeSkills',
    needs: { keys: ['arguments'] },
    check: (document) => {
      const names = declaredArguments(document).map(({ name }) => name)
      if (names.length === 0) return []
      const inCode = codeAt(document)
      const nearestName = forEachWord((name) => nearest(name, names))
      return document.variables.flatMap(({ form, name, escaped, span }): Hit[] => {
        // Capitals are the shell's, and so is most of what stands in code.
        if (form !== 'named' || escaped || names.includes(name) || name !== name.toLowerCase()) return []
        const near = nearestName(name)
        if (near === undefined || inCode(span.start)) return []
        const message = `\`arguments\` has no \`${name}\`; did you mean \`${near}\`?`
        return [{ span, message, data: { near }, profiles: ['claude-code', 'spec'] }]
      })
    },
  },
  A04: {
    title: 'Argument that is not used',
    severity: 'hint',
    kinds: commands,
    why: 'What is declared and never placed in the text reaches the model only at the end of it.',
    source: 'claudeSkills',
    needs: { keys: ['arguments'] },
    check: (document) => {
      const declared = declaredArguments(document)
      if (declared.length === 0) return []
      const { variables } = document
      if (variables.some(({ form }) => form === 'arguments')) return []
      const used = new Set(variables.filter(({ escaped }) => !escaped).map(({ name }) => name))
      return declared
        .filter(({ name }, index) => name !== '' && !used.has(name) && !used.has(String(index)))
        .map(({ name, span }) => ({
          span,
          message: `The text never uses \`$${name}\`.`,
          faded: 'unnecessary' as const,
          profiles: ['claude-code', 'spec'] as const,
        }))
    },
  },
  A05: {
    title: 'Money that reads as an argument',
    severity: 'warning',
    kinds: commands,
    why: 'In a skill that takes arguments, `$5` is the sixth one. A backslash before it keeps it.',
    source: 'claudeSkills',
    check: (document) => {
      if (!takesArguments(document)) return []
      return document.variables
        .filter((variable) => !variable.escaped && variable.name.length === 1 && isMoney(document, variable))
        .map(({ span, name }) => ({
          span,
          message: `Claude Code puts an argument in the place of \`$${name}\`; write \`\\$${name}\`.`,
          profiles: ['claude-code', 'spec'] as const,
        }))
    },
  },
  A06: {
    title: 'Counting of arguments',
    severity: 'information',
    kinds: commands,
    why: 'Claude Code counts arguments from 0, opencode from 1.',
    source: 'claudeSkills',
    check: (document, { profiles: inForce }) => {
      const used = argumentVariables(document).filter(({ form }) => form === 'positional' || form === 'indexed')
      const zero = used.find(({ name }) => name === '0')
      if (zero && inForce.includes('opencode')) {
        return [
          { span: zero.span, message: 'opencode counts from 1: this is no argument there.', profiles: ['opencode'] },
        ]
      }
      const first = used.find(({ name }) => name === '1')
      if (!first || zero) return []
      const message = 'Claude Code counts from 0: this is the second argument, and the first is not used.'
      return [{ span: first.span, message, profiles: ['claude-code', 'spec'] }]
    },
  },
  A07: {
    title: 'Unknown variable of Claude Code',
    severity: 'warning',
    kinds: withBodies,
    why: 'What Claude Code does not know stays in the text as it is.',
    source: 'claudeSkills',
    needs: { words: ['${claude_'] },
    check: (document) => {
      const meant = forEachWord((name) => (Object.hasOwn(misnamed, name) ? misnamed[name]! : nearest(name, known)))
      return document.variables.flatMap(({ form, name, escaped, span }): Hit[] => {
        if (form !== 'braced' || escaped || !name.startsWith('CLAUDE_') || known.includes(name)) return []
        const near = meant(name)
        if (near === undefined && ofShell.test(name)) return []
        const message = `Claude Code has no variable \`${name}\`${near ? `; did you mean \`${near}\`?` : '.'}`
        return [{ span, message, ...(near ? { data: { near } } : { severity: 'information' }) }]
      })
    },
  },
  A08: {
    title: 'Plugin’s variable outside of a plugin',
    severity: 'warning',
    kinds: withBodies,
    why: 'Only in plugins does Claude Code put something in its place.',
    source: 'claudePlugins',
    needs: { words: ['${claude_plugin_', '${user_config.'] },
    check: (document, { files }) => {
      const used = document.variables.filter(
        ({ form, name, escaped }) => form === 'braced' && !escaped && ofPlugins.test(name),
      )
      if (used.length === 0 || document.path === undefined) return []
      if (pluginRootOf(document.path, files) !== 'none') return []
      // What is to be written into another file, such as hooks of a plugin, may stand in this one.
      const data = document.blocks.filter(
        (block) => block.type === 'fence' && /^(?:json|ya?ml|toml)/i.test(document.slice(block.info)),
      )
      const here = used.filter(
        ({ span }) => !data.some((block) => block.span.start <= span.start && span.end <= block.span.end),
      )
      return here.map(({ span, name }) => ({
        span,
        message: `\`${name}\` is replaced in plugins only, and this file lies in none.`,
        profiles: ['claude-code', 'spec'] as const,
      }))
    },
  },
  A09: {
    title: 'Variable that only Claude Code replaces',
    severity: 'information',
    kinds: ['skill'],
    why: 'Other clients show the model the variable as it is written.',
    source: 'claudeSkills',
    needs: { words: known.map((name) => `\${${name.toLowerCase()}}`) },
    check: (document, { profiles: inForce, home }) => {
      const placement = document.path === undefined ? undefined : placementOf(document.path, home)
      if (!placement || inForce.includes('claude-code')) return []
      const others = inForce.filter((id) => profiles[id].client !== undefined)
      if (others.length === 0) return []
      const seen = new Set<string>()
      return document.variables.flatMap(({ form, name, escaped, span }): Hit[] => {
        if (form !== 'braced' || escaped || !known.includes(name) || seen.has(name)) return []
        seen.add(name)
        const message = `Only Claude Code replaces \`${name}\`; ${titlesOf(others)} ${others.length === 1 ? 'does' : 'do'} not.`
        return [{ span, message }]
      })
    },
  },
  A10: {
    title: '`{baseDir}` is not replaced',
    severity: 'information',
    kinds: ['skill'],
    why: 'OpenClaw puts the skill’s folder in its place; other clients leave it as it is.',
    source: 'openclawSkills',
    needs: { words: ['{basedir}'] },
    check: (document) =>
      document.variables
        .filter(({ form, escaped }) => form === 'base' && !escaped)
        .slice(0, 1)
        .map(({ span }) => ({
          span,
          message: 'Only OpenClaw puts the skill’s folder here.',
          profiles: profileIds.filter((id) => profiles[id].client !== 'openclaw'),
        })),
  },
  A11: {
    title: 'Setting of the user in a shell command',
    severity: 'warning',
    kinds: commands,
    why: 'What users type in is not put into commands that run by themselves: it could be anything.',
    source: 'claudePlugins',
    needs: { words: ['${user_config.'] },
    check: (document) => {
      if (document.commands.length === 0) return []
      return document.variables
        .filter(({ form, name, escaped }) => form === 'braced' && !escaped && name.startsWith('user_config.'))
        .filter(({ span }) => inCommand(document, span.start))
        .map(({ span }) => ({ span, message: 'Claude Code does not replace this in a command.' }))
    },
  },
})

function inCommand({ commands: found }: SkillDocument, offset: number): boolean {
  return found.some(({ runs, command }) => runs && command.start <= offset && offset < command.end)
}

/** The hint for arguments that are used by number: one word for each. */
export function hintFor(document: SkillDocument): string {
  const numbers = argumentVariables(document)
    .filter(({ form }) => form === 'indexed' || form === 'positional')
    .map(({ name }) => Number(name))
  const most = Math.min(Math.max(...numbers, 0), 9)
  return Array.from({ length: most + 1 }, (_, index) => `[arg${index}]`).join(' ')
}
