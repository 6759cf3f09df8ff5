import type { Catalogue, FileRecord, ListingSum } from '../catalogue/catalogue.ts'
import { rivalsOf, type Standpoint } from '../catalogue/precedence.ts'
import { hashOf } from '../catalogue/record.ts'
import type { Client } from '../clients/client.ts'
import { clientIds, clients, type Placement, placementOf } from '../clients/clients.ts'
import type { ClientId } from '../clients/clientTable.ts'
import type { SkillDocument } from '../document/document.ts'
import { isInside, nameIn, type Path, parentOf, resolveIn } from '../document/location.ts'
import { entryIn } from '../document/value.ts'
import { count, textOf, titlesOf } from './entries.ts'
import { partsOf } from './plugins.ts'
import { type ProfileId, profiles } from './profiles.ts'
import { type Hit, type RuleContext, ruleTable } from './rule.ts'
import { headOf } from './skillFiles.ts'

const kinds = ['skill'] as const
const enough = 40

/** C: skills among others. */
export const catalogueRules = ruleTable({
  C01: {
    title: 'Two skills of one name',
    severity: { default: 'warning', 'claude-code': 'hint' },
    kinds,
    why: 'In one folder of skills only one of them is used, or both are listed and cannot be told apart. Claude Code calls them by their folders.',
    source: 'specification',
    check: (document, context) => {
      const here = placed(document, context)
      const others = here ? namesakes(document, context) : noRecords
      if (!here || others.length === 0) return []
      return others
        .filter(
          ({ path }) =>
            placementOf(path, context.home)?.root === here.root && nameIn(parentOf(path)) !== document.folder,
        )
        .map((other) => {
          const message = `\`${nameIn(parentOf(other.path))}\` in the same folder has this name as well.`
          return { span: headOf(document), message, related: [{ message: 'The other skill', path: other.path }] }
        })
    },
  },
  C02: {
    title: 'Another skill is used instead',
    severity: 'information',
    kinds,
    why: 'Of several skills of one name most clients use one; this file has no effect there.',
    source: 'claudeSkills',
    check: (document, context) =>
      contests(document, context).flatMap(({ client, winner }): Hit[] => {
        if (winner.path === document.path || !context.profiles.includes(client)) return []
        const message = `${clients[client].title} uses the skill of this name in \`${shown(winner.path, context)}\`.`
        return [
          {
            span: headOf(document),
            message,
            profiles: [client],
            related: [{ message: 'The skill that is used', path: winner.path }],
          },
        ]
      }),
  },
  C03: {
    title: 'Clients use different skills',
    severity: 'warning',
    kinds,
    why: 'Claude Code prefers the home directory to the project, most others the project: the same name means different things.',
    source: 'claudeSkills',
    check: (document, context) => {
      const fought = contests(document, context)
      if (fought.length === 0) return []
      const own = fought.filter(({ ranked }) => new Set(ranked.map(({ scope }) => scope)).size > 1)
      const using = (test: (path: Path) => boolean) =>
        own.filter(({ winner }) => test(winner.path)).map(({ client }): ProfileId => client)
      const here = using((path) => path === document.path)
      const elsewhere = using((path) => path !== document.path)
      const other = own.find(({ winner }) => winner.path !== document.path)?.winner
      if (here.length === 0 || elsewhere.length === 0 || !other || other.hash === hashOf(document.text)) return []
      const message = `${titlesOf(here)} ${here.length === 1 ? 'uses' : 'use'} this skill, ${titlesOf(elsewhere)} the one in \`${shown(other.path, context)}\`.`
      return [{ span: headOf(document), message, related: [{ message: 'The other skill', path: other.path }] }]
    },
  },
  C04: {
    title: 'Descriptions do not fit into the listing',
    severity: 'information',
    kinds,
    why: 'A client shows the model names and descriptions of all skills up to a limit; what is used least loses its description first.',
    source: 'claudeSkills',
    check: (document, context) => {
      const here = placed(document, context)
      const lister = here ? listersIn(context.profiles) : none
      const entry = lister.length > 0 ? textOf(document, 'description') : undefined
      if (!here || !entry || document.entry('disable-model-invocation')?.value.scalar === true) return []
      return lister.flatMap((client): Hit[] => {
        if (!here.readers.some((reader) => reader.client === client)) return []
        // Which of one name wins is not looked at.
        const message = overflowOf(client, context.catalogue.listing(client, here.base))
        return message === '' ? [] : [{ span: entry.value.span, message, profiles: [client] }]
      })
    },
  },
  C05: {
    title: 'Description of another skill',
    severity: 'warning',
    kinds,
    why: 'With the same description under two names the model picks either.',
    source: 'bestPractices',
    check: (document, context) => {
      const entry = textOf(document, 'description')
      const here = placed(document, context)
      const text = entry?.text.trim() ?? ''
      if (!entry || !here || text.length < enough) return []
      const name = document.entry('name')?.value.text ?? document.folder
      const twin = context.catalogue.described(text).find((other) => {
        if (other.path === document.path || other.name === name) return false
        const there = placementOf(other.path, context.home)
        // Within one folder of skills near-duplicates have a rule of their own.
        return (
          there !== undefined && there.root !== here.root && (there.base === here.base || other.scope === 'personal')
        )
      })
      if (!twin) return []
      const message = `The skill \`${twin.name}\` in \`${shown(twin.path, context)}\` has the same description.`
      return [{ span: entry.value.span, message, related: [{ message: 'The other skill', path: twin.path }] }]
    },
  },
  C06: {
    title: 'Folder that a client does not read',
    severity: 'warning',
    kinds,
    why: 'The skill is not there for a client that it is meant for.',
    source: 'specification',
    check: (document, context) => {
      const here = placed(document, context)
      if (!here) return []
      const blind = blindTo(here.readers, context.profiles)
      if (blind.length === 0) return []
      const folder = commonFolder(blind, here, context.profiles)
      const message = `${titlesOf(blind)} ${blind.length === 1 ? 'does' : 'do'} not read \`${here.folder}\`.`
      return [
        {
          span: headOf(document),
          message,
          profiles: blind,
          ...(folder ? { data: { folder: `${here.base}/${folder}`, base: here.root } } : {}),
        },
      ]
    },
  },
  C07: {
    title: 'Copies of a skill differ',
    severity: 'warning',
    kinds,
    why: 'The skill lies in several folders of the project for several clients; each of them reads another text.',
    source: 'specification',
    check: (document, context) => {
      const here = placed(document, context)
      if (!here || document.folder === undefined) return []
      const others = namesakes(document, context)
      if (others.length === 0) return []
      const hash = hashOf(document.text)
      return others
        .filter(({ path, hash: other }) => {
          const there = placementOf(path, context.home)
          const isCopy =
            there?.base === here.base && there.root !== here.root && nameIn(parentOf(path)) === document.folder
          return isCopy && other !== hash
        })
        .map((other) => {
          const message = `The copy in \`${shown(other.path, context)}\` has another text.`
          return {
            span: headOf(document),
            message,
            related: [{ message: 'The other copy', path: other.path }],
            data: { other: other.path },
          }
        })
    },
  },
  C08: {
    title: 'Path of a manifest leads nowhere',
    severity: 'error',
    kinds: ['plugin', 'marketplace', 'skillsLock'],
    why: 'What a manifest names and is not there is not loaded.',
    source: 'claudePlugins',
    check: (document, context) =>
      document.kind === 'skillsLock' ? lockHits(document, context) : partHits(document, context),
  },
})

