import { CallGraph } from '../catalogue/callGraph.ts'
import type { FileRecord } from '../catalogue/catalogue.ts'
import { resolve } from '../catalogue/resolve.ts'
import { isOff, isOn } from '../clients/claudeBoolean.ts'
import { placementOf } from '../clients/clients.ts'
import { isCalledSkill } from '../document/calls.ts'
import { SkillDocument } from '../document/document.ts'
import type { Span } from '../document/fences.ts'
import { nameIn, type Path, parentOf, uriOf } from '../document/location.ts'
import type { Mention, NameMention } from '../document/mentions.ts'
import type { FileView } from '../workspace.ts'
import { soundEntry } from './entries.ts'
import { nearest } from './keyNames.ts'
import { isForPeople, malformedMentions } from './mentionText.ts'
import { configuredNamespaces } from './namespaces.ts'
import { claudeCommands, otherCommands } from './nameWords.ts'
import { forEachWord, once, onceKnown } from './once.ts'
import { type Hit, type RuleContext, ruleTable } from './rule.ts'
import { pluginRootOf } from './skillFolder.ts'

const everywhere = ['skill', 'flatSkill', 'agent', 'instructions', 'memory', 'markdown'] as const
const forModels = ['skill', 'flatSkill', 'agent', 'instructions'] as const
/** A name shorter than this can be near to another by chance: in texts it is no more than one letter away from what was meant. */
const sureName = 8

