import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { IndexStore } from './catalogue/store.ts'
import { listPlainNow, lookNow } from './diskNow.ts'
import { diskWorkspace, pathFrom } from './diskWorkspace.ts'
import { FarPaths, farMounts } from './farPaths.ts'
import { quickDisk } from './quickDisk.ts'
import type { ServicePorts } from './service.ts'

/** This machine's disk and home directory, with the indexes kept in `folder`; what cannot be kept there is found again. */
export function thisMachine(folder: string | undefined): ServicePorts {
  const workspace = quickDisk({ list: listPlainNow, look: lookNow }, diskWorkspace, new FarPaths(farMounts()))
  const ports = { workspace, home: pathFrom(homedir()) }
  return folder === undefined ? ports : { ...ports, store: (key) => storeAt(folder, key) }
}

function storeAt(folder: string, key: string): IndexStore {
  const file = join(folder, `${key}.json`)
  return {
    // Decoded as a whole: piece by piece it takes twice as long.
    load: () => readFile(file).then(String, () => undefined),
    async save(text) {
      const aside = `${file}.${process.pid}.new`
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        await writeFile(aside, text, { mode: 0o600 })
        await rename(aside, file)
      } catch {
        // A full disk: the next start looks through the roots again.
      }
    },
  }
}
