import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { visible } from '#protocol/visible.ts'
import { clientIds } from '../../skill/clients/clients.ts'
import type { ClientId } from '../../skill/clients/clientTable.ts'
import { pathFrom } from '../../skill/diskWorkspace.ts'
import { type ClientListing, clientListings, type ListedSkill } from '../../skill/features/clientListing.ts'
import { count } from '../../skill/rules/entries.ts'
import { skillExitCodes } from '../exitCodes.ts'
import { printJson, printLines } from '../sandbox/output.ts'
import { UsageError } from '../usage.ts'
import { openSkills, projectAround } from './skillsOnDisk.ts'

const options = {
  client: { type: 'string', multiple: true },
  folder: { type: 'string', default: '.' },
  window: { type: 'string' },
  json: { type: 'boolean' },
} as const

/** `paddock skills list`: which file each client takes, which it hides, and what its listing has no room for. */
export async function list(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options })
  const of = values.client?.map(clientFrom)
  const window = values.window === undefined ? undefined : Number(values.window)
  if (window !== undefined && !(Number.isInteger(window) && window > 0)) {
    throw new UsageError('--window is the context window in tokens, such as 200000.')
  }
  const skills = await openSkills([projectAround(values.folder)], { withHome: true })
  const standpoint = { project: pathFrom(resolve(values.folder)), home: skills.home }
  const listings = clientListings(skills.service.index, standpoint, window, of)
  const troubles = [...skills.troubles]
  if (values.json) printJson({ clients: listings, troubles })
  else {
    const told = listings.filter((each) => of !== undefined || each.skills.length > 0)
    printLines(told.length > 0 ? told.flatMap(lines) : ['No client finds a skill here or in the home directory.'])
  }
  for (const trouble of troubles) process.stderr.write(`${visible(trouble)}\n`)
  return troubles.length > 0 ? skillExitCodes.input : skillExitCodes.ok
}

/** The client that the command line names. */
export function clientFrom(name: string): ClientId {
  if ((clientIds as readonly string[]).includes(name)) return name as ClientId
  throw new UsageError(`There is no client "${name}". Clients: ${clientIds.join(', ')}.`)
}

function lines({ client, title, skills, listing, more }: ClientListing): string[] {
  const room = listing ? `; the listing has ${count(listing.used)} of ${count(listing.budget)} ${listing.unit}` : ''
  return [
    `${title} (${client}): ${count(skills.length + more)} ${skills.length + more === 1 ? 'skill' : 'skills'}${room}`,
    ...skills.map((skill) => `  ${visible(skill.name)}  ${visible(skill.path)}${marks[skill.state](skill)}`),
    ...(more > 0 ? [`  and ${count(more)} more`] : []),
  ]
}

const marks: Record<ListedSkill['state'], (skill: ListedSkill) => string> = {
  shown: () => '',
  cut: () => '  [no room for its description]',
  shadowed: ({ winner = '' }) => `  [hidden by ${visible(winner)}]`,
}
