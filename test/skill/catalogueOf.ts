import type { Catalogue, FileRecord } from '../../daemon/skill/catalogue/catalogue.ts'
import { ListingSums } from '../../daemon/skill/catalogue/listingSums.ts'
import { areNearlySame, wordsIn } from '../../daemon/skill/catalogue/words.ts'
import { placementOf } from '../../daemon/skill/clients/clients.ts'
import { home } from './check.ts'

/** A complete catalogue of these files; what is not said of one is empty. */
export function catalogueOf(files: readonly (Pick<FileRecord, 'path' | 'kind'> & Partial<FileRecord>)[]): Catalogue {
  const records = files.map((file): FileRecord => {
    const placement = placementOf(file.path, home)
    const folderName = file.path.split('/').at(-2)!
    return {
      name: file.kind === 'skill' ? folderName : file.path.split('/').at(-1)!.replace(/\..*$/, ''),
      description: '',
      folder: placement?.folder,
      scope: placement?.scope,
      names: [],
      links: [],
      length: 0,
      hash: file.path,
      size: 0,
      modified: 0,
      ...file,
    }
  })
  const called = (kinds: readonly string[], name: string) =>
    records.filter((record) => kinds.includes(record.kind) && record.name === name)
  return {
    complete: true,
    age: 0,
    get: (path) => records.find((record) => record.path === path),
    ofKind: (kind) => records.filter((record) => record.kind === kind),
    skills: (name) => called(['skill', 'flatSkill'], name),
    agents: (name) => called(['agent'], name),
    naming: (name) => records.filter((record) => record.names.some((each) => each.name === name)),
    linking: (path) => records.filter((record) => record.links.some((to) => to === path || to.startsWith(`${path}/`))),
    namespaces: () => [],
    described: (description) =>
      records.filter((record) => record.kind === 'skill' && record.description === description),
    twin: (own, text) =>
      records.find(
        ({ path, kind, folder, scope, description }) =>
          path !== own.path &&
          kind === 'skill' &&
          folder === own.folder &&
          scope === own.scope &&
          areNearlySame(wordsIn(text), wordsIn(description)),
      ),
    listing: (client, base) => {
      const sums = new ListingSums()
      for (const record of records) if (record.kind === 'skill') sums.add(record)
      return sums.of(client, base)
    },
  }
}
