import { nameIn, parentOf } from '../document/location.ts'
import { onceSeen } from './once.ts'
import { ruleTable } from './rule.ts'
import { entriesBeside, type FolderEntry, firstLine } from './skillFolder.ts'

const skills = ['skill'] as const
const mostFiles = 300
const mostUnnamed = 40
const mostText = 400_000
/** Files that tools and people look for without being told. */
const foundAnyway =
  /^(?:SKILL\.md|LICEN[CS]E.*|NOTICE.*|COPYING.*|README.*|CHANGELOG.*|CONTRIBUTING.*|AGENTS\.md|CLAUDE\.md|__init__\.py|conftest\.py|package(?:-lock)?\.json|tsconfig.*\.json|pyproject\.toml|requirements.*\.txt|uv\.lock|.*\.lock|go\.(?:mod|sum)|Cargo\.toml|Makefile|Dockerfile|\..*|_meta\.json|skill\.json|manifest\.json|metadata\.json)$/i
const foundFolders =
  /^(?:evals?|agents|tests?|node_modules|dist|fonts|actions|__tests__|hooks|commands)(?:\/|$)|(?:^|\/)(?:tests?|__tests__|fixtures|\.[^/]+)\//
const readable = /\.(?:md|txt|py|sh|js|mjs|cjs|ts|tsx|rb|pl|ps1|json|ya?ml|toml|html?|css|xml)$/i

/** R: what nothing refers to. */
export const orphanRules = ruleTable({
  R10: {
    title: 'File that nothing refers to',
    severity: 'hint',
    kinds: skills,
    why: 'An agent does not look for files that no text names.',
    source: 'specification',
    check: (document, { files }) =>
      orphansOf(document, files)
        .filter(({ relative }) => !isImage(relative))
        .map(({ relative }) => ({
          span: firstLine(document),
          message: `Nothing in the skill refers to \`${relative}\`.`,
          data: { relative },
        })),
  },
  R18: {
    title: 'Image that nothing refers to',
    severity: 'hint',
    kinds: skills,
    why: 'It is installed with the skill and never looked at.',
    source: 'specification',
    check: (document, { files }) =>
      orphansOf(document, files)
        .filter(({ relative }) => isImage(relative))
        .map(({ relative }) => ({
          span: firstLine(document),
          message: `Nothing in the skill refers to \`${relative}\`.`,
        })),
  },
})

function isImage(path: string): boolean {
  return /\.(?:png|jpe?g|gif|webp|svg|ico|bmp|avif|mp4|mov|webm)$/i.test(path)
}

/** The files in a skill's folder that no text of it names, directly or through others; none while that is not known. */
const orphansOf = onceSeen((document, files): readonly FolderEntry[] => {
  const { text } = document
  const entries = entriesBeside(document, files)
  if (!entries) return []
  const held = entries.filter(({ type, linked }) => type === 'file' && !linked)
  if (held.length > mostFiles) return []
  const unnamed = held.filter((entry) => {
    const { name, relative } = entry
    return name !== 'SKILL.md' && !names(text, entry) && !foundAnyway.test(name) && !foundFolders.test(relative)
  })
  if (unnamed.length === 0 || unnamed.length > mostUnnamed) return []
  let all = ''
  for (const { path, name } of held) {
    if (!readable.test(name) || name === 'SKILL.md') continue
    const other = files.text(path)
    if (other === undefined) return []
    if (other !== 'missing') all += `\n${other}`
    if (all.length > mostText) return []
  }
  return unnamed.filter((entry) => !names(all, entry))
})

/** Whether a text names a file: by its name, without its extension as programs import it, or by a folder that holds it. */
function names(text: string, { relative, name }: FolderEntry): boolean {
  if (text.includes(name)) return true
  const stem = name.replace(/\.[^.]+$/, '')
  if (stem.length > 3 && text.includes(stem)) return true
  const folders: string[] = []
  for (let at = parentOf(`/${relative}`); at.length > 1; at = parentOf(at)) folders.push(at.slice(1))
  return folders.some(
    (folder) => text.includes(`${folder}/`) || (nameIn(folder).length > 4 && text.includes(`${nameIn(folder)}/`)),
  )
}
