import type { TextDocumentEdit, WorkspaceEdit } from 'vscode-languageserver'
import { TextDocument } from 'vscode-languageserver-textdocument'
import type { SkillDocument } from '../../daemon/skill/document/document.ts'
import { pathOf, uriOf } from '../../daemon/skill/document/location.ts'
import type { FeatureContext } from '../../daemon/skill/features/feature.ts'
import { SkillService } from '../../daemon/skill/service.ts'
import { home } from './check.ts'
import { MemoryWorkspace } from './memoryWorkspace.ts'

/** A disk in memory with a project at /repo, and the service that has looked through it. */
export interface World {
  readonly disk: MemoryWorkspace
  readonly service: SkillService
  /** Opens a file of the disk, or another text at its path. */
  open(path: string, text?: string, languageId?: string): { document: SkillDocument; context: FeatureContext }
  /** Opens a text with a `|` in it, which is left out, and tells where it was. */
  at(
    path: string,
    marked: string,
  ): { document: SkillDocument; context: FeatureContext; position: { line: number; character: number } }
  /** Does to the disk what an edit says, and tells the service. */
  apply(edit: WorkspaceEdit): Promise<void>
}

const never = new AbortController().signal

export async function worldOf(files: Readonly<Record<string, string>>): Promise<World> {
  const disk = new MemoryWorkspace(files)
  const service = new SkillService({ workspace: disk, home })
  await service.begin(
    [
      { path: '/repo', type: 'folder' },
      { path: home, type: 'home' },
    ],
    never,
  )
  let version = 0
  const open: World['open'] = (
    path,
    text = disk.text(path) ?? '',
    languageId = path.endsWith('SKILL.md') ? 'skill' : 'markdown',
  ) => {
    version++
    const document = service.show({ uri: uriOf(path), languageId, version, text })
    return { document, context: service.contextOf(document) }
  }
  return {
    disk,
    service,
    open,
    at(path, marked) {
      const offset = marked.indexOf('|')
      const opened = open(path, marked.slice(0, offset) + marked.slice(offset + 1))
      return { ...opened, position: opened.document.source.positionAt(offset) }
    },
    async apply({ documentChanges = [] }) {
      const touched: string[] = []
      for (const change of documentChanges) {
        if ('kind' in change) {
          if (change.kind !== 'rename') throw new Error(`No test makes a ${change.kind} yet.`)
          const [from, to] = [pathOf(change.oldUri)!, pathOf(change.newUri)!]
          disk.rename(from, to)
          touched.push(from, to)
        } else {
          const path = pathOf(change.textDocument.uri)!
          disk.write(path, edited(disk.text(path)!, change))
          touched.push(path)
        }
      }
      for (const document of [...service.documents]) service.hide(document.uri)
      await service.filesChanged(touched, never)
    },
  }
}

function edited(text: string, { edits }: TextDocumentEdit): string {
  const plain = edits.flatMap((edit) => ('newText' in edit ? [edit] : []))
  return TextDocument.applyEdits(TextDocument.create('x:y', 'x', 1, text), plain)
}

/** An editor that can take everything. */
export const support = { versioned: true, snippets: true, files: true }

/** Places as `path «text»`. */
export function shown(
  world: World,
  places: readonly {
    uri: string
    range: { start: { line: number; character: number }; end: { line: number; character: number } }
  }[],
): string[] {
  return places.map(({ uri, range }) => {
    const path = pathOf(uri)!
    const open = [...world.service.documents].find((document) => document.path === path)
    const source = TextDocument.create('x:y', 'x', 1, open?.text ?? world.disk.text(path) ?? '')
    return `${path} «${source.getText(range)}»`
  })
}
