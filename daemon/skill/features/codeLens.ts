import type { CodeLens, Command, Location } from 'vscode-languageserver'
import { acceptances } from '../clients/acceptance.ts'
import type { SkillDocument } from '../document/document.ts'
import { uriOf } from '../document/location.ts'
import type { FeatureContext } from './feature.ts'
import { usagesOf, wanted } from './usages.ts'

/** The commands that lenses run; the client says which of them it has. */
export const lensCommands = {
  /** Runs a skill: its address. */
  run: 'paddock.skills.run',
  /** Explains which clients load a skill and why not: its address. */
  explain: 'paddock.skills.explain',
  /** Shows places: an address, a position, locations. */
  references: 'paddock.skills.showReferences',
  /** Opens a file: its address. */
  open: 'vscode.open',
} as const

interface LensData {
  readonly uri: string
}

/** What stands above a skill or agent: run it, who names it, which clients load it, its evals. What is dear to find out comes later. */
export function codeLenses(document: SkillDocument, commands: readonly string[], context: FeatureContext): CodeLens[] {
  const { path, kind } = document
  if (path === undefined || !['skill', 'flatSkill', 'agent'].includes(kind)) return []
  const at = document.fences?.open.start ?? 0
  const range = document.rangeOf({ start: at, end: at })
  const lenses: (CodeLens & { needs: string })[] = []
  const add = (title: string, command: string, ...args: unknown[]) =>
    lenses.push({ range, needs: command, command: { title, command, arguments: args } })
  if (kind !== 'agent') add('Run skill', lensCommands.run, document.uri)
  lenses.push({ range, needs: lensCommands.references, data: { uri: document.uri } satisfies LensData })
  if (kind === 'skill') {
    const all = acceptances(document, context.home)
    const loading = all.filter(({ verdict }) => verdict === 'loads').length
    add(`Loads in ${loading} of ${all.length} clients`, lensCommands.explain, document.uri)
    const evals = `${document.folderPath}/evals/evals.json`
    const stat = context.files.stat(evals)
    if (stat && stat !== 'missing') add('Evals', lensCommands.open, uriOf(evals))
  }
  return lenses.filter(({ needs }) => commands.includes(needs)).map(({ needs: _, ...lens }) => lens)
}

/** Finds out what a lens says that was sent without. */
export async function resolveLens(lens: CodeLens, document: SkillDocument, context: FeatureContext): Promise<CodeLens> {
  if (document.path === undefined) return lens
  const usages = await usagesOf(wanted(document.path, context), context)
  const locations = usages.map(({ document: each, span }): Location => ({ uri: each.uri, range: each.rangeOf(span) }))
  const title = locations.length === 1 ? '1 reference' : `${locations.length} references`
  const command: Command = {
    title,
    // Where there is nothing to show, it is text and no link.
    command: locations.length > 0 ? lensCommands.references : '',
    arguments: [document.uri, lens.range.start, locations],
  }
  return { range: lens.range, command }
}
