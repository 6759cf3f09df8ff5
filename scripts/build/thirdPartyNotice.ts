import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Metafile } from 'esbuild'
import { repository } from '../setup/places.mjs'

/** The licences of every package that went into these bundles, as their authors ask for it. */
export function thirdPartyNotice(metafiles: readonly Metafile[]): string {
  const inputs = metafiles.flatMap((each) =>
    Object.values(each.outputs).flatMap((output) => Object.keys(output.inputs)),
  )
  const folders = new Set(inputs.flatMap((input) => input.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0] ?? []))
  return [...folders]
    .sort()
    .map(noticeOf)
    .join(`\n\n${'-'.repeat(80)}\n\n`)
}

function noticeOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(repository, folder, 'package.json'), 'utf8'))
  const files = readdirSync(join(repository, folder)).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
  const texts = files.map((file) => readFileSync(join(repository, folder, file), 'utf8').trim())
  return [`${name} ${version} (${license})`, ...texts].join('\n\n')
}
