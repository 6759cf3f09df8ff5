import type { TextDocument } from 'vscode-languageserver-textdocument'
import { parseSkill, type SkillDocument } from './document/document.ts'
import type { Span } from './document/fences.ts'
import { folderOf } from './document/names.ts'

/** A skill as the features see it: what it says, where it lies, and how offsets become positions. */
export interface SkillFile {
  readonly source: TextDocument
  readonly document: SkillDocument
  /** The name of the folder that holds the file, where the file is a SKILL.md in a folder. */
  readonly folder: string | undefined
}

/** Reads one version of a text. */
export function readSkill(source: TextDocument): SkillFile {
  return { source, document: parseSkill(source.getText()), folder: folderOf(source.uri) }
}

/** `span` in lines and characters. */
export function rangeOf(file: SkillFile, span: Span) {
  return { start: file.source.positionAt(span.start), end: file.source.positionAt(span.end) }
}
