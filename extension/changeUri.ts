/** The parts of an editor's URI that these functions read and make. */
export interface UriParts {
  readonly scheme: string
  readonly path: string
  readonly query: string
}

export type Side = 'base' | 'layer'

export interface SideOfChange {
  readonly session: string
  /** The change's path, relative to the workspace. */
  readonly path: string
  readonly side: Side
}

export const sideSchemes: Readonly<Record<Side, string>> = { base: 'paddock-base', layer: 'paddock-layer' }

/**
 * One side of a change as a document. It shows at the file's own path, so that the editor sees one file and its language;
 * the base of a renamed file shows at its old path.
 */
export function sideUri(folderPath: string, { session, path, side }: SideOfChange, shownAt = path): UriParts {
  return {
    scheme: sideSchemes[side],
    path: `${folderPath.replace(/\/$/, '')}/${shownAt}`,
    query: new URLSearchParams({ session, path }).toString(),
  }
}

/** What a document of ours shows; null for any other. */
export function parseSideUri({ scheme, query }: UriParts): SideOfChange | null {
  const side = scheme === sideSchemes.base ? 'base' : scheme === sideSchemes.layer ? 'layer' : null
  const params = new URLSearchParams(query)
  const [session, path] = [params.get('session'), params.get('path')]
  return side && session && path ? { session, path, side } : null
}