/** M: places that name a skill. */
export const mentionRules = ruleTable({
  M01: {
    title: 'Malformed mention',
    severity: 'warning',
    kinds: everywhere,
    anyMarkdown: true,
    why: 'What is not exactly `$[namespace].skill` is plain text: no skill is loaded.',
    source: 'skillsRuntime',
    needs: { words: ['$['] },
    check: (document) =>
      malformedMentions(document)
        .filter(({ type }) => type === 'shape')
        .map(({ span, reason }) => ({ span, message: `This is no mention of a skill: ${reason}.` })),
  },
  M02: {
    title: 'Namespace that is not configured',
    severity: { default: 'warning', sdk: 'error' },
    kinds: everywhere,
    anyMarkdown: true,
    why: 'Only the namespaces of `skills.spaces` are searched; a mention of another one ends the run.',
    source: 'skillsRuntime',
    needs: { words: ['$['] },
    check: (document, { files }) => {
      if (document.mentions.length === 0 || !document.folderPath) return []
      const spaces = configuredNamespaces(document.folderPath, files)
      if (!spaces) return []
      return document.mentions
        .map(({ namespace, skill, span }) => ({ name: namespace.join(':'), skill, span }))
        .filter(({ name }) => !spaces.includes(name))
        .map(({ name, span }) => {
          const near = nearest(name, spaces)
          const message = `No space is configured for \`${name}\`${near ? `; did you mean \`${near}\`?` : '.'}`
          return { span: { start: span.start + 2, end: span.start + 2 + name.length }, message }
        })
    },
  },
  M03: {
    title: 'Mention of an unknown skill',
    severity: { default: 'warning', sdk: 'error' },
    kinds: everywhere,
    anyMarkdown: true,
    why: 'There is nothing to load: skills-runtime ends the run.',
    source: 'skillsRuntime',
    needs: { words: ['$['] },
    check: (document, { catalogue, home }) => {
      if (!catalogue.complete) return []
      const unknown = document.mentions.filter(({ skill }) => catalogue.skills(skill).length === 0)
      // What nobody loads may write of mentions, in code: it is told once, that it would be one.
      const written = document.kind === 'markdown' && unknown.length > 0 ? new Set(inCode(document)) : undefined
      const nearName = forEachWord((name) => nearest(name, skillNames(catalogue)))
      return unknown.flatMap((mention): Hit | [] => {
        if (written?.has(mention)) return []
        const { skill, span } = mention
        const near = nearName(skill)
        const root = document.path && placementOf(document.path, home)?.root
        const message = `There is no skill \`${skill}\`${near ? `; did you mean \`${near}\`?` : '.'}`
        const data = { skill, ...(near ? { near } : {}), ...(root ? { root } : {}) }
        return { span: { start: span.end - skill.length, end: span.end }, message, data }
      })
    },
  },
  M04: {
    title: 'Bracket behind a mention',
    severity: 'warning',
    kinds: everywhere,
    anyMarkdown: true,
    why: 'A mention that a `]` follows at once is taken for plain text.',
    source: 'skillsRuntime',
    needs: { words: ['$['] },
    check: ({ text }) => {
      const hits: Hit[] = []
      for (let at = text.indexOf('$['); at >= 0; at = text.indexOf('$[', at + 2)) {
        bracketed.lastIndex = at
        if (!bracketed.test(text)) continue
        const end = bracketed.lastIndex
        const message = 'Because of this `]` the mention before it is plain text.'
        hits.push({ span: { start: end - 1, end }, message })
      }
      return hits
    },
  },
  M05: {
    title: 'Segments of a mention',
    severity: 'warning',
    kinds: everywhere,
    anyMarkdown: true,
    why: 'A namespace has 1 to 7 segments of 2 to 64 characters, and their order matters.',
    source: 'skillsRuntime',
    needs: { words: ['$['] },
    check: (document) => {
      const long = malformedMentions(document)
        .filter(({ type }) => type === 'length')
        .map(({ span, reason }): Hit => ({ span, message: `This is no mention of a skill: ${reason}.` }))
      if (document.mentions.length < 2) return long
      const first = new Map<string, string>()
      const swapped = document.mentions.flatMap(({ namespace, skill, span }): Hit[] => {
        const written = namespace.join(':')
        const key = `${[...namespace].sort().join(':')}.${skill}`
        const other = first.get(key) ?? written
        first.set(key, other)
        if (other === written) return []
        const message = `\`${other}\` is another namespace: the order of segments matters.`
        return [
          { span: { start: span.start + 2, end: span.start + 2 + written.length }, message, severity: 'information' },
        ]
      })
      return [...long, ...swapped]
    },
  },
  M06: {
    title: 'Mention in code',
    severity: 'information',
    kinds: everywhere,
    anyMarkdown: true,
    why: 'Backticks and code blocks do not stop a mention: the skill’s text is put into the prompt.',
    source: 'skillsRuntime',
    needs: { words: ['$['] },
    check: (document) => {
      return inCode(document).map(({ span, skill }) => {
        return { span, message: `Also as an example this loads the skill \`${skill}\`.` }
      })
    },
  },
  M07: {
    title: 'Name of no skill',
    severity: 'information',
    kinds: everywhere,
    anyMarkdown: true,
    why: 'Nothing is called so, in none of the folders that are open nor in the home directory.',
    source: 'claudeSkills',
    check: (document, { catalogue }) => {
      if (!catalogue.complete || !namesAny(document)) return []
      const nearName = forEachWord((name) => nearest(name, skillNames(catalogue), sureName))
      return document.nameMentions.filter(isCalledPlainly).flatMap((mention): Hit[] => {
        const { skill, span, form } = mention
        if (catalogue.skills(skill).length > 0 || catalogue.agents(skill).length > 0) return []
        if (claudeCommands.has(skill) || otherCommands.has(skill)) return []
        const near = skill.length > 3 ? nearName(skill) : undefined
        if (near === undefined && !(isCalledSkill(document.text, span) && (form === 'slash' || skill.includes('-'))))
          return []
        const message = `There is no skill \`${skill}\`${near ? `; did you mean \`${near}\`?` : '.'}`
        return [
          {
            span: { start: span.end - skill.length, end: span.end },
            message,
            ...(near ? { severity: 'warning', data: { near } } : {}),
          },
        ]
      })
    },
  },
  M08: {
    title: 'Name of several skills',
    severity: 'information',
    kinds: everywhere,
    anyMarkdown: true,
    why: 'Which one is meant depends on the client: some prefer yours, some the project’s.',
    source: 'claudeSkills',
    check: (document, context) =>
      called(document, context).flatMap(({ mention, records }): Hit[] => {
        const scopes = new Set(records.map(({ scope }) => scope))
        const texts = new Set(records.map(({ hash }) => hash))
        if (scopes.size < 2 || texts.size < 2) return []
        const related = records.slice(0, 5).map(({ path, scope }) => ({ message: `${scope ?? 'other'} skill`, path }))
        return [{ span: mention.span, message: `${records.length} skills are called \`${mention.skill}\`.`, related }]
      }),
  },
  M09: {
    title: 'Skill that cannot be started from here',
    severity: 'warning',
    kinds: forModels,
    why: 'With `disable-model-invocation: true` the model cannot start the skill, with `user-invocable: false` people cannot.',
    source: 'claudeSkills',
    check: (document, context) =>
      called(document, context).flatMap(({ mention, records }): Hit[] => {
        const target = readRecord(records[0], context.files)
        if (!target || target.path === document.path) return []
        const forPeople = isForPeople(document, mention)
        const key = forPeople ? 'user-invocable' : 'disable-model-invocation'
        const value = soundEntry(target, key)?.value
        if (!value || !(forPeople ? isOff(value) : isOn(value))) return []
        const message = forPeople
          ? `People cannot start \`${mention.skill}\`: it has \`user-invocable: false\`.`
          : `The model cannot start \`${mention.skill}\`: it has \`disable-model-invocation: true\`.`
        return [{ span: mention.span, message, related: [{ message: 'The skill', path: target.path! }] }]
      }),
  },
  M10: {
    title: 'Skill of a plugin',
    severity: 'information',
    kinds: everywhere,
    anyMarkdown: true,
    why: 'Claude Code calls the skills of a plugin `plugin:skill`.',
    source: 'claudePlugins',
    check: (document, context) =>
      called(document, context).flatMap(({ mention, records }): Hit[] => {
        const plugins = records.map(({ path }) => pluginNameOf(path, context.files))
        const own = document.path && pluginNameOf(document.path, context.files)
        const name = plugins[0]
        if (name === undefined || name === own || plugins.some((plugin) => plugin !== name)) return []
        const message = `It lies in the plugin \`${name}\`: Claude Code calls it \`${name}:${mention.skill}\`.`
        return [{ span: mention.span, message, profiles: ['claude-code', 'spec'], data: { plugin: name } }]
      }),
  },
  M11: {
    title: 'Skills that name each other',
    severity: 'information',
    kinds: ['skill'],
    why: 'An agent may follow them in a circle.',
    source: 'bestPractices',
    check: (document, context) => {
      const { path, folder: own } = document
      if (own === undefined || path === undefined || !namesAny(document)) return []
      const record = context.catalogue.get(path)
      if (!record) return []
      const named = [
        ...document.mentions.map(({ skill, span }) => ({ skill, span, record: context.catalogue.skills(skill)[0] })),
        ...called(document, context).map(({ mention: { skill, span }, records }) => ({
          skill,
          span,
          record: records[0],
        })),
      ]
      const graph = callGraph(context)
      const seen = new Set<string>()
      return named.flatMap(({ skill, span, record: first }): Hit[] => {
        if (!first || skill === own || seen.has(skill)) return []
        seen.add(skill)
        const way = graph.way(first, record)
        if (!way) return []
        const message = `\`${skill}\` leads back to this skill.`
        return [{ span, message, related: way.map((each) => ({ message: 'Goes on to', path: each })) }]
      })
    },
  },
  M12: {
    title: 'Path by a former name',
    severity: 'warning',
    kinds: ['skill'],
    why: 'The skill’s folder has another name by now; the path leads nowhere.',
    source: 'specification',
    needs: { words: ['skills/'] },
    check: (document, { files }) => formerNames(document, files),
  },
})

