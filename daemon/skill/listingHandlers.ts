import type { Connection } from 'vscode-languageserver'
import { clients } from './clients/clients.ts'
import { type Path, pathOf } from './document/location.ts'
import { isSkillName } from './document/names.ts'
import { namesAtEnd } from './features/bodyCompletion.ts'
import { clientListings } from './features/clientListing.ts'
import { newSkillText } from './fixes/newSkill.ts'
import type { SkillService } from './service.ts'

/** What the Skills view and the chat ask, beside LSP. */
const listingMethods = {
  /** Params `{folder: uri}`: per client the skills as it sees them from that folder, answered once there is a whole catalogue. */
  list: 'paddock/listSkills',
  /** Params `{name}`: the text of a new skill, and the folders that it can lie in; null for what is no name. */
  draft: 'paddock/draftSkill',
  /** Params `{text}`: the skills that can be named where it ends. */
  names: 'paddock/skillNames',
  /** Told without being asked, at most twice a second: what `list` answers may be another now. */
  changed: 'paddock/skillsChanged',
} as const

/** A folder of a project, and who reads it. */
interface Place {
  readonly folder: string
  readonly readers: readonly string[]
}

const calm = 500
/** What stands further before the end of a text names nothing there. */
const longestName = 1000

/** Answers the Skills view, and tells it of changes. */
export function serveListing(connection: Connection, service: SkillService, home: Path | undefined): void {
  let isTelling = false
  service.index.onChange(() => {
    if (isTelling) return
    isTelling = true
    setTimeout(() => {
      isTelling = false
      tell().catch(() => {})
    }, calm).unref()
  })
  // A connection that is gone by then refuses at once, which must not end the daemon.
  const tell = async () => connection.sendNotification(listingMethods.changed)
  connection.onRequest(listingMethods.list, async ({ folder }: { folder: string }) => {
    await service.filled()
    return clientListings(service.index, { project: pathOf(folder), home })
  })
  connection.onRequest(listingMethods.names, ({ text }: { text: string }) => {
    return namesAtEnd(text.slice(-longestName), service.world)
  })
  connection.onRequest(listingMethods.draft, ({ name }: { name: string }) => {
    return isSkillName(name) ? { text: newSkillText(name), places: places() } : null
  })
}

/** Every folder of a project that a client reads, the one that most read first. */
function places(): Place[] {
  const readers = new Map<string, string[]>()
  for (const { title, folders } of Object.values(clients)) {
    for (const { path, scope } of folders) {
      if (scope === 'project') readers.set(path, [...(readers.get(path) ?? []), title])
    }
  }
  return [...readers]
    .map(([folder, titles]) => ({ folder, readers: titles }))
    .sort((a, b) => b.readers.length - a.readers.length)
}
