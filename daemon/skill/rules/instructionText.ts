import type { SkillDocument } from '../document/document.ts'
import type { Span } from '../document/fences.ts'
import { nameIn, type Path, parentOf } from '../document/location.ts'
import type { Value } from '../document/value.ts'
import type { FileView } from '../workspace.ts'
import { kindInWords } from './entries.ts'
import { globTrouble } from './globs.ts'
import { choices, clientTitle, ruleFolders, siblings } from './instructionTables.ts'
import { nearest } from './keyNames.ts'
import type { Hit, RuleContext } from './rule.ts'
import { firstLine } from './skillFolder.ts'

/** The offset at which a limit is reached; undefined where it is not. */
export function cutAt(text: string, unit: 'lines' | 'bytes' | 'characters', most: number): number | undefined {
  if (unit === 'characters') return text.length > most ? most : undefined
  if (unit === 'bytes') {
    if (text.length * 3 <= most || Buffer.byteLength(text) <= most) return undefined
    return Buffer.from(text)
      .subarray(0, most)
      .toString('utf8')
      .replace(/\uFFFD+$/, '').length
  }
  let at = 0
  for (let line = 0; line < most; line++) {
    at = text.indexOf('\n', at) + 1
    if (at === 0) return undefined
  }
  return text.slice(at).trim() === '' ? undefined : at
}

export function lineOf(text: string, at: number): Span {
  const end = text.indexOf('\n', at)
  return { start: at, end: Math.min(end < 0 ? text.length : end, at + 2000) }
}

export function isForAll({ path, uri }: SkillDocument): boolean {
  return /\/AGENTS(?:\.override)?\.md$/.test(path ?? uri)
}

export function isRoot({ path }: SkillDocument): boolean {
  return /\/(?:AGENTS|CLAUDE)\.md$/.test(path ?? '')
}

/** Prose and code that does not stand under a title that names a client. */
export function unguarded(document: SkillDocument): Span[] {
  let level = 0
  return document.blocks.flatMap((block): Span[] => {
    if (block.type === 'heading') {
      if (level > 0 && block.level > level) return []
      level = clientTitle.test(document.slice(block.title)) ? block.level : 0
      return []
    }
    if (
      level > 0 ||
      block.type !== 'prose' ||
      clientTitle.test(
        document.slice(block.span).replace(/\.(?:claude|codex|cursor|gemini|opencode|windsurf|roo)\b/gi, ''),
      )
    )
      return []
    return [block.span]
  })
}

export function found(document: SkillDocument, span: Span, pattern: RegExp, message: (words: string) => string): Hit[] {
  const match = pattern.exec(document.slice(span))
  if (!match) return []
  const start = span.start + match.index
  return [{ span: { start, end: start + match[0].length }, message: message(match[0]) }]
}

/** The other files of instructions of the same folder. */
export function others({ path, folderPath }: SkillDocument, files: FileView): { path: Path; text: string }[] {
  if (path === undefined || folderPath === undefined) return []
  const base = path.endsWith('/.github/copilot-instructions.md') ? parentOf(folderPath) : folderPath
  const paths = siblings.map((name) => `${base}/${name}`)
  if (!paths.includes(path)) return []
  return paths.flatMap((other) => {
    const text = other === path ? undefined : files.text(other)
    return text === undefined || text === 'missing' ? [] : [{ path: other, text }]
  })
}

export function disagreements(document: SkillDocument, path: Path, other: string): Hit[] {
  return choices.flatMap(({ topic, answers }): Hit[] => {
    const own = Object.entries(answers).filter(([, pattern]) => pattern.test(document.text))
    const theirs = Object.entries(answers).filter(([, pattern]) => pattern.test(other))
    if (own.length !== 1 || theirs.length !== 1 || own[0]![0] === theirs[0]![0]) return []
    const match = own[0]![1].exec(document.text)!
    const span = { start: match.index, end: match.index + match[0].length }
    const message = `The ${topic} is ${own[0]![0]} here and ${theirs[0]![0]} in \`${nameIn(path)}\`.`
    return [{ span, message, related: [{ message: 'The other file', path }] }]
  })
}

export function bridge(document: SkillDocument, { files }: RuleContext): Hit[] {
  const { path, folderPath, text } = document
  if (path === undefined || folderPath === undefined) return []
  if (nameIn(path) === 'CLAUDE.md') {
    const agents = files.text(`${folderPath}/AGENTS.md`)
    if (!agents || agents === 'missing' || agents === text || /AGENTS\.md/.test(text)) return []
    const message = 'Beside this lies an AGENTS.md that Claude Code does not read.'
    return [
      {
        span: firstLine(document),
        message,
        data: { add: true },
        related: [{ message: 'AGENTS.md', path: `${folderPath}/AGENTS.md` }],
      },
    ]
  }
  if (nameIn(path) !== 'AGENTS.md' || files.text(`${folderPath}/CLAUDE.md`) !== 'missing') return []
  const used = files.stat(`${folderPath}/.claude`)
  if (!used || used === 'missing' || files.stat(`${folderPath}/.claude/CLAUDE.md`) !== 'missing') return []
  return [
    {
      span: firstLine(document),
      message: 'Claude Code is used here, but does not read this file; a CLAUDE.md has to import it.',
      data: { create: `${folderPath}/CLAUDE.md` },
    },
  ]
}

export function ruleHits(document: SkillDocument): Hit[] {
  const rule = ruleFolders.find(({ file }) => file.test(document.path ?? document.uri))
  if (!rule || !document.isReadable) return []
  const globs = document.entry(rule.globs)
  const none = globs && globs.value.kind === 'text' && globs.value.text.trim() === ''
  return [
    ...misspelled(document, rule.keys, rule.client),
    ...(globs && globs.value.kind !== 'empty' && !none ? globHits(globs.value, rule.globs === 'paths') : []),
    ...(none && rule.client === 'Claude Code'
      ? [{ span: globs.value.span, message: 'No pattern: the rule is never applied.' }]
      : []),
  ]
}

const sameMeaning: Readonly<Record<string, readonly string[]>> = {
  paths: ['globs', 'applyTo'],
  globs: ['paths', 'applyTo'],
  applyTo: ['globs', 'paths'],
}

export function misspelled(document: SkillDocument, keys: readonly string[], client: string): Hit[] {
  return document.entries.flatMap(({ key, keySpan }): Hit[] => {
    if (keys.includes(key)) return []
    const near =
      nearest(key, keys) ??
      keys.find((each) => each.toLowerCase() === key.toLowerCase() || sameMeaning[each]?.includes(key))
    if (near !== undefined && !document.entry(near))
      return [{ span: keySpan, message: `${client} does not read \`${key}\`; here it is \`${near}\`.`, data: { near } }]
    return [{ span: keySpan, message: `${client} does not read \`${key}\`.`, severity: 'hint', faded: 'unnecessary' }]
  })
}

/** Of `paths` VS Code says itself what is no text. */
export function globHits(value: Value, saysEditor = false): Hit[] {
  const values = value.kind === 'list' ? value.items : [value]
  return values.flatMap((each): Hit[] => {
    const trouble = each.kind === 'text' ? globTrouble(each.text) : `YAML reads this as ${kindInWords(each)}`
    const saidByEditor = saysEditor && each.kind !== 'text'
    return trouble === undefined
      ? []
      : [{ span: each.span, message: `Not a pattern of paths: ${trouble}.`, saidByEditor }]
  })
}
