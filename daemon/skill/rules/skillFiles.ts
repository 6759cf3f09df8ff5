import type { SkillDocument } from '../document/document.ts'
import type { Span } from '../document/fences.ts'
import type { Path } from '../document/location.ts'
import type { FileView } from '../workspace.ts'
import type { Hit } from './rule.ts'
import { type FolderEntry, installedWith } from './skillFolder.ts'

/** Where findings about files beside the text are shown: at the name, or at the beginning. */
export function headOf(document: SkillDocument): Span {
  const name = document.isReadable ? document.entry('name') : undefined
  if (name && name.value.span.end > name.value.span.start) return name.value.span
  return document.fences?.open ?? { start: 0, end: Math.min(1, document.text.length) }
}

/** A finding about a file beside the text, which leads there. */
export function fileHit(document: SkillDocument, { path }: FolderEntry, message: string): Hit {
  return { span: headOf(document), message, related: [{ message: 'The file', path }] }
}

const bytecode = /\.py[cod]$/i
const archive = /\.(?:zip|tar|tgz|tbz2|gz|xz|7z|rar|jar|war|whl|egg|vsix|crx|dmg|iso|msi|deb|rpm|pkg)$/i
const macros = /\.(?:docm|dotm|xlsm|xlsb|xltm|pptm|ppam|potm)$/i
const disguised =
  /\.(?:pdf|png|jpe?g|gif|txt|md|docx?|xlsx?|csv|json)\.(?:exe|scr|bat|cmd|com|sh|ps1|py|js|vbs|jar|app)$/i

const strange = new RegExp([bytecode, archive, macros, disguised].map(({ source }) => source).join('|'), 'i')

/** Files whose content no reader of the skill has seen. */
export function strangeFiles(document: SkillDocument, files: FileView): Hit[] {
  const items = installedWith(document, files)
  const odd = items.filter(({ name, type }) => type !== 'folder' && strange.test(name))
  if (odd.length === 0) return []
  const names = new Set(items.map(({ relative }) => relative))
  return odd.flatMap((item): Hit[] => {
    const { relative: path, name } = item
    if (disguised.test(name))
      return [fileHit(document, item, `\`${path}\` is a program that is named like a document.`)]
    if (macros.test(name))
      return [fileHit(document, item, `\`${path}\` is a document with macros, which are programs.`)]
    if (archive.test(name)) {
      const message = `\`${path}\` is an archive; what is in it is not looked at.`
      return [{ ...fileHit(document, item, message), severity: 'information' }]
    }
    if (!bytecode.test(name) || hasSource(path, names)) return []
    return [fileHit(document, item, `\`${path}\` is compiled code without its source.`)]
  })
}

/** `__pycache__/a.cpython-313.pyc` is made from `a.py`. */
function hasSource(path: Path, names: ReadonlySet<string>): boolean {
  const source = path.replace(/(?:__pycache__\/)?([^/]+?)(?:\.cpython-[\w-]+)?(?:\.opt-\d)?\.py[cod]$/i, '$1.py')
  return names.has(source)
}
