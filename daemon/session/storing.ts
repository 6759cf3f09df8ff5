import { storeUnavailable } from '#protocol/errors.ts'

/** Runs what writes the daemon's own files; where they cannot be written it rejects with `storeUnavailable`. */
export async function storing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException
    const why = code === undefined ? undefined : reasons.get(code)
    if (!why) throw error
    throw storeUnavailable(`${why}${path ? ` (${path})` : ''}.`, 'Free some space or make it writable, and try again.')
  }
}

const reasons: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'your share of the disk is used up'],
  ['EROFS', 'the file system of the data folder is read-only'],
])