const bracketed = /\$\[[a-z0-9][a-z0-9:-]{0,460}\]\.[a-z0-9][a-z0-9_-]{0,62}[a-z0-9]\]/y
/** What other skills have as well proves nothing. */
const inEverySkill = /^(?:SKILL|README|CHANGELOG|LICENSE|reference|examples)\.\w+$/i
const formerPath = /(?<![\w.-])skills\/([a-z0-9][a-z0-9-]{0,63})\/([\w-][\w./-]{0,200}\.[A-Za-z0-9]{1,5})/g

/** Paths of the skill's own files by a name that its folder no longer has. */
export function formerNames(document: SkillDocument, files: FileView): Hit[] {
  const { folderPath, text, body } = document
  if (folderPath === undefined || !text.includes('skills/')) return []
  const now = nameIn(folderPath)
  return [...text.slice(body.start, body.end).matchAll(formerPath)].flatMap((match): Hit[] => {
    const [whole, name = '', rest = ''] = match
    const token = /\S*$/.exec(
      text.slice(Math.max(body.start, body.start + match.index - 200), body.start + match.index),
    )![0]
    if (token.includes('://')) return []
    if (name === now || inEverySkill.test(rest) || files.stat(`${parentOf(folderPath)}/${name}`) !== 'missing')
      return []
    const stat = files.stat(`${folderPath}/${rest}`)
    if (stat === undefined || stat === 'missing') return []
    const start = body.start + match.index + whole.length - rest.length - 1 - name.length
    const message = `There is no skill \`${name}\`; this file lies in \`${now}\`.`
    return [{ span: { start, end: start + name.length }, message }]
  })
}

