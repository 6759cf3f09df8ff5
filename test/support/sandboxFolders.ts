import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
} from 'node:fs'
import { join } from 'node:path'
import type { LayerMount, OpenParams } from '../../daemon/sandbox/sandbox.ts'
import { removeLeftGroups } from './leftGroups.ts'

/** The folders of one test: a user's home, in it a workspace and, where it usually lies, a daemon's data with layers. */
export interface SandboxFolders {
  readonly top: string
  /** What HOME is to be while a provider opens sandboxes. */
  readonly userHome: string
  readonly workspace: string
  readonly data: string
  /** The folders of a new layer, over the workspace or another folder. */
  layer(lower?: string): OpenParams & { layer: Extract<LayerMount, { type: 'overlay' }> }
  remove(): void
}

/** Made in /var/tmp: layers need a real file system, which /tmp often is not. */
export function sandboxFolders(): SandboxFolders {
  const top = realpathSync(mkdtempSync('/var/tmp/paddock-sandbox-'))
  const userHome = join(top, 'user')
  const data = join(userHome, '.local', 'share', 'paddock')
  const workspace = join(userHome, 'projects', 'demo')
  for (const folder of [workspace, data]) mkdirSync(folder, { recursive: true })
  let layers = 0
  return {
    top,
    userHome,
    workspace,
    data,
    layer(lower = workspace) {
      const folder = join(data, `layer${++layers}`)
      const [upper, work] = [join(folder, 'upper'), join(folder, 'work')]
      for (const made of [upper, work]) mkdirSync(made, { recursive: true })
      return { layer: { type: 'overlay', lower, upper, work }, home: join(data, 'home'), store: join(data, 'kind') }
    },
    remove() {
      removeLeftGroups(data)
      // A killed holder leaves an unreadable folder in its layer's `work`.
      for (const layer of existsSync(data) ? readdirSync(data) : []) {
        if (existsSync(join(data, layer, 'work', 'work'))) chmodSync(join(data, layer, 'work', 'work'), 0o700)
      }
      rmSync(top, { recursive: true, force: true })
    },
  }
}

/** This Node at a place that a sandbox over the workspace shows, wherever it is installed. */
export function nodeInside({ workspace }: SandboxFolders): string {
  const place = join(workspace, 'node')
  if (existsSync(place)) return place
  try {
    linkSync(process.execPath, place)
  } catch {
    // It lies on another file system.
    copyFileSync(process.execPath, place)
  }
  return place
}
