import type { SkillDocument } from '../document/document.ts'
import type { Span } from '../document/fences.ts'
import type { FileView } from '../workspace.ts'
import { nearest } from './keyNames.ts'
import type { Hit } from './rule.ts'

const runs =
  /(?:^|[\s`;&|(])(?:(npm|pnpm|bun)[ \t]+run[ \t]+|(make)[ \t]+)([A-Za-z][\w:.-]{0,60})(?=[\s`;&|)"']|$)([^\n`;&|]{0,80})/gm
/** Elsewhere is another package.json. */
const elsewhere = /(?:^|\s)(?:-w|--workspace|-C|--prefix|--filter|--dir|-r|--recursive|-f)\b|\bcd\s/

/** `npm run` and `make` in code whose script or target is not there. Silent where package.json or Makefile is not, or cannot be known. */
export function commandTargets(document: SkillDocument, files: FileView): Hit[] {
  const { folderPath } = document
  if (folderPath === undefined) return []
  return codeIn(document).flatMap((span) => {
    const code = document.slice(span).slice(0, 20_000)
    if (/\bcd\s+[^.\s-]/.test(code)) return []
    return [...code.matchAll(runs)].flatMap((match): Hit[] => {
      const name = match[3]!
      if (elsewhere.test(match[4]!) || /[.:-]$/.test(name)) return []
      const known = match[2] ? targets(folderPath, files) : scripts(folderPath, files)
      if (!known || known.includes(name)) return []
      const start = span.start + match.index + match[0].length - match[4]!.length - name.length
      const near = nearest(name, known)
      const what = match[2] ? 'The Makefile has no target' : 'package.json has no script'
      const message = `${what} \`${name}\`${near ? `; did you mean \`${near}\`?` : '.'}`
      return [{ span: { start, end: start + name.length }, message, ...(near ? { data: { near } } : {}) }]
    })
  })
}

function codeIn({ blocks, inlines, text }: SkillDocument): Span[] {
  const fences = blocks.flatMap((block) =>
    block.type === 'fence' && /^(?:(?:ba|z)?sh|shell|console)?$/i.test(text.slice(block.info.start, block.info.end))
      ? [block.content]
      : [],
  )
  return [...fences, ...inlines.flatMap((inline) => (inline.type === 'code' ? [inline.content] : []))]
}

function scripts(folder: string, files: FileView): string[] | undefined {
  const text = files.text(`${folder}/package.json`)
  if (text === undefined || text === 'missing') return undefined
  try {
    const manifest: { scripts?: Record<string, unknown>; workspaces?: unknown } | null = JSON.parse(text)
    return Object.keys(manifest?.scripts ?? {})
  } catch {
    return undefined
  }
}

function targets(folder: string, files: FileView): string[] | undefined {
  const text = ['Makefile', 'makefile', 'GNUmakefile']
    .map((name) => files.text(`${folder}/${name}`))
    .find((each) => each !== 'missing')
  // What is included, matched by a pattern or computed cannot be seen.
  if (text === undefined || text === 'missing' || /^-?include\b|^[^\t#\n:=]*%[^\n:=]*:|^\.?\$\(|\$\(eval/m.test(text))
    return undefined
  return [...text.matchAll(/^([A-Za-z][^\t#\n:=]{0,300}):(?!=)/gm)].flatMap((match) => match[1]!.trim().split(/\s+/))
}