/** The folder of skills that a document lies in, where the catalogue knows all of them. */
function placed({ path, folder }: SkillDocument, { catalogue, home }: RuleContext): Placement | undefined {
  return path !== undefined && folder !== undefined && catalogue.complete ? placementOf(path, home) : undefined
}

/** Other skills with the name that the text has now. */
function namesakes(document: SkillDocument, { catalogue }: RuleContext): readonly FileRecord[] {
  const name = document.entry('name')?.value.text.trim() || document.folder
  const found = name === undefined ? noRecords : catalogue.skills(name)
  if (found.length === 0 || (found.length === 1 && found[0]!.path === document.path)) return noRecords
  return found.filter((other) => other.kind === 'skill' && other.name === name && other.path !== document.path)
}

const noRecords: readonly FileRecord[] = []

interface Contest {
  readonly client: ClientId
  readonly winner: FileRecord
  readonly ranked: readonly FileRecord[]
}

/** For each client that reads the skill and others of its name: which one it uses. */
function contests(document: SkillDocument, context: RuleContext): Contest[] {
  const here = placed(document, context)
  const own = document.path === undefined ? undefined : context.catalogue.get(document.path)
  if (!here || !own || !(isShared(own.name, context) || isShared(document.folder!, context))) return []
  const standpoint = standpointOf(here, context)
  return here.readers.flatMap(({ client }): Contest[] => {
    const name = client === 'claude-code' ? document.folder! : own.name
    const { ranked, shown } = rivalsOf(client, name, context.catalogue, standpoint)
    const winner = ranked[0]
    const isFought = ranked.length > 1 && shown === 1 && ranked.some(({ path }) => path === document.path)
    return winner && isFought ? [{ client, winner, ranked }] : []
  })
}

function isShared(name: string, { catalogue }: RuleContext): boolean {
  return catalogue.skills(name).length > 1
}

function standpointOf({ base, scope }: Placement, { home }: RuleContext): Standpoint {
  return { project: scope === 'personal' ? undefined : base || '/', home }
}

