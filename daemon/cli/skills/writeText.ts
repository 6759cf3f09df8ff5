import { constants, promises } from 'node:fs'
import type { Path } from '../../skill/document/location.ts'
import { InputTrouble, refusalOf } from './inputTrouble.ts'
import { realInside } from './skillsOnDisk.ts'

/**
 * Puts `after` in the place of `before`, at once and with the file's mode. Refuses, with the reason, what a link leads out of `folders`,
 * what is not valid UTF-8 and would be damaged, and what is no longer `before`.
 */
export async function writeText(
  path: Path,
  texts: { readonly before: string; readonly after: string },
  folders: readonly Path[],
): Promise<void> {
  try {
    const real = await realInside(path, folders)
    if (real === undefined) throw new InputTrouble(`${path}: a link leads out of what was named, so it is left alone.`)
    const handle = await promises.open(real, constants.O_RDONLY | constants.O_NOFOLLOW)
    let mode: number
    try {
      const bytes = await handle.readFile()
      mode = (await handle.stat()).mode & 0o777
      if (bytes.toString('utf8') !== texts.before) throw new InputTrouble(`${path}: it changed meanwhile.`)
      if (!Buffer.from(texts.before).equals(bytes)) throw new InputTrouble(`${path}: it is not valid UTF-8.`)
    } finally {
      await handle.close()
    }
    await replace(real, texts.after, mode)
  } catch (error) {
    const why = refusalOf(error)
    throw why === undefined ? error : new InputTrouble(`${path}: ${why}.`)
  }
}

/** Writes aside and renames, so that there is always a whole file. */
export async function replace(path: string, text: string | Uint8Array, mode = 0o644): Promise<void> {
  const aside = `${path}.${process.pid}.new`
  try {
    const handle = await promises.open(aside, 'wx', mode)
    try {
      await handle.writeFile(text)
      await handle.chmod(mode)
    } finally {
      await handle.close()
    }
    await promises.rename(aside, path)
  } catch (error) {
    await promises.rm(aside, { force: true })
    throw error
  }
}
