import type { Knowledge } from '../knowledge.ts'
import { buildTools } from './buildTools.ts'
import { cloud } from './cloud.ts'
import { containers } from './containers.ts'
import { coreutils } from './coreutils.ts'
import { databases } from './databases.ts'
import { find } from './find.ts'
import { git } from './git.ts'
import { languages } from './languages.ts'
import { network } from './network.ts'
import { orderFiles } from './orderFiles.ts'
import { packageManagers } from './packageManagers.ts'
import { system } from './system.ts'
import { textTools } from './textTools.ts'
import { wrappers } from './wrappers.ts'

/** What is known of a program by its name. Undefined: nothing. */
export function knowledgeOf(name: string): Knowledge | undefined {
  return table.get(name)
}

const table = new Map<string, Knowledge>(
  [
    ...[coreutils, textTools, find, wrappers, git, packageManagers, languages, buildTools, containers, cloud],
    ...[databases, network, system],
  ]
    .flatMap((family) => Object.entries(family))
    .map(([name, known]) => [
      name,
      Object.hasOwn(orderFiles, name) ? { ...known, orders: orderFiles[name] ?? [] } : known,
    ]),
)
