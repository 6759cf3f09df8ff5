import { clients } from '../clients/clients.ts'
import { actsOn, isEcosystemKey, skillKey, skillKeys, variantOf } from '../clients/keys.ts'
import { ecosystemKeys, publishedKeys } from '../clients/keyTable.ts'
import type { SkillDocument } from '../document/document.ts'
import { type Entry, entryIn, type Value } from '../document/value.ts'
import {
  count,
  hitOn,
  isEmpty,
  kindInWords,
  lengthOf,
  listed,
  soundEntry,
  textOf,
  titlesOf,
  valueOrKey,
} from './entries.ts'
import { globTrouble } from './globs.ts'
import { hitsAmong } from './hits.ts'
import { hookHits } from './hooks.ts'
import { nearest, nearestKey } from './keyNames.ts'
import { once } from './once.ts'
import { openclawHits } from './openclaw.ts'
import { type ProfileId, profiles } from './profiles.ts'
import { type Hit, type RuleContext, ruleTable } from './rule.ts'
import { unknownValue } from './unknownValue.ts'

const skills = ['skill'] as const
const commands = ['skill', 'flatSkill'] as const
const claudeAgents = ['general-purpose', 'Explore', 'Plan', 'statusline-setup', 'claude-code-guide']
const replaced: Readonly<Record<string, string>> = { mode: 'modeSlugs', tools: 'allowed-tools' }
/** The keys of which some values are wrong, in all their spellings. */
const keysOfValues = skillKeys
  .filter(({ key, shapes, closed }) => shapes[0] === 'boolean' || closed || key === 'model')
  .flatMap(({ key, spellings = [] }) => [key, ...spellings])
const longestShort = 1024
const longestCompatibility = 500