/** A folder as people know it. */
function shown(path: Path, { home }: RuleContext): string {
  const folder = parentOf(path)
  return home !== undefined && isInside(home, folder) ? `~${folder.slice(home.length)}` : folder
}

const none: readonly ClientId[] = []
const ofProfiles = new WeakMap<readonly ProfileId[], readonly ClientId[]>()

/** The clients in force whose listing has a limit; the same profiles are in force for many documents. */
function listersIn(inForce: readonly ProfileId[]): readonly ClientId[] {
  const known = ofProfiles.get(inForce)
  if (known) return known
  const distinct = new Set(inForce.flatMap((id) => profiles[id].client ?? []))
  const listers = [...distinct].filter((client) => (clients[client] as Client).listing)
  ofProfiles.set(inForce, listers)
  return listers
}

const told = new WeakMap<ListingSum, string>()

/** What does not fit into a client's listing, in words; empty where all does. The same sum is asked about for each skill in it. */
function overflowOf(client: ClientId, sum: ListingSum): string {
  const known = told.get(sum)
  if (known !== undefined) return known
  const { listing, title }: Client = clients[client]
  const window = listing?.unit === 'characters' ? ' at a window of 200,000 tokens' : ''
  const message =
    listing && sum.used > listing.fallback
      ? `${title} lists ${count(listing.fallback)} ${listing.unit} of skills${window}; the ${count(sum.skills)} that it finds here have ${count(sum.used)}. Some are shown without their description.`
      : ''
  told.set(sum, message)
  return message
}

let lastBlind:
  | {
      readonly readers: Placement['readers']
      readonly inForce: readonly ProfileId[]
      readonly blind: readonly ProfileId[]
    }
  | undefined

/** The profiles whose client reads folders, and none that `readers` read: the same for all skills of a folder. */
function blindTo(readers: Placement['readers'], inForce: readonly ProfileId[]): readonly ProfileId[] {
  if (lastBlind?.readers === readers && lastBlind.inForce === inForce) return lastBlind.blind
  const blind = inForce.filter((id) => {
    const { client, publishes } = profiles[id]
    return (
      client && !publishes && clients[client].folders.length > 0 && !readers.some((reader) => reader.client === client)
    )
  })
  lastBlind = { readers, inForce, blind }
  return blind
}

/** A folder that all of these clients read, and those that read the present one as well. */
function commonFolder(blind: readonly ProfileId[], here: Placement, inForce: readonly ProfileId[]): string | undefined {
  const wanted = [...new Set(inForce.map((id) => profiles[id].client))].filter((client) => client !== undefined)
  const reads = (client: ClientId, path: string) =>
    clients[client].folders.some((folder) => folder.path === path && folder.scope === here.scope)
  const paths = new Set(blind.flatMap((id) => clientFolders(profiles[id].client, here.scope)))
  return [...paths].find((path) => wanted.every((client) => reads(client, path)))
}

function clientFolders(client: ClientId | undefined, scope: Placement['scope']): string[] {
  if (!client || !clientIds.includes(client)) return []
  return clients[client].folders.filter((folder) => folder.scope === scope).map(({ path }) => path)
}

function partHits(document: SkillDocument, { files }: RuleContext): Hit[] {
  return partsOf(document).flatMap(({ key, base, value }): Hit[] => {
    if (/[*?{[]/.test(value.text)) return []
    const path = resolveIn(base, value.text)
    if (files.stat(path) === 'missing') {
      // Generators name the folder where a client looks anyway, whether the plugin has one or not.
      const isDefault = value.text.replace(/^\.\/|\/$/g, '') === key
      const message = `There is no \`${value.text}\` in the plugin.`
      return [{ span: value.span, message, ...(isDefault ? { severity: 'hint' } : {}) }]
    }
    return key === 'skills' && files.list(path) !== 'missing' && files.list(path)?.length === 0
      ? [{ span: value.span, message: `\`${value.text}\` is empty.`, severity: 'warning' }]
      : []
  })
}

/** Skills that the lock names and that lie in no folder of the project. They may only wait to be installed. */
function lockHits(document: SkillDocument, { catalogue, home }: RuleContext): Hit[] {
  const { folderPath } = document
  const skills = document.isReadable ? entryIn(document.yaml.root, 'skills')?.value.entries : undefined
  if (!skills || folderPath === undefined || !catalogue.complete) return []
  return skills
    .filter(({ key }) => !isInstalled(key, folderPath, catalogue, home))
    .map(({ key, keySpan }) => ({
      span: keySpan,
      message: `The skill \`${key}\` is not installed here.`,
      severity: 'warning' as const,
    }))
}

function isInstalled(name: string, base: Path, catalogue: Catalogue, home: Path | undefined): boolean {
  return catalogue.skills(name).some(({ path }) => placementOf(path, home)?.base === base)
}
