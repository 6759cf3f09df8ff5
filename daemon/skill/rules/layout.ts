import type { Client } from '../clients/client.ts'
import { clients, type Placement, placementOf } from '../clients/clients.ts'
import type { SkillDocument } from '../document/document.ts'
import { isInside, nameIn, parentOf } from '../document/location.ts'
import { count, listed } from './entries.ts'
import { type ProfileId, profiles } from './profiles.ts'
import { type Hit, type RuleContext, ruleTable } from './rule.ts'
import { entriesBeside, firstLine } from './skillFolder.ts'

const skills = ['skill'] as const
const mostFiles = 200
const deepestFolder = 3
const highestOuter = 4
const megabyte = 1024 * 1024
const largestFolder = 8 * megabyte
/** Files that people read and no agent: of a skill they cost room and tell nothing. */
const forPeople = /^(?:README|CHANGELOG|CONTRIBUTING|INSTALLATION(?:_GUIDE)?|QUICK_?REFERENCE|AGENTS|CLAUDE)\.md$/i
const readAsText = /\.(?:md|txt|json|jsonl|csv|tsv|xml|ya?ml|html?|svg|log|sql)$/i
/** Folders that a skill may have; `evals` and `agents` are what its author and Codex look for. */
const knownFolders: ReadonlySet<string> = new Set(
  (
    'scripts references assets evals agents actions templates examples resources reference docs data lib src tests ' +
    'hooks themes fonts schemas prompts images bin core rules'
  ).split(' '),
)

