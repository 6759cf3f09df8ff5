import { nameIn, type Path, parentOf } from './location.ts'

/** The most characters that the specification allows for a name. */
export const longestName = 64

const skillPath = /^[a-z][a-z0-9+.-]*:(?:\/\/[^/?#]*)?(?:\/[^?#]*)?\/([^/?#]+)\/(?:SKILL|skill)\.md(?:[?#]|$)/i
const wellFormed = /^[a-z0-9]+(?:-[a-z0-9]+)*$/

/** Whether the specification accepts `name` as a skill's name. */
export function isSkillName(name: string): boolean {
  return name.length <= longestName && wellFormed.test(name)
}

/** The nearest well-formed name; undefined where nothing of `name` can be kept. */
export function toSkillName(name: string): string | undefined {
  const slug = name
    .normalize('NFKD')
    .replace(/\p{Mark}+/gu, '')
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, longestName)
    .replace(/-+$/, '')
  return slug === '' ? undefined : slug
}

/** The name of the folder that the SKILL.md at `path` lies in; undefined where that is above all names. */
export function folderOfSkill(path: Path): string | undefined {
  const name = nameIn(parentOf(path))
  return name === '' ? undefined : name.normalize('NFKC')
}

/** The name of the folder that a SKILL.md lies in, which must be the skill's name; undefined for any other file. */
export function folderOf(uri: string): string | undefined {
  const folder = skillPath.exec(uri)?.[1]
  if (folder === undefined) return undefined
  try {
    return decodeURIComponent(folder).normalize('NFKC')
  } catch {
    return undefined
  }
}
