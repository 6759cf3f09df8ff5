import { type Path, parentOf } from '../document/location.ts'
import { entryIn } from '../document/value.ts'
import { parseYaml } from '../document/yaml.ts'
import type { FileView } from '../workspace.ts'
import { onceInFolder } from './once.ts'

const place = 'config/runtime.yaml'
const longest = 65_536
const mostFolders = 10

/** A project's namespaces; `none` where nothing is configured, undefined where that is not known. */
type Namespaces = readonly string[] | 'none' | undefined

/**
 * The namespaces that the configuration of skills-runtime has in the nearest project around a folder; undefined where there is none, or
 * it is not known.
 */
export function configuredNamespaces(folder: Path, files: FileView): readonly string[] | undefined {
  const own = isWorthALook(folder, files) ? namespacesIn(folder, files) : 'none'
  const found = own === 'none' ? namespacesAround(parentOf(folder), files) : own
  return found === 'none' ? undefined : found
}

/** Of the folders of skills, of which many have the same around them. */
const namespacesAround = onceInFolder((folder, files): Namespaces => {
  let at = folder
  for (let looked = 1; looked < mostFolders && at !== ''; looked++) {
    const found = namespacesIn(at, files)
    if (found !== 'none') return found
    at = parentOf(at)
  }
  return 'none'
})

function isWorthALook(folder: Path, files: FileView): boolean {
  const items = files.list(folder)
  return items === undefined || items === 'missing' || items.some(({ name }) => name === 'config')
}

function namespacesIn(folder: Path, files: FileView): Namespaces {
  const text = files.text(`${folder}/${place}`)
  if (text === undefined) return undefined
  if (text === 'missing') return 'none'
  const { root } = parseYaml(text, { start: 0, end: Math.min(text.length, longest) }, 'mapping')
  const spaces = entryIn(entryIn(root, 'skills')?.value, 'spaces')?.value
  if (spaces?.kind !== 'list') return 'none'
  return spaces.items.flatMap((space) => {
    const namespace = entryIn(space, 'namespace')?.value.text
    return namespace && entryIn(space, 'enabled')?.value.scalar !== false ? [namespace] : []
  })
}