/** L: where a skill lies, and what lies in its folder. */
export const layoutRules = ruleTable({
  L01: {
    title: 'Spelling of the file’s name',
    severity: 'error',
    kinds: skills,
    why: 'Clients look for `SKILL.md` in exactly these letters; where capitals count, they do not find the file.',
    source: 'specification',
    check: (document) => {
      const { path } = document
      if (path === undefined || nameIn(path) === 'SKILL.md') return []
      return [{ span: firstLine(document), message: `The file must be called \`SKILL.md\`, not \`${nameIn(path)}\`.` }]
    },
  },
  L02: {
    title: 'Place where a client does not look',
    severity: 'warning',
    kinds: ['skill', 'flatSkill'],
    why: 'A client looks for `<skill>/SKILL.md` in its folder of skills, and only so deep.',
    source: 'specification',
    check: (document, { home, profiles: inForce }) => {
      const { path, folderPath } = document
      const placement = path === undefined ? undefined : placementOf(path, home)
      if (path === undefined || folderPath === undefined || !placement) return []
      const isInPlace = folderPath.lastIndexOf('/') === placement.root.length
      if (document.kind !== 'flatSkill' && isInPlace) return []
      const readers = placement.readers.filter(({ client }) => inForce.includes(client))
      if (document.kind === 'flatSkill') return flat(document, placement, readers)
      const depth = path.slice(placement.root.length + 1).split('/').length - 1
      const blind = readers.filter(({ client: id }) => {
        const { folders }: Client = clients[id]
        const folder = folders.find(({ path, scope }) => path === placement.folder && scope === placement.scope)
        return folder !== undefined && (depth > folder.depth || (depth === 0 && id !== 'gemini'))
      })
      if (blind.length === 0) return []
      const who = listed(blind.map(({ client }) => clients[client].title))
      const message =
        depth === 0
          ? `A skill needs a folder of its own in \`${placement.folder}\`: ${who} ${blind.length === 1 ? 'does' : 'do'} not load this one.`
          : `${who} ${blind.length === 1 ? 'does' : 'do'} not look so deep below \`${placement.folder}\`.`
      return [{ span: firstLine(document), message, profiles: blind.map(({ client }): ProfileId => client) }]
    },
  },
  L03: {
    title: 'Skill in a skill',
    severity: 'information',
    kinds: skills,
    why: 'Some clients stop looking where they find a skill, others load both.',
    source: 'specification',
    check: (document, { files }) => {
      const { folderPath } = document
      if (folderPath === undefined) return []
      let folder = folderPath
      for (let up = 0; up < highestOuter; up++) {
        folder = parentOf(folder)
        if (folder === '' || /^(?:skills?|\..*)$/.test(nameIn(folder))) return []
        const outer = `${folder}/SKILL.md`
        const stat = files.stat(outer)
        if (stat === undefined) return []
        if (stat === 'missing') continue
        const message = `This skill lies in the folder of the skill \`${nameIn(folder)}\`; not every client finds it there.`
        return [{ span: firstLine(document), message, related: [{ message: 'The outer skill', path: outer }] }]
      }
      return []
    },
  },
  L04: {
    title: 'File for people in the skill’s folder',
    severity: 'hint',
    kinds: skills,
    why: 'A skill holds what an agent needs; notes on installing and changes only cost room, and AGENTS.md is not read there.',
    source: 'bestPractices',
    check: (document, { files }) => {
      const items = document.folderPath === undefined ? undefined : files.list(document.folderPath)
      if (items === undefined || items === 'missing') return []
      const found = items.filter(({ name, type }) => type === 'file' && forPeople.test(name)).map(({ name }) => name)
      if (found.length === 0) return []
      const message = `No agent looks for ${listed(found.map((name) => `\`${name}\``))} in a skill’s folder.`
      return [{ span: firstLine(document), message }]
    },
  },
  L05: {
    title: 'Folder is too deep or too full',
    severity: 'hint',
    kinds: skills,
    why: 'An agent finds its way by the links of SKILL.md; what lies deep or among hundreds of files it seldom reads.',
    source: 'bestPractices',
    check: (document, context) => {
      const entries = entriesBeside(document, context.files)
      if (!entries) return []
      let isDeep = false
      for (const { depth } of entries) isDeep ||= depth > deepestFolder
      if (entries.length <= mostFiles && !isDeep) return []
      const held = entries.filter(({ type }) => type === 'file')
      const deep = held.find(({ depth }) => depth > deepestFolder)
      const many = `The skill’s folder holds ${count(held.length)} files.`
      return [
        ...(deep
          ? [{ span: firstLine(document), message: `\`${deep.relative}\` lies ${deep.depth} folders deep.` }]
          : []),
        ...(held.length > mostFiles ? [{ span: firstLine(document), message: many }] : []),
      ]
    },
  },
  L06: {
    title: 'Folder of another name',
    severity: 'off',
    kinds: skills,
    why: 'The specification names `scripts`, `references` and `assets`; other folders are allowed.',
    source: 'specification',
    check: (document, { files }) => {
      const items = document.folderPath === undefined ? undefined : files.list(document.folderPath)
      if (items === undefined || items === 'missing') return []
      return items
        .filter(({ name, type }) => type === 'folder' && !name.startsWith('.') && !knownFolders.has(name))
        .map(({ name }) => ({
          span: firstLine(document),
          message: `\`${name}\` is none of the folders that skills usually have.`,
        }))
    },
  },
  L07: {
    title: 'Folder or file is too large',
    severity: 'warning',
    kinds: skills,
    why: 'claude.ai and the Claude API take at most 8 MB; a text of more than 1 MB does not fit into any context window.',
    source: 'claudeApi',
    check: sizes,
  },
  L08: {
    title: 'Link on the disk that leads nowhere or outside',
    severity: 'warning',
    kinds: skills,
    why: 'Whoever installs the skill gets the folder only: what a link outside leads to is missing there.',
    source: 'specification',
    check: (document, context) => {
      const { folderPath } = document
      const entries = entriesBeside(document, context.files)
      if (!entries || folderPath === undefined) return []
      const links = entries.filter(({ linked }) => linked)
      const real = links.length > 0 ? context.files.real(folderPath) : undefined
      return links.flatMap(({ path, relative, type }): Hit[] => {
        if (type === 'link') return [{ span: firstLine(document), message: `The link \`${relative}\` leads nowhere.` }]
        const target = context.files.real(path)
        if (target === undefined || target === 'missing' || real === undefined || real === 'missing') return []
        if (isInside(real, target)) return []
        return [{ span: firstLine(document), message: `The link \`${relative}\` leads out of the skill’s folder.` }]
      })
    },
  },
  L09: {
    title: 'Reserved folder',
    severity: 'error',
    kinds: skills,
    why: 'Claude Code keeps the skills of your claude.ai account in `~/.claude/skills/synced` and overwrites what lies there.',
    source: 'claudeSkills',
    check: (document, { home }) => {
      if (home === undefined || document.folderPath !== `${home}/.claude/skills/synced`) return []
      const message = 'Claude Code keeps `~/.claude/skills/synced` for itself: this skill is not loaded.'
      return [{ span: firstLine(document), message }]
    },
  },
  L10: {
    title: 'Hidden or ignored folder',
    severity: 'information',
    kinds: skills,
    why: 'Codex and others skip hidden folders, and a folder that git ignores reaches nobody else.',
    source: 'codexSkills',
    check: (document, { home, files }) => {
      const placement = document.path === undefined ? undefined : placementOf(document.path, home)
      if (!placement || document.folderPath === undefined) return []
      const { path } = document
      const dot = path!.indexOf('/.', placement.root.length)
      const dotted = dot < 0 ? undefined : /^([^/]*)\//.exec(path!.slice(dot + 1))?.[1]
      if (dotted !== undefined)
        return [{ span: firstLine(document), message: `Clients skip the hidden folder \`${dotted}\`.` }]
      if (placement.scope === 'personal') return []
      const ignored = ignoringLine(files.text(`${placement.base}/.gitignore`), path!.slice(placement.base.length))
      if (ignored === undefined) return []
      return [{ span: firstLine(document), message: `Git ignores this file: \`${ignored}\` in \`.gitignore\`.` }]
    },
  },
  L12: {
    title: 'No changelog',
    severity: 'off',
    kinds: skills,
    why: 'Only for those who keep one in every skill.',
    check: (document, { files }) => {
      const items = document.folderPath === undefined ? undefined : files.list(document.folderPath)
      if (items === undefined || items === 'missing') return []
      if (items.some(({ name }) => /^changelog(?:\.|$)/i.test(name))) return []
      return [{ span: firstLine(document), message: 'There is no `CHANGELOG.md` in the skill’s folder.' }]
    },
  },
})