/** The mentions in code of a line or block. */
const inCode = once((document): readonly Mention[] => {
  const { mentions } = document
  if (mentions.length === 0) return mentions
  const code: Span[] = []
  for (const { type, span } of document.blocks) if (type === 'fence' || type === 'indented') code.push(span)
  for (const { type, span } of document.inlines) if (type === 'code') code.push(span)
  code.sort((a, b) => a.start - b.start)
  let at = 0
  return mentions.filter(({ span }) => {
    while (at < code.length && code[at]!.end <= span.start) at++
    return at < code.length && code[at]!.start <= span.start
  })
})

function skillNames(catalogue: RuleContext['catalogue']): string[] {
  return [...catalogue.ofKind('skill'), ...catalogue.ofKind('flatSkill')].map(({ name }) => name)
}

const callGraph = onceKnown((catalogue, home) => new CallGraph(catalogue, home))

/** Most texts name no skill. */
function namesAny({ mentions, nameMentions }: SkillDocument): boolean {
  return mentions.length > 0 || nameMentions.some(isCalledPlainly)
}

function isCalledPlainly({ prefix, called }: NameMention): boolean {
  return called && prefix === ''
}

const none: readonly Called[] = []

interface Called {
  readonly mention: NameMention
  readonly records: readonly FileRecord[]
}

/** The names in the text that are skills and are spoken of as such, with what they mean, the nearest first. */
function called(document: SkillDocument, { catalogue, home }: RuleContext): readonly Called[] {
  if (!document.nameMentions.some(isCalledPlainly)) return none
  return document.nameMentions.flatMap((mention): Called[] => {
    if (!isCalledPlainly(mention)) return []
    const records = resolve(catalogue, { of: 'skill', name: mention.skill }, document.path, home)
    return records.length > 0 ? [{ mention, records }] : []
  })
}

function readRecord(record: FileRecord | undefined, files: FileView): SkillDocument | undefined {
  const text = record && files.text(record.path)
  if (!record || text === undefined || text === 'missing') return undefined
  return new SkillDocument({ uri: uriOf(record.path), languageId: 'skill', version: 0, text })
}

/** The name of the plugin that a file lies in; undefined where it lies in none, or that is not known. */
function pluginNameOf(path: Path, files: FileView): string | undefined {
  const root = pluginRootOf(path, files)
  if (root === undefined || root === 'none') return undefined
  const manifest = files.text(`${root}/.claude-plugin/plugin.json`)
  if (manifest === undefined || manifest === 'missing') return undefined
  return /"name"\s*:\s*"([^"\\]{1,100})"/.exec(manifest)?.[1]
}
