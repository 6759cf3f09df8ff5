import { clientIds } from '../../skill/clients/clients.ts'
import { profileIds } from '../../skill/rules/profiles.ts'
import { check } from './check.ts'
import { list } from './list.ts'
import { newSkill } from './newSkill.ts'
import { pack } from './pack.ts'
import { renameSkill } from './renameSkill.ts'

/** What `paddock skills` does. One part of the program: nearly all of it is needed by each, and every part more is a millisecond. */
export const verbs: Record<string, (args: string[]) => Promise<number>> = {
  check,
  list,
  new: newSkill,
  rename: renameSkill,
  pack,
}

const clients = `\nClients: ${clientIds.join(', ')}\n`

/** What the help of a verb says of the names that it takes. */
export const namesFor: Readonly<Record<string, string>> = {
  check: `\nProfiles: ${profileIds.join(', ')}\n`,
  list: clients,
  new: clients,
}
