import type { FileSystemWatcher } from 'vscode-languageserver'
import { homeFolders } from './catalogue/crawl.ts'
import { type Path, uriOf } from './document/location.ts'

/** Changes that the editor is asked to tell of: in the open folders, and where clients keep things in the home directory. */
export function watchedFiles(home: Path | undefined): FileSystemWatcher[] {
  // Folders are named as well: of one that vanishes, no file in it is told.
  const inFolders = [
    '**/*.{md,mdc}',
    '**/{skills,skill,agents,commands,rules}/**',
    '**/.{claude,agents,github,codex,gemini,opencode,cursor,copilot,pi,roo}',
    '**/{plugin,marketplace}.json',
  ]
  const personal = home === undefined ? [] : homeFolders.map((folder) => uriOf(`${home}/${folder}`))
  return [
    ...inFolders.map((globPattern) => ({ globPattern })),
    ...personal.flatMap((baseUri) => [
      { globPattern: { baseUri, pattern: '{skills,skill,agents,commands,rules,plugins}/**' } },
      { globPattern: { baseUri, pattern: '*.md' } },
    ]),
  ]
}
