import { promises } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { visible } from '#protocol/visible.ts'
import type { Client } from '../../skill/clients/client.ts'
import { clients } from '../../skill/clients/clients.ts'
import { isSkillName } from '../../skill/document/names.ts'
import { newSkillText } from '../../skill/fixes/newSkill.ts'
import { skillExitCodes } from '../exitCodes.ts'
import { printLines } from '../sandbox/output.ts'
import { UsageError } from '../usage.ts'
import { InputTrouble, refusalOf } from './inputTrouble.ts'
import { clientFrom } from './list.ts'
import { projectAround } from './skillsOnDisk.ts'

const options = {
  client: { type: 'string' },
  folder: { type: 'string', default: '.' },
  personal: { type: 'boolean' },
} as const
/** Where several clients look. */
const shared = '.agents/skills'

/** `paddock skills new`: a skill's folder with a SKILL.md to fill in; nothing that exists is touched. */
export async function newSkill(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  const [name, ...others] = positionals
  if (name === undefined || others.length > 0) throw new UsageError('Which name? paddock skills new pdf-forms')
  if (!isSkillName(name)) {
    throw new UsageError(`"${name}" is no name: lowercase letters a-z, digits and single hyphens, at most 64.`)
  }
  const scope = values.personal ? 'personal' : 'project'
  const client: Client | undefined = values.client === undefined ? undefined : clients[clientFrom(values.client)]
  const folder = client ? client.folders.find((each) => each.scope === scope)?.path : shared
  if (folder === undefined) throw new UsageError(`${client?.title} has no folder for ${scope} skills.`)
  const skills = join(values.personal ? homedir() : projectAround(values.folder), folder)
  const file = join(skills, name, 'SKILL.md')
  try {
    await promises.mkdir(skills, { recursive: true })
    await promises.mkdir(join(skills, name))
    await promises.writeFile(file, newSkillText(name), { flag: 'wx' })
  } catch (error) {
    throw new InputTrouble(`${join(skills, name)}: ${refusalOf(error) ?? String(error)}.`)
  }
  printLines([visible(file)])
  return skillExitCodes.ok
}
