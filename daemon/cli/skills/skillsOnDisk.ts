import { existsSync, promises, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { FileRecord } from '../../skill/catalogue/catalogue.ts'
import { clientFolders, type FoundFile, type Root } from '../../skill/catalogue/crawl.ts'
import { placementOf } from '../../skill/clients/clients.ts'
import { diskAtOnce } from '../../skill/diskAtOnce.ts'
import { pathFrom } from '../../skill/diskWorkspace.ts'
import { isInside, nameIn, type Path, parentOf } from '../../skill/document/location.ts'
import { type ServiceSettings, SkillService } from '../../skill/service.ts'
import type { DiskAtOnce } from '../../skill/workspace.ts'
import { InputTrouble, refusalOf } from './inputTrouble.ts'

/** The language service over what the command line named, once it has looked through all of it. */
export interface SkillsOnDisk {
  readonly service: SkillService
  /** What the service looks at: it leaves no question open. */
  readonly disk: DiskAtOnce
  /** What was named, as absolute paths. */
  readonly named: readonly Path[]
  readonly home: Path
  /** What is named or lies in what is named and can be checked, scripts of skills included, in order. */
  readonly files: readonly Path[]
  /** Of the files to which links lead, those that are among the files by their own path as well: which one that is. */
  readonly twins: ReadonlyMap<Path, Path>
  /** What could not be looked at, as sentences; grows while more is looked at. */
  readonly troubles: Set<string>
}

interface OpenParams {
  readonly settings?: ServiceSettings
  /** The home directory's skills count as well. */
  readonly withHome?: boolean
}

/** Looks through files and folders on this machine. Nothing is kept between runs. */
export async function openSkills(paths: readonly string[], params: OpenParams = {}): Promise<SkillsOnDisk> {
  const home = pathFrom(homedir())
  const troubles = new Set<string>()
  const disk = diskAtOnce((path, error) => {
    const why = refusalOf(error)
    if (why === refusalOf({ code: 'ELOOP' }) || why === refusalOf({ code: 'EACCES' })) troubles.add(`${path}: ${why}.`)
  })
  const service = new SkillService({ workspace: disk, atOnce: disk, home })
  if (params.settings) service.settings = params.settings
  const named = paths.map((path) => pathFrom(resolve(path)))
  const roots: Root[] = []
  for (const path of named) roots.push(rootFor(path, home), ...rootsAround(path, home))
  if (params.withHome) roots.push({ path: home, type: 'home' })
  const begun = await service.begin(distinct(roots), new AbortController().signal)
  const found = begun.files.filter(({ path }) => named.some((each) => isInside(each, path)))
  const files = found.map(({ path }) => path)
  const twins = twinsOf(found, disk)
  if (!service.index.complete) {
    troubles.add('There are more folders than Paddock looks through, or links that lead too deep: some were left out.')
  }
  return { service, disk, named, home, files, twins, troubles }
}

function twinsOf(files: readonly FoundFile[], disk: DiskAtOnce): Map<Path, Path> {
  const twins = new Map<Path, Path>()
  const links = files.filter(({ linked }) => linked)
  if (links.length === 0) return twins
  const all = new Set(files.map(({ path }) => path))
  for (const { path } of links) {
    const real = disk.real(path)
    if (real !== path && real !== 'missing' && all.has(real)) twins.set(path, real)
  }
  return twins
}

/** The folder that is the project: the nearest one around it that Git keeps, or itself. */
export function projectAround(folder: string): string {
  const from = resolve(folder)
  if (!isFolderAt(from)) throw new InputTrouble(`${from}: it is no folder.`)
  for (let at = from; ; at = dirname(at)) {
    if (isKept(at)) return at
    if (dirname(at) === at || at === homedir()) return from
  }
}

/** The one skill that is called `called`, or lies at that path. */
export function skillCalled(called: string, { service, named }: SkillsOnDisk): FileRecord {
  const path = pathFrom(resolve(called))
  const at = service.index.get(`${path}/SKILL.md`) ?? service.index.get(path)
  const found = at
    ? [at]
    : service.index.skills(called).filter((record) => named.some((each) => isInside(each, record.path)))
  const [only, ...others] = found
  if (!only) throw new InputTrouble(`There is no skill "${called}" in ${named.join(', ')}.`)
  if (others.length === 0) return only
  const paths = found.map((record) => `  ${parentOf(record.path)}\n`).join('')
  throw new InputTrouble(`Several skills are called "${called}". Name the folder of one:\n${paths}`.trimEnd())
}

/** Git keeps the folder. */
function isKept(folder: string): boolean {
  return existsSync(join(folder, '.git'))
}

/**
 * The folders around what is named, up to the project's: their skills and agents are not checked, but what is checked may name them. Where
 * Git keeps none of them, the project is what the client's folder lies in that leads to what is named.
 */
function rootsAround(path: Path, home: Path): Root[] {
  const way = [path]
  for (let at = path; at !== parentOf(at) && at !== home; way.push(at)) {
    if (isKept(at)) return way.slice(1).map(aroundRoot)
    at = parentOf(at)
  }
  const last = way.findLastIndex((folder) => clientFolders.has(nameIn(folder)))
  return last < 0 ? [] : way.slice(1, last + 2).map(aroundRoot)

  function aroundRoot(folder: Path): Root {
    return { path: folder, type: folder === home ? 'home' : 'around' }
  }
}

/** A folder is looked through as it is; beside a file its folder of skills is, or the folder that it lies in. */
function rootFor(path: Path, home: Path): Root {
  const isFolder = isFolderAt(path)
  if (path === home) return { path, type: 'home' }
  if (isFolder) return { path, type: 'folder' }
  return { path: placementOf(path, home)?.root ?? parentOf(path), type: 'folder' }
}

function isFolderAt(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch (error) {
    throw new InputTrouble(`${path}: ${refusalOf(error) ?? String(error)}.`)
  }
}

function distinct(roots: readonly Root[]): Root[] {
  return roots.filter(
    (root, at) =>
      !roots.some((other, index) => {
        const covers = other.type === 'folder' && isInside(other.path, root.path)
        return index !== at && covers && (other.path !== root.path || index < at)
      }),
  )
}

/** Where `path` really is, if that lies in one of `folders`; links out of what was named are not followed to write. */
export async function realInside(path: Path, folders: readonly Path[]): Promise<string | undefined> {
  const real = await promises.realpath(path)
  for (const folder of folders) {
    const inside = await promises.realpath(folder).catch(() => undefined)
    if (inside !== undefined && isInside(inside, real)) return real
  }
  return undefined
}
