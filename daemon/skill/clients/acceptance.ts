import type { SkillDocument } from '../document/document.ts'
import type { Path } from '../document/location.ts'
import type { Client, Scope } from './client.ts'
import { clientIds, clients, placementOf } from './clients.ts'
import type { ClientId } from './clientTable.ts'

/** Whether a client takes a skill, and why not. */
export interface Acceptance {
  readonly client: ClientId
  /** `loads`; `elsewhere` where only the folder is none of the client's; `refuses` where the text itself keeps it from loading. */
  readonly verdict: 'loads' | 'elsewhere' | 'refuses'
  /** What stands in the way, step by step as the client goes: folder, frontmatter, name, description. */
  readonly reasons: readonly string[]
  /** Those of the reasons that lie in the text itself, wherever it lies. */
  readonly inText: readonly string[]
  /** The folders in which the client would find it, as people write them: of the project where it lies in one, else of the home directory. */
  readonly folders: readonly string[]
}

/** What each client makes of a skill, by what is written and where it lies. */
export function acceptances(document: SkillDocument, home: Path | undefined): Acceptance[] {
  return clientIds.filter((id) => clients[id].folders.length > 0).map((id) => acceptance(id, document, home))
}

function acceptance(id: ClientId, document: SkillDocument, home: Path | undefined): Acceptance {
  const client: Client = clients[id]
  const inText = [
    ...frontmatterTrouble(client, document),
    ...nameTrouble(client, document),
    ...descriptionTrouble(client, document),
  ]
  const folders = foldersOf(client, placementIn(document, home)?.scope ?? 'project')
  const place = folderTrouble(id, document, home, folders)
  const verdict = inText.length > 0 ? 'refuses' : place.length > 0 ? 'elsewhere' : 'loads'
  return { client: id, verdict, reasons: [...place, ...inText], inText, folders }
}

function placementIn({ path }: SkillDocument, home: Path | undefined) {
  return path === undefined ? undefined : placementOf(path, home)
}

/** Other clients’ folders, which it reads only to get along, are nothing to send people to. */
function foldersOf({ folders }: Client, scope: Scope): string[] {
  const there = folders.filter((each) => each.scope === scope)
  return (there.length > 0 ? there : folders)
    .filter(({ belongs }) => belongs !== 'foreign')
    .map((each) => (each.scope === 'personal' ? '~/' : '') + each.path)
}

function folderTrouble(
  id: ClientId,
  document: SkillDocument,
  home: Path | undefined,
  folders: readonly string[],
): string[] {
  if (placementIn(document, home)?.readers.some(({ client }) => client === id)) return []
  const where = folders.map((folder) => `\`${folder}\``)
  const last = where.pop()
  return [
    `The client does not look in this folder. It looks in ${where.length > 0 ? `${where.join(', ')} and ` : ''}${last}.`,
  ]
}

function frontmatterTrouble({ repairsColons, name, description }: Client, document: SkillDocument): string[] {
  if (!document.fences) return name.optional && description.optional ? [] : ['There is no frontmatter.']
  if (!document.fences.close) return ['The frontmatter is not closed.']
  if (document.fences.before) return ['The frontmatter is not at the beginning.']
  const broken = document.yaml.faults.filter(
    ({ type }) => type !== 'duplicateKey' && !(repairsColons && type === 'unquotedColon'),
  )
  return broken.length > 0 ? ['The frontmatter is not valid YAML.'] : []
}

function nameTrouble({ name: wanted }: Client, document: SkillDocument): string[] {
  if (!document.isReadable) return []
  const value = document.entry('name')?.value
  const name = value?.kind === 'text' ? value.text.trim() : ''
  if (name === '') return wanted.optional ? [] : ['There is no `name`.']
  const { folder } = document
  return [
    ...(wanted.pattern.test(name) ? [] : [`A name has ${wanted.words}.`]),
    ...(wanted.longest !== undefined && [...name].length > wanted.longest
      ? [`A name has at most ${wanted.longest} characters.`]
      : []),
    ...(wanted.folder === 'refused' && folder !== undefined && folder !== name
      ? ['The name is not the folder’s.']
      : []),
  ]
}

function descriptionTrouble({ description: wanted }: Client, document: SkillDocument): string[] {
  if (!document.isReadable) return []
  const value = document.entry('description')?.value
  const description = value?.kind === 'text' ? value.text.trim() : ''
  if (description === '') return wanted.optional ? [] : ['There is no `description`.']
  return wanted.longest !== undefined && [...description].length > wanted.longest
    ? [`A description has at most ${wanted.longest.toLocaleString('en')} characters.`]
    : []
}
