import { clients } from '../clients/clients.ts'
import type { SkillDocument } from '../document/document.ts'
import { isSkillName, longestName } from '../document/names.ts'
import {
  count,
  hitOn,
  isEmpty,
  isMissing,
  kindInWords,
  lengthOf,
  profilesWhere,
  textOf,
  titlesOf,
  valueOrKey,
} from './entries.ts'
import { claudeCommands, commonNames, looksLikeAscii } from './nameWords.ts'
import { once } from './once.ts'
import { type ProfileId, profiles } from './profiles.ts'
import { type Hit, type RuleContext, ruleTable } from './rule.ts'

const skills = ['skill'] as const
const plainFor = { 'claude-code': 'information', codex: 'information', gemini: 'information' } as const

/** What is wrong with the characters of a name; of several things the one that explains the others. */
type Trouble = 'none' | 'tag' | 'prefix' | 'confusable' | 'letters' | 'capitals' | 'hyphens' | 'characters'

/** N: the name. */
export const nameRules = ruleTable({
  N01: {
    title: 'Name is missing',
    severity: {
      default: 'warning',
      spec: 'error',
      vscode: 'error',
      opencode: 'error',
      'claude-code': 'hint',
      codex: 'hint',
    },
    kinds: skills,
    why: 'The specification requires a name. Claude Code and Codex take the folder’s, others do not load the skill.',
    source: 'specification',
    saidByEditor: true,
    check: (document) =>
      document.fences && isMissing(document, 'name')
        ? [{ span: document.fences.open, message: 'The skill has no `name`; the specification requires one.' }]
        : [],
  },
  N02: {
    title: 'Name is no string',
    severity: { default: 'error', 'claude-code': 'information' },
    kinds: skills,
    why: 'A number or a list is no name. Claude Code makes a text of it.',
    source: 'specification',
    check: (document) =>
      hitOn(document, 'name', ({ value }) => {
        if (value.kind === 'text' || value.kind === 'empty') return undefined
        const message = `The skill's \`name\` must be a string, but YAML reads this as ${kindInWords(value)}.`
        return { span: value.span, message, saidByEditor: value.kind === 'list' || value.kind === 'map' }
      }),
  },
  N03: {
    title: 'Name is empty',
    severity: { default: 'error', 'claude-code': 'information', codex: 'information' },
    kinds: skills,
    why: 'An empty name counts as none.',
    source: 'specification',
    saidByEditor: true,
    check: (document) =>
      hitOn(document, 'name', (entry) =>
        isEmpty(entry.value) ? { span: valueOrKey(entry), message: "The skill's `name` is empty." } : undefined,
      ),
  },
  N04: {
    title: 'Name is too long',
    severity: { default: 'error', 'claude-code': 'information', gemini: 'information' },
    kinds: skills,
    why: 'The specification and most clients take at most 64 characters.',
    source: 'specification',
    check: (document) =>
      hitOn(document, 'name', ({ value }) => {
        if (value.kind !== 'text' || value.text.length <= longestName) return undefined
        const length = lengthOf(value.text.trim())
        const message = `The skill's \`name\` has ${count(length)} characters; at most ${longestName} are allowed.`
        return length > longestName ? { span: value.span, message } : undefined
      }),
  },
  N05: {
    title: 'Characters of the name',
    severity: { default: 'error', ...plainFor, 'copilot-cli': 'information', sdk: 'information' },
    kinds: skills,
    why: 'The specification takes lowercase letters a-z, digits and hyphens. VS Code silently does not load a skill with another name.',
    source: 'specification',
    saidByEditor: true,
    check: (document, context) =>
      nameHit(
        document,
        context,
        'characters',
        (answer) => `A name has only lowercase letters a-z, digits and hyphens.${answer}`,
      ),
  },
  N06: {
    title: 'Capitals in the name',
    severity: { default: 'error', ...plainFor, 'copilot-cli': 'information' },
    kinds: skills,
    why: 'Names are lowercase. VS Code silently does not load a skill with another name.',
    source: 'specification',
    saidByEditor: true,
    check: (document, context) =>
      nameHit(document, context, 'capitals', (answer) => `A name has no capital letters.${answer}`),
  },
  N07: {
    title: 'Hyphens of the name',
    severity: { default: 'error', ...plainFor, 'copilot-cli': 'information', vscode: 'warning', sdk: 'information' },
    kinds: skills,
    why: 'The specification allows hyphens only one at a time and between other characters.',
    source: 'specification',
    check: (document, context) =>
      nameHit(
        document,
        context,
        'hyphens',
        (answer) => `A name has no hyphen at either end and no two in a row.${answer}`,
      ),
  },
  N08: {
    title: 'Name is not the folder’s',
    severity: { default: 'warning', ...plainFor, 'copilot-cli': 'information' },
    kinds: skills,
    why: 'The specification wants the folder’s name. opencode and Roo Code do not load the skill otherwise, and Claude Code calls it by the folder.',
    source: 'specification',
    saidByEditor: true,
    check: (document) =>
      hitOn(document, 'name', ({ value }) => {
        const { folder } = document
        const { text } = value
        if (folder === undefined || text === folder || !isSkillName(text) || text.normalize('NFKC') === folder)
          return undefined
        const message = `The name \`${value.text}\` and the folder \`${folder}\` must be the same; some clients do not load the skill otherwise.`
        return { span: value.span, message }
      }),
  },
  N09: {
    title: 'Reserved word in the name',
    severity: { default: 'information', 'publish-claude.ai': 'error' },
    kinds: skills,
    why: 'claude.ai and the Claude API refuse names with “anthropic” or “claude” in them.',
    source: 'claudeApi',
    check: (document) =>
      hitOn(document, 'name', ({ value }) => {
        const word = /anthropic|claude/i.exec(value.text)?.[0]
        return word ? { span: value.span, message: `claude.ai takes no skill with “${word}” in its name.` } : undefined
      }),
  },
  N10: {
    title: 'Tag in the name',
    severity: { default: 'error', ...plainFor },
    kinds: skills,
    why: 'The name is put into the prompt; a tag in it would be read as structure.',
    source: 'claudeApi',
    check: (document, context) => nameHit(document, context, 'tag', (answer) => `A name holds no tags.${answer}`),
  },
  N11: {
    title: 'Prefix in the name',
    severity: { default: 'error', ...plainFor, vscode: 'warning', 'copilot-cli': 'information' },
    kinds: skills,
    why: 'Clients put a plugin’s name and a colon before the skill’s themselves. VS Code silently does not load a skill that does it.',
    source: 'vscodeSkills',
    saidByEditor: true,
    check: (document, context) =>
      nameHit(document, context, 'prefix', (answer) => `A name has no prefix of its own.${answer}`),
  },
  N12: {
    title: 'Name says nothing',
    severity: 'hint',
    kinds: skills,
    why: 'People and agents choose by name; `helper` or `utils` could be anything.',
    source: 'bestPractices',
    check: (document) =>
      hitOn(document, 'name', ({ value }) =>
        commonNames.has(value.text.trim().toLowerCase())
          ? { span: value.span, message: `\`${value.text.trim()}\` does not say what the skill does.` }
          : undefined,
      ),
  },
  N13: {
    title: 'Letters beyond a-z in the name',
    severity: { default: 'error', ...plainFor, spec: 'information' },
    kinds: skills,
    why: 'The specification’s text says a-z, its validator takes all letters; VS Code, Copilot CLI, opencode and the Claude API take a-z only.',
    source: 'specification',
    saidByEditor: true,
    check: (document, context) =>
      nameHit(
        document,
        context,
        'letters',
        (answer) => `Not every client takes letters beyond a-z in a name.${answer}`,
      ),
  },
  N14: {
    title: 'Name of a built-in command',
    severity: { default: 'off', 'claude-code': 'information' },
    kinds: ['skill', 'flatSkill'],
    why: 'Claude Code has a command of this name; which of the two `/name` starts depends on its version.',
    source: 'claudeSkills',
    check: (document) => {
      if (document.kind === 'skill' && document.folder !== undefined && claudeCommands.has(document.folder)) {
        const message = `Claude Code has a command \`/${document.folder}\` of its own.`
        return document.fences ? [{ span: document.entry('name')?.value.span ?? document.fences.open, message }] : []
      }
      return []
    },
  },
  N15: {
    title: 'Name behind a plugin’s',
    severity: { default: 'off', 'claude-code': 'hint' },
    kinds: skills,
    why: 'In a plugin, the command is `/plugin:skill`.',
    source: 'claudePlugins',
    check: ({ path, entries, folder }, { files }) => {
      const root = path && /^(.*)\/skills\/[^/]+\/SKILL\.md$/i.exec(path)?.[1]
      const entry = entries.find(({ key }) => key === 'name')
      if (!root || !entry || /\/\.[^/]+$/.test(root)) return []
      const manifest = files.text(`${root}/.claude-plugin/plugin.json`)
      const plugin =
        manifest && manifest !== 'missing' ? /"name"\s*:\s*"([^"\\]{1,100})"/.exec(manifest)?.[1] : undefined
      return plugin ? [{ span: entry.value.span, message: `Claude Code calls this \`/${plugin}:${folder}\`.` }] : []
    },
  },
  N16: {
    title: 'Look-alike letters in the name',
    severity: 'warning',
    kinds: skills,
    why: 'A letter of another script that looks like a Latin one makes a second name that people cannot tell from the first.',
    source: 'specification',
    check: (document) =>
      troubleIn(document) === 'confusable'
        ? hitOn(document, 'name', ({ value }) => {
            return { span: value.span, message: 'A letter of another script looks like one of a-z here.' }
          })
        : [],
  },
})

