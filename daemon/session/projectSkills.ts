import { hidesSomething } from '#protocol/visible.ts'
import type { PromptSkill } from '../agent/prompt/skillLayer.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'

/** The language of skills, as far as a session needs it. */
export interface SkillReading {
  /** Where skills lie in a project, from its root. Of several skills of one name, the first folder's is taken. */
  readonly folders: readonly string[]
  /** What the SKILL.md at `path` that begins with `text` says; undefined where that is no skill. */
  readonly head: (path: string, text: string) => SkillHead | undefined
}

/** What a skill says of itself to whoever may use it. */
interface SkillHead {
  readonly name: string
  /** '' where there is none. */
  readonly description: string
  /** Whether a model may start it; otherwise only people do. */
  readonly isForModel: boolean
}

interface ProjectSkills {
  readonly skills: readonly PromptSkill[]
  /** At least so many folders of skills were not looked at. */
  readonly unread: number
}

const mostListed = 2000
const mostRead = 200
const atOnce = 16
/** The frontmatter of a skill is shorter, or the skill is not told. */
const headBytes = 8 * 1024

/**
 * The project's skills that the model may use, in the order of their folders, read inside the sandbox so that links lead nowhere:
 * one listing a folder, and the beginning of each SKILL.md. What is broken, has no description or is not for models is left out;
 * what was not begun after `patienceMs` is not looked at.
 */
export async function projectSkills(
  sandbox: Sandbox,
  reading: SkillReading,
  patienceMs = 3000,
): Promise<ProjectSkills> {
  const until = performance.now() + patienceMs
  const all = (await Promise.all(reading.folders.map((folder) => skillFolders(sandbox, folder)))).flat()
  const byName = new Map<string, PromptSkill & SkillHead>()
  let looked = 0
  while (looked < Math.min(all.length, mostRead) && performance.now() < until) {
    const files = all.slice(looked, Math.min(looked + atOnce, mostRead)).map((folder) => `${folder}/SKILL.md`)
    looked += files.length
    const texts = await Promise.all(files.map((path) => beginningOf(sandbox, path)))
    for (const [at, path] of files.entries()) {
      const text = texts[at]
      if (text === undefined) continue
      const head = reading.head(`${sandbox.root}/${path}`, text)
      // One that is only for people also stands before those of its name in later folders.
      if (head && head.description !== '' && !byName.has(head.name)) byName.set(head.name, { ...head, path })
      // YAML that is made to be slow takes 40 ms: whatever else the daemon does has its turn.
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return { skills: [...byName.values()].filter(({ isForModel }) => isForModel), unread: all.length - looked }
}

/** A name with anything else in it could not be told in a line without being changed. */
const plainName = /^[\p{L}\p{M}\p{N}._ +@-]+$/u

async function skillFolders(sandbox: Sandbox, folder: string): Promise<string[]> {
  const listing = await sandbox.list(`${sandbox.root}/${folder}`, { limit: mostListed })
  if (listing.type === 'fault') return []
  return listing.entries
    .filter(({ kind }) => kind === 'folder' || kind === 'symlink')
    .filter(({ name }) => plainName.test(name) && !hidesSomething(name))
    .map(({ name }) => `${folder}/${name}`)
}

async function beginningOf(sandbox: Sandbox, path: string): Promise<string | undefined> {
  const read = await sandbox.readFile(`${sandbox.root}/${path}`, { maxBytes: headBytes })
  if (read.type !== 'read') return undefined
  const text = new TextDecoder().decode(read.bytes, { stream: read.size > read.bytes.byteLength })
  return sandbox.redaction?.text(text) ?? text
}