/** K: the other keys. */
export const keyRules = ruleTable({
  K01: {
    title: 'Unknown key',
    severity: 'hint',
    kinds: skills,
    why: 'No client acts on it. It does no harm, unless it is a typing error.',
    source: 'specification',
    check: (document) =>
      hitsAmong(unusualEntries(document), ({ key, keySpan }) => {
        if (skillKey(key) || isEcosystemKey(key) || variantOf(key) || key === '<<') return undefined
        const near = nearestKey(key)
        if (near === undefined) {
          const message = `No client knows the key \`${key}\`.`
          return { span: keySpan, message, faded: 'unnecessary', saidByEditor: true }
        }
        const message = `No client knows the key \`${key}\`; did you mean \`${near}\`?`
        return { span: keySpan, message, severity: 'warning', data: { near } }
      }),
  },
  K02: {
    title: 'Key that a client ignores',
    severity: 'hint',
    kinds: skills,
    why: 'The key does nothing in a client that the skill is written for.',
    source: 'specification',
    check: (document, { profiles: inForce }) => hitsAmong(unusualEntries(document), (entry) => ignored(entry, inForce)),
  },
  K03: {
    title: 'Misspelled key',
    severity: 'warning',
    kinds: skills,
    why: 'Keys are written in lowercase with hyphens. Claude Code forgives capitals and underscores, others do not.',
    source: 'claudeSkills',
    check: (document, { profiles: inForce }) =>
      hitsAmong(unusualEntries(document), ({ key, keySpan }) => {
        const meant = variantOf(key)
        if (!meant) return undefined
        const forgiven = meant.variants?.includes(key) !== true && inForce.every((id) => id === 'claude-code')
        const message = `The key is spelled \`${meant.key}\`; clients other than Claude Code do not see this one.`
        const unknown = `The key is spelled \`${meant.key}\`; no client knows \`${key}\`.`
        const wrong = meant.variants?.includes(key) ? unknown : message
        return { span: keySpan, message: wrong, data: { near: meant.key }, ...(forgiven ? { severity: 'hint' } : {}) }
      }),
  },
  K04: {
    title: 'Replaced key',
    severity: 'hint',
    kinds: skills,
    why: 'The key has another name by now, or belongs to another kind of file.',
    source: 'specification',
    needs: { keys: Object.keys(replaced) },
    check: (document) =>
      soundEntries(document).flatMap(({ key, keySpan }): Hit[] => {
        const instead = replaced[key]
        if (instead === undefined || document.entry(instead)) return []
        const message = `In skills this is \`${instead}\`.`
        return [{ span: keySpan, message, faded: 'deprecated', data: { near: instead } }]
      }),
  },
  K05: {
    title: 'Licence',
    severity: 'warning',
    kinds: skills,
    why: 'The licence is a name or the name of a file in the skill’s folder.',
    source: 'specification',
    needs: { keys: ['license'] },
    check: (document, { files }) =>
      hitOn(document, 'license', (entry) => {
        const { value } = entry
        if (isEmpty(value)) return { span: valueOrKey(entry), message: '`license` is empty; leave the key out.' }
        if (value.kind !== 'text' && value.kind !== 'map') {
          return { span: value.span, message: `A licence is a string, but YAML reads this as ${kindInWords(value)}.` }
        }
        const file = /\b(?:LICEN[CS]E|COPYING|NOTICE)(?:\.[A-Za-z]{2,4})\b/.exec(value.text)?.[0]
        if (!file || document.folderPath === undefined) return undefined
        if (files.stat(`${document.folderPath}/${file}`) !== 'missing') return undefined
        return { span: value.span, message: `There is no file \`${file}\` in the skill’s folder.` }
      }),
  },
  K06: {
    title: 'Compatibility',
    severity: { default: 'error', 'claude-code': 'hint', vscode: 'warning' },
    kinds: skills,
    why: 'The specification takes 1 to 500 characters.',
    source: 'specification',
    needs: { keys: ['compatibility'] },
    check: (document) =>
      hitOn(document, 'compatibility', (entry) => {
        const { value } = entry
        if (isEmpty(value)) return { span: valueOrKey(entry), message: 'It is empty; leave the key out.' }
        if (value.kind !== 'text') {
          const message = `It must be a string, but YAML reads this as ${kindInWords(value)}.`
          return { span: value.span, message, ...(value.kind === 'map' ? { severity: 'information' } : {}) }
        }
        const length = lengthOf(value.text.trim())
        const message = `It has ${count(length)} characters; at most ${longestCompatibility} are allowed.`
        return length > longestCompatibility ? { span: value.span, message } : undefined
      }),
  },
  K07: {
    title: 'Metadata that is no text',
    severity: { default: 'information', 'claude-code': 'hint' },
    kinds: skills,
    why: 'The specification’s metadata maps strings to strings; a number such as `1.0` loses its digits.',
    source: 'specification',
    needs: { keys: ['metadata'] },
    check: (document) => {
      const value = soundEntry(document, 'metadata')?.value
      if (!value || value.kind === 'empty') return []
      if (value.kind !== 'map') {
        const message = `Metadata is a map of strings, but YAML reads this as ${kindInWords(value)}; clients drop it.`
        return [{ span: value.span, message, severity: 'warning' }]
      }
      return value.entries
        .filter((entry) => entry.value.kind === 'number' || entry.value.kind === 'boolean')
        .map((entry) => ({
          span: entry.value.span,
          message: `YAML reads this as ${kindInWords(entry.value)}; write it in quotes.`,
        }))
    },
  },
  K08: {
    title: 'Key that no client acts on',
    severity: 'hint',
    kinds: skills,
    why: 'Many authors write it, none of the clients reads it. In `metadata` it is at home, and publishers take it.',
    source: 'specification',
    saidByEditor: true,
    needs: { keys: ecosystemKeys },
    check: (document, { profiles: inForce }) =>
      soundEntries(document)
        .filter(({ key }) => isEcosystemKey(key) && !(key in replaced) && !inForce.every((id) => takes(id, key)))
        .map(({ key, keySpan }) => ({
          span: keySpan,
          message: `No client acts on \`${key}\`; it belongs in \`metadata\`.`,
        })),
  },
  K09: {
    title: 'Key that the publisher refuses',
    severity: { default: 'off', 'publish-claude.ai': 'error', 'publish-clawhub': 'error' },
    kinds: skills,
    why: 'An upload with other keys than the specification’s is refused.',
    source: 'claudeApi',
    check: (document) =>
      soundEntries(document)
        .filter(({ key }) => skillKey(key)?.specified !== true)
        .map(({ key, keySpan }) => {
          const refusing = (Object.keys(publishedKeys) as (keyof typeof publishedKeys)[]).filter(
            (id) => !takes(id, key),
          )
          return { span: keySpan, message: `The upload is refused because of the key \`${key}\`.`, profiles: refusing }
        })
        .filter((hit) => hit.profiles.length > 0),
  },
  K10: {
    title: 'OpenClaw’s metadata',
    severity: 'warning',
    kinds: skills,
    why: 'OpenClaw reads here what the skill needs; what it does not understand it ignores.',
    source: 'openclawSkills',
    needs: { keys: ['metadata'] },
    check: (document) => openclawHits(soundEntry(document, 'metadata')?.value),
  },
  K11: {
    title: 'Short description is too long',
    severity: 'warning',
    kinds: skills,
    why: 'Codex takes at most 1,024 characters of `metadata.short-description`.',
    source: 'codexSkills',
    needs: { keys: ['metadata'] },
    check: (document) => {
      const entry = entryIn(soundEntry(document, 'metadata')?.value, 'short-description')
      const length = entry?.value.kind === 'text' ? lengthOf(entry.value.text.trim()) : 0
      const message = `It has ${count(length)} characters; Codex takes ${count(longestShort)}.`
      return entry && length > longestShort ? [{ span: entry.value.span, message }] : []
    },
  },
  K12: {
    title: 'Internal skill',
    severity: 'information',
    kinds: skills,
    why: 'The `skills` command line does not offer it for installation.',
    source: 'specification',
    needs: { keys: ['metadata'] },
    check: (document) => {
      const entry = entryIn(soundEntry(document, 'metadata')?.value, 'internal')
      const message = 'The skill is hidden from installation by `skills add`.'
      return entry?.value.scalar === true ? [{ span: entry.keySpan, message }] : []
    },
  },
  K13: {
    title: 'Value that a client does not know',
    severity: 'warning',
    kinds: commands,
    why: 'A client that does not know the value acts as if the key were not there.',
    source: 'claudeSkills',
    needs: { keys: keysOfValues },
    check: (document) => soundEntries(document).flatMap(unknownValue),
  },
  K14: {
    title: 'Needs `context: fork`',
    severity: 'warning',
    kinds: commands,
    why: 'Only a forked skill runs as an agent, in the background or not.',
    source: 'claudeSkills',
    needs: { keys: ['agent', 'background'] },
    check: (document) => {
      if (soundEntry(document, 'context')) return []
      return soundEntries(document)
        .filter(({ key }) => key === 'agent' || key === 'background')
        .map(({ key, keySpan }) => ({
          span: keySpan,
          message: `\`${key}\` does nothing without \`context: fork\`.`,
          profiles: ['claude-code', 'spec'] as const,
        }))
    },
  },
  K15: {
    title: 'Hooks',
    severity: 'error',
    kinds: ['skill', 'flatSkill', 'agent'],
    why: 'Hooks of a wrong shape are not run.',
    source: 'claudeHooks',
    needs: { keys: ['hooks'] },
    check: (document) => hookHits(soundEntry(document, 'hooks'), document.kind === 'agent'),
  },
  K16: {
    title: 'Patterns of paths',
    severity: 'warning',
    kinds: commands,
    why: 'A pattern that cannot be read matches nothing, and the skill is never offered.',
    source: 'claudeSkills',
    needs: { keys: ['paths'] },
    check: (document) => {
      const entry = soundEntry(document, 'paths')
      if (!entry) return []
      if (isEmpty(entry.value)) return [{ span: valueOrKey(entry), message: 'No pattern: the skill is never offered.' }]
      const values = entry.value.kind === 'list' ? entry.value.items : [entry.value]
      return values.flatMap((value): Hit[] => {
        const trouble = value.kind === 'text' ? globTrouble(value.text) : `YAML reads this as ${kindInWords(value)}`
        return trouble === undefined ? [] : [{ span: value.span, message: `Not a pattern of paths: ${trouble}.` }]
      })
    },
  },
  K17: {
    title: 'Names of arguments',
    severity: 'warning',
    kinds: commands,
    why: 'A name that is no name, or stands twice, is never replaced in the text.',
    source: 'claudeSkills',
    needs: { keys: ['arguments'] },
    check: (document) => {
      const value = soundEntry(document, 'arguments')?.value
      if (!value) return []
      const seen = new Set<string>()
      return namesOf(document, value).flatMap(({ name, span }): Hit[] => {
        const twice = seen.has(name)
        seen.add(name)
        if (twice) return [{ span, message: `The argument \`${name}\` stands here twice.` }]
        if (/^[A-Za-z_][\w-]*$/.test(name)) return []
        return [
          { span, message: `\`${name}\` is no name: letters, digits, \`_\` and \`-\`, not beginning with a digit.` },
        ]
      })
    },
  },
  K18: {
    title: 'Argument hint is no text',
    severity: { default: 'warning', 'claude-code': 'hint' },
    kinds: commands,
    why: '`[file]` without quotes is a list to YAML. Claude Code makes a text of it, VS Code reports an error.',
    source: 'vscodeSkills',
    saidByEditor: true,
    needs: { keys: ['argument-hint'] },
    check: (document) =>
      hitOn(document, 'argument-hint', ({ value }) =>
        value.kind === 'text' || value.kind === 'empty'
          ? undefined
          : {
              span: value.span,
              message: `A hint is a text, but YAML reads this as ${kindInWords(value)}; write it in quotes.`,
            },
      ),
  },
  K19: {
    title: 'Unknown agent',
    severity: 'warning',
    kinds: commands,
    why: 'A forked skill whose agent is not there does not start.',
    source: 'claudeAgents',
    needs: { keys: ['agent'] },
    check: (document, { catalogue }) => {
      const entry = textOf(document, 'agent')
      const name = entry?.text.trim() ?? ''
      if (!entry || !catalogue.complete || claudeAgents.includes(name) || name.includes(':')) return []
      if (catalogue.agents(name).length > 0) return []
      const known = [...claudeAgents, ...catalogue.ofKind('agent').map((agent) => agent.name)]
      const near = nearest(name, known)
      const message = `There is no agent \`${name}\`${near ? `; did you mean \`${near}\`?` : '.'}`
      return [
        { span: entry.value.span, message, profiles: ['claude-code', 'spec'], ...(near ? { data: { near } } : {}) },
      ]
    },
  },
})

function soundEntries(document: SkillDocument): readonly Entry[] {
  return document.isReadable ? document.entries : []
}

/** The keys that every client acts on, and those of the specification. */
const usual: ReadonlySet<string> = new Set(
  skillKeys.flatMap(({ key, clients: who, specified }) => (who === 'all' || specified ? [key] : [])),
)

/** The pairs with other keys. */
const unusualEntries = once((document): readonly Entry[] => soundEntries(document).filter(({ key }) => !usual.has(key)))

function takes(id: ProfileId, key: string): boolean {
  return id in publishedKeys && publishedKeys[id as keyof typeof publishedKeys].includes(key)
}

function ignored({ key, keySpan }: Entry, inForce: RuleContext['profiles']): Hit | undefined {
  const known = skillKey(key)
  if (!known || known.clients === 'all' || known.specified || key in replaced) return undefined
  const actors = known.clients.map((id) => clients[id].title)
  const ignoring = inForce.filter((id) => {
    const { client } = profiles[id]
    return client !== undefined && !actsOn(client, known)
  })
  const onlySpec = inForce.every((id) => id === 'spec')
  if (ignoring.length === 0 && !onlySpec) return undefined
  const who = onlySpec
    ? 'Other clients ignore it.'
    : `${titlesOf(ignoring)} ${ignoring.length === 1 ? 'ignores' : 'ignore'} it.`
  const message = `Only ${listed(actors)} ${actors.length === 1 ? 'acts' : 'act'} on \`${key}\`. ${who}`
  return { span: keySpan, message, saidByEditor: !known.knownToEditor && ignoring.every((id) => id === 'vscode') }
}

function namesOf(document: SkillDocument, value: Value): { name: string; span: Hit['span'] }[] {
  if (value.kind === 'list')
    return value.items.map(({ text, span, scalar }) => ({ name: text || String(scalar ?? ''), span }))
  if (value.kind !== 'text') return []
  return [...document.slice(value.span).matchAll(/[^\s,'"]+/g)].map((match) => {
    const start = value.span.start + match.index
    return { name: match[0], span: { start, end: start + match[0].length } }
  })
}
