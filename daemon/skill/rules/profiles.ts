import { clients, type Placement, placementOf } from '../clients/clients.ts'
import type { ClientId } from '../clients/clientTable.ts'
import type { SkillDocument } from '../document/document.ts'
import type { Path } from '../document/location.ts'
import { foldersAbove } from './skillFolder.ts'

/** What a text is checked for. */
export interface Profile {
  readonly title: string
  /** The client whose behaviour counts; undefined for the specification and for publishing. */
  readonly client: ClientId | undefined
  /** A publisher refuses what it does not know. */
  readonly publishes: boolean
}

const client = (id: ClientId): Profile => ({ title: clients[id].title, client: id, publishes: false })

/** Every profile by the name it has in settings and on the command line. */
export const profiles = {
  spec: { title: 'the specification', client: undefined, publishes: false },
  'claude-code': client('claude-code'),
  vscode: client('vscode'),
  'copilot-cli': client('copilot-cli'),
  codex: client('codex'),
  gemini: client('gemini'),
  opencode: client('opencode'),
  cursor: client('cursor'),
  pi: client('pi'),
  roo: client('roo'),
  openclaw: client('openclaw'),
  sdk: client('sdk'),
  'publish-claude.ai': { title: 'publishing on claude.ai', client: 'claude-code', publishes: true },
  'publish-clawhub': { title: 'publishing on ClawHub', client: 'openclaw', publishes: true },
} as const satisfies Record<string, Profile>

export type ProfileId = keyof typeof profiles
export const profileIds = Object.keys(profiles) as readonly ProfileId[]

const portable: readonly ProfileId[] = ['spec']

/**
 * The profiles that a document is checked for where nobody chose any: the clients whose own folder or plugin it lies in. In a folder that
 * many clients share, and outside all of them, the specification and the clients of the shared folder count. `isThere` tells whether a
 * manifest is known.
 */
export function profilesFor(
  document: SkillDocument,
  home: Path | undefined,
  isThere: (manifest: Path) => boolean = () => false,
): readonly ProfileId[] {
  const { path } = document
  if (path === undefined) return portable
  const placement = placementOf(path, home)
  if (placement) {
    const known = ofReaders.get(placement.readers) ?? profilesOf(placement)
    ofReaders.set(placement.readers, known)
    return known
  }
  return folders.find((folder) => folder.path.test(path))?.profiles ?? pluginsAround(path, isThere) ?? portable
}

/** The readers of a folder of skills are the same list for each of its skills. */
const ofReaders = new WeakMap<Placement['readers'], readonly ProfileId[]>()

function profilesOf({ readers }: Placement): readonly ProfileId[] {
  const owners = readers.filter(({ belongs }) => belongs === 'own').map(({ client }) => client)
  if (owners.length > 0) return owners
  return [...portable, ...readers.filter(({ belongs }) => belongs === 'shared').map(({ client }) => client)]
}

/** The clients whose plugin the nearest folder with a manifest is. */
function pluginsAround(path: Path, isThere: (manifest: Path) => boolean): ProfileId[] | undefined {
  return foldersAbove(path)
    .map((folder) => manifests.filter(({ path: manifest }) => isThere(`${folder}/${manifest}`)))
    .find((found) => found.length > 0)
    ?.map(({ profile }) => profile)
}

const manifests: readonly { readonly path: string; readonly profile: ProfileId }[] = [
  { path: '.claude-plugin/plugin.json', profile: 'claude-code' },
  { path: '.codex-plugin/plugin.json', profile: 'codex' },
  { path: '.cursor-plugin/plugin.json', profile: 'cursor' },
]

/** Files of one client outside its folder of skills. */
const folders: readonly { readonly path: RegExp; readonly profiles: readonly ProfileId[] }[] = [
  { path: /\/\.claude\/|\/\.claude-plugin\/|\/CLAUDE(?:\.local)?\.md$/, profiles: ['claude-code'] },
  { path: /\.agent\.md$|\.instructions\.md$|\/\.github\/|\.chatmode\.md$/, profiles: ['vscode', 'copilot-cli'] },
  { path: /\/\.codex\/|\/agents\/openai\.ya?ml$/, profiles: ['codex'] },
  { path: /\/\.gemini\/|\/GEMINI\.md$/, profiles: ['gemini'] },
  { path: /\/\.opencode\//, profiles: ['opencode'] },
  { path: /\/\.cursor\//, profiles: ['cursor'] },
]
