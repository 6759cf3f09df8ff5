import { constants, promises } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { visible } from '#protocol/visible.ts'
import { pathFrom } from '../../skill/diskWorkspace.ts'
import { nameIn, type Path, parentOf } from '../../skill/document/location.ts'
import { isSkillName } from '../../skill/document/names.ts'
import { type ProfileId, profileIds, profiles } from '../../skill/rules/profiles.ts'
import { skillExitCodes } from '../exitCodes.ts'
import { printLines } from '../sandbox/output.ts'
import { UsageError } from '../usage.ts'
import { checkAll } from './checked.ts'
import { InputTrouble, refusalOf } from './inputTrouble.ts'
import { reports } from './reports.ts'
import { openSkills, projectAround, skillCalled } from './skillsOnDisk.ts'
import { replace } from './writeText.ts'
import { type ZipEntry, zip } from './zip.ts'

const options = {
  out: { type: 'string' },
  profile: { type: 'string', default: 'publish-claude.ai' },
  force: { type: 'boolean' },
} as const

/** What an upload may be. */
const mostBytes = 8_000_000
const mostFiles = 2_000
const deepest = 12

/** What version control and systems leave; never part of a skill. */
const leftOut = new Set(['.git', '.DS_Store', 'Thumbs.db', '__pycache__', 'node_modules'])

/** `paddock skills pack`: one skill as an archive to upload. The same files give the same archive. */
export async function pack(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  const [given, ...others] = positionals
  if (given === undefined || others.length > 0) throw new UsageError('Which skill? paddock skills pack SKILL')
  const profile = publishProfile(values.profile)
  const folder = await folderOf(given)
  const name = nameIn(folder)
  if (!isSkillName(name)) {
    throw new InputTrouble(
      `${folder}: the folder’s name is no skill’s: lowercase letters a-z, digits and single hyphens.`,
    )
  }
  const entries = await entriesOf(folder, name)
  if (!entries.some((entry) => entry.name === `${name}/SKILL.md`)) {
    throw new InputTrouble(`${folder}: there is no SKILL.md in it.`)
  }
  const skills = await openSkills([folder], { settings: { profiles: [profile], severities: {} } })
  const all = await checkAll(skills)
  const refused = all.filter(({ severity }) => severity === 'error')
  if (refused.length > 0) {
    const report = { findings: refused, files: entries.length, fixed: [], troubles: [], withHints: false }
    process.stderr.write(reports.text({ ...report, folder: pathFrom(process.cwd()) }))
    process.stderr.write(`Nothing was written: ${profiles[profile].title} would refuse it.\n`)
    return skillExitCodes.errors
  }
  const out = resolve(values.out ?? `${name}.skill`)
  if (!values.force && (await isThere(out))) throw new InputTrouble(`${out}: it is there already; --force replaces it.`)
  try {
    await replace(out, zip(entries))
  } catch (error) {
    throw new InputTrouble(`${out}: ${refusalOf(error) ?? String(error)}.`)
  }
  printLines([...entries.map((entry) => `  ${visible(entry.name)}`), visible(out)])
  return skillExitCodes.ok
}

/** The folder that is named; where there is none, that of the project's skill of this name. */
async function folderOf(given: string): Promise<Path> {
  if (!isSkillName(given) || (await isThere(resolve(given)))) return pathFrom(resolve(given))
  return parentOf(skillCalled(given, await openSkills([projectAround('.')])).path)
}

/** Every file of the folder in the order of paths. Links and what is no file are refused: an archive would change what they mean. */
async function entriesOf(root: Path, name: string): Promise<ZipEntry[]> {
  const entries: ZipEntry[] = []
  let bytes = 0
  await walk(root, name, 0)
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1))

  async function walk(folder: string, below: string, depth: number): Promise<void> {
    if (depth > deepest) throw new InputTrouble(`${folder}: it lies too deep.`)
    const items = await promises.readdir(folder, { withFileTypes: true }).catch((error) => {
      throw new InputTrouble(`${folder}: ${refusalOf(error) ?? String(error)}.`)
    })
    for (const item of items) {
      const path = join(folder, item.name)
      if (leftOut.has(item.name)) continue
      if (/[\\:\p{Cc}]/u.test(item.name)) throw new InputTrouble(`${path}: not every system can have such a name.`)
      if (item.isDirectory()) await walk(path, `${below}/${item.name}`, depth + 1)
      else if (item.isFile()) await add(path, `${below}/${item.name}`)
      else throw new InputTrouble(`${path}: it is ${item.isSymbolicLink() ? 'a symbolic link' : 'no file'}.`)
    }
  }

  async function add(path: string, entry: string): Promise<void> {
    try {
      const handle = await promises.open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
      try {
        const found = await handle.stat()
        bytes += found.size
        if (!found.isFile()) throw new InputTrouble(`${path}: it is no file.`)
        if (bytes > mostBytes) throw new InputTrouble(`${root}: it is larger than 8 MB, more than an upload may be.`)
        if (entries.length >= mostFiles) throw new InputTrouble(`${root}: it has more than 2,000 files.`)
        const content = Buffer.alloc(found.size)
        const { bytesRead } = await handle.read(content, 0, found.size, 0)
        const executable = (found.mode & 0o111) !== 0
        entries.push({ name: entry, bytes: content.subarray(0, bytesRead), executable })
      } finally {
        await handle.close()
      }
    } catch (error) {
      const why = refusalOf(error)
      throw why === undefined ? error : new InputTrouble(`${path}: ${why}.`)
    }
  }
}

function publishProfile(name: string): ProfileId {
  const publishing = profileIds.filter((id) => profiles[id].publishes)
  const found = publishing.find((id) => id === name)
  if (found) return found
  throw new UsageError(`"${name}" is nothing to publish to. Profiles: ${publishing.join(', ')}.`)
}

function isThere(path: string): Promise<boolean> {
  return promises.lstat(path).then(
    () => true,
    () => false,
  )
}
