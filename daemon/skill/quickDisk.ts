import type { FarPaths } from './farPaths.ts'
import type { Answer, DiskAtOnce, FolderItem, Missing, SkillWorkspace } from './workspace.ts'

/** What answers at once; a refusal is thrown, and what it leaves to somebody who waits is undefined. */
interface DiskNow extends Pick<DiskAtOnce, 'look'> {
  list(path: string): readonly FolderItem[] | undefined
}

/** So many milliseconds the program may stand still for an answer, over the last few of them. */
const quick = 0.5
const few = 16
/** One answer counts for no more: the machine may have done something else meanwhile. */
const slowest = 5
/** So many answers are waited for where it was not quick, before that is tried again; each time twice as many, until so many were quick. */
const patience = 100

/**
 * A disk for a program that others wait for. Of a local one, what a folder or file holds is known sooner than a question is handed to
 * another thread and back, so it is asked at once; one that takes its time is waited for, and so is what is far: there no answer may come.
 */
export function quickDisk(atOnce: DiskNow, waiting: SkillWorkspace, far: FarPaths): SkillWorkspace {
  let mean = 0
  let waits = 0
  let patient = patience
  let answers = 0
  const ask = <T>(path: string, now: () => T | undefined, later: () => Answer<T | Missing>): Answer<T | Missing> => {
    if (far.has(path)) return later()
    if (waits > 0) {
      waits--
      return later()
    }
    const began = performance.now()
    try {
      return now() ?? later()
    } catch {
      return 'missing'
    } finally {
      mean += (Math.min(performance.now() - began, slowest) - mean) / few
      if (mean > quick) {
        mean = 0
        waits = patient
        patient *= 2
        answers = 0
      } else if (++answers === patience) patient = patience
    }
  }
  const listed = (path: string, items: readonly FolderItem[] | Missing) => {
    far.learn(path, items)
    return items
  }
  return {
    ...waiting,
    async real(path) {
      const real = await waiting.real(path)
      far.begin(path, real)
      return real
    },
    list(path) {
      const items = ask(
        path,
        () => atOnce.list(path),
        () => waiting.list(path),
      )
      return items instanceof Promise ? items.then((later) => listed(path, later)) : listed(path, items)
    },
    look: (path, longest, known) =>
      ask(
        path,
        () => atOnce.look(path, longest, known),
        () => waiting.look(path, longest, known),
      ),
  }
}