/** A skill that is one file, in a folder whose clients want a folder for each. */
function flat(document: SkillDocument, placement: Placement, readers: Placement['readers']): Hit[] {
  if (document.folderPath !== placement.root || !document.entry('description')) return []
  const loose: readonly string[] = ['pi']
  const blind = readers.map(({ client }): ProfileId => client).filter((id) => !loose.includes(id))
  const who = listed(blind.map((id) => profiles[id].title))
  const message = `${who} ${blind.length === 1 ? 'loads' : 'load'} \`<skill>/SKILL.md\` only, not a file of its own.`
  return blind.length === 0 ? [] : [{ span: firstLine(document), message, profiles: blind }]
}

function sizes(document: SkillDocument, context: RuleContext): Hit[] {
  const entries = entriesBeside(document, context.files)
  if (!entries) return []
  const hits: Hit[] = []
  const span = firstLine(document)
  let all = 0
  let known = true
  for (const { path, relative, type, linked } of entries) {
    if (type !== 'file' || linked) continue
    const stat = context.files.stat(path)
    if (stat === undefined || stat === 'missing') {
      known &&= stat !== undefined
      continue
    }
    all += stat.size
    if (stat.size <= megabyte) continue
    const message = `\`${relative}\` has ${inMegabytes(stat.size)} MB.`
    hits.push({ span, message, severity: readAsText.test(relative) ? 'warning' : 'information' })
  }
  if (known && all > largestFolder) {
    hits.push({ span, message: `The skill’s folder has ${inMegabytes(all)} MB; at most 8 can be uploaded.` })
  }
  return hits
}

function inMegabytes(bytes: number): string {
  return (bytes / megabyte).toFixed(1)
}

/** The line of a `.gitignore` by which git ignores `/path`, as far as plain folders go; undefined where patterns are harder to read. */
function ignoringLine(text: string | undefined, path: string): string | undefined {
  if (text === undefined || text === 'missing') return undefined
  const lines = text.split(/\r?\n/, 2000).map((line) => line.trim())
  if (lines.some((line) => line.startsWith('!'))) return undefined
  const folders: string[] = []
  for (let at = parentOf(path); at !== ''; at = parentOf(at)) folders.push(at)
  return lines.find((line) => {
    if (line === '' || line.startsWith('#') || /[*?[\\]/.test(line)) return false
    const plain = line.replace(/\/$/, '')
    return plain.includes('/')
      ? folders.includes(plain.startsWith('/') ? plain : `/${plain}`)
      : folders.some((folder) => nameIn(folder) === plain)
  })
}
