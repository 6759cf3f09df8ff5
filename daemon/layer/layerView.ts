import type { Stats } from 'node:fs'
import type { Reading } from './fileState.ts'
import type { Tree } from './tree.ts'
import type { Skipped, UpperWalk } from './upperWalk.ts'

/** How a kind of layer tells the agent's own from what it began with. Everything else is the same for all kinds. */
export interface LayerView {
  /** All that the layer has of its own, or says to be gone. Git's data only where it is asked for. */
  walk(options?: { readonly withGit?: boolean }): Promise<UpperWalk>
  /** Nothing at `path` is the agent's: neither a change nor a removal. */
  isUntouched(path: string): Promise<boolean>
  /** What the agent sees at `path` where nothing of its own is; `shown` is what the user has there and a mount shows. */
  beneath(path: string, shown: Stats | undefined): Stats | undefined
  /** The tree that has what the agent sees at `path`. */
  shownIn(path: string): Promise<Tree>
  /** The agent began with what the user has at `path`, as it was just read. */
  beganWith(path: string, reading: Reading): boolean
  /** What the user has and the agent cannot see, and why. */
  readonly leftOut: readonly Skipped[]
}