/** The profiles that take names of the specification only. */
const strict: readonly ProfileId[] = ['spec', 'publish-claude.ai', 'publish-clawhub']

function nameHit(
  document: SkillDocument,
  { profiles: inForce }: RuleContext,
  trouble: Trouble,
  message: (answer: string) => string,
): Hit[] {
  const entry = troubleIn(document) === trouble ? textOf(document, 'name') : undefined
  if (!entry) return []
  const name = entry.text.trim()
  const refusing = profilesWhere((client) => !client.name.pattern.test(name))
  const wrongFor = [...strict, ...refusing]
  const takenBy = inForce.filter((id) => !wrongFor.includes(id) && profiles[id].client !== undefined)
  const answer = takenBy.length > 0 ? ` ${titlesOf(takenBy)} ${takenBy.length === 1 ? 'takes' : 'take'} it.` : ''
  if (inForce.some((id) => wrongFor.includes(id)))
    return [{ span: entry.value.span, message: message(answer), profiles: wrongFor }]
  const others = titlesOf(
    refusing.filter(
      (id) => profiles[id].client !== undefined && clients[profiles[id].client].name.folder !== undefined,
    ),
  )
  return [{ span: entry.value.span, message: message(`${answer} ${others} do not.`), severity: 'information' }]
}

const judged = once((document) => ({ trouble: troubleWith(document.entry('name')?.value.text ?? '') }))

function troubleIn(document: SkillDocument): Trouble {
  return judged(document).trouble
}

function troubleWith(written: string): Trouble {
  const name = written.trim()
  if (isSkillName(name)) return 'none'
  if (/<\/?[a-z][^>]*>/i.test(name)) return 'tag'
  if (/^[a-z0-9-]+[:/][a-z0-9-]+$/i.test(name)) return 'prefix'
  if (/[^\0-\x7F]/.test(name)) {
    if (looksLikeAscii(name)) return 'confusable'
    return isWellFormed(
      name
        .normalize('NFKC')
        .replace(/\p{Letter}/gu, 'a')
        .replace(/\p{Mark}/gu, ''),
    )
      ? 'letters'
      : 'characters'
  }
  if (isWellFormed(name)) return 'none'
  if (isWellFormed(name.toLowerCase())) return 'capitals'
  return /^[a-z0-9-]+$/.test(name) ? 'hyphens' : 'characters'
}

/** As the specification wants it, whatever its length. */
function isWellFormed(name: string): boolean {
  return /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name)
}
