import type { DocumentLink } from 'vscode-languageserver'
import type { SkillDocument } from '../document/document.ts'
import { uriOf } from '../document/location.ts'
import { fileReferencesIn } from '../document/references.ts'
import type { FeatureContext } from './feature.ts'
import { namesIn } from './thing.ts'

/** What can be followed in a document: names of skills and agents, imports, and, unless VS Code shows them itself, links to files. */
export function documentLinks(
  document: SkillDocument,
  complement: boolean,
  context: Pick<FeatureContext, 'catalogue' | 'home'>,
): DocumentLink[] {
  const names = namesIn(document, context).flatMap(({ span, targets }): DocumentLink[] => {
    const target = targets[0]
    // What it is, the hover says.
    return target ? [{ range: document.rangeOf(span), target: uriOf(target.path), tooltip: 'Open' }] : []
  })
  const files = fileReferencesIn(document, context.home)
    .filter(({ to, form }) => to !== '' && !(complement && form !== 'import'))
    .map(({ to, span, fragment }): DocumentLink => {
      const hash = fragment === undefined ? '' : `#${encodeURIComponent(fragment)}`
      return { range: document.rangeOf(span), target: uriOf(to) + hash }
    })
  return [...names, ...files]
}
