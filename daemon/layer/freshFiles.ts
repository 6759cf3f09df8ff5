import type { FileCallResult, LayerFiles } from './layer.ts'

/** What a dead folder is refused with: it is no file, there is nothing to make a name in, it is stale or not empty. */
const ofDeadFolders = new Set(['notAFile', 'notAFolder', 'notFound', 'other'])
const inTheWay = 'Something that runs in the sandbox is at work in there: end it, and do this again.'

/**
 * The same files, with what the user's folder has now looked up anew. A folder that the user removed or replaced stays in
 * the mount as a dead one for as long as the kernel remembers it: it can be neither written nor removed, and what the
 * agent has in it is not listed. What is refused even after that, while something inside uses the layer, says so.
 */
export async function freshFiles(files: LayerFiles): Promise<LayerFiles> {
  if ((await files.refresh?.()) !== false) return files
  const explained =
    <A extends unknown[]>(call: (...args: A) => Promise<FileCallResult>) =>
    async (...args: A): Promise<FileCallResult> => {
      const result = await call(...args)
      if (result.type !== 'fault' || !ofDeadFolders.has(result.code ?? '')) return result
      return { ...result, message: `${(result.message ?? 'It was refused').replace(/\.?$/, '.')} ${inTheWay}` }
    }
  return {
    root: files.root,
    writeFile: explained((path, bytes, options) => files.writeFile(path, bytes, options)),
    remove: explained((path) => files.remove(path)),
    makeSymlink: explained((path, target) => files.makeSymlink(path, target)),
    setMode: explained((path, mode) => files.setMode(path, mode)),
  }
}
