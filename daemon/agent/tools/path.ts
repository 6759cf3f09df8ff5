import { posix } from 'node:path'

export type ToolPath =
  | { readonly type: 'path'; readonly path: string }
  | { readonly type: 'invalid'; readonly message: string }

/** A path that the model wrote, as one plain absolute path. Lexical: links are resolved inside the sandbox only. */
export function toolPath(root: string, written: string): ToolPath {
  const refusal = refusals.find(({ applies }) => applies(written))
  if (refusal) return { type: 'invalid', message: `The call was not run: ${refusal.why}` }
  const path = posix.resolve(root, written)
  return { type: 'path', path }
}

/** The path as a person reads it: relative where it lies in the workspace. */
export function shownPath(root: string, path: string): string {
  if (path === root) return '.'
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path
}

const refusals: readonly { applies: (written: string) => boolean; why: string }[] = [
  { applies: (written) => written === '', why: 'path is empty. Say "." for the workspace.' },
  { applies: (written) => written.length > 4096, why: 'path is longer than 4,096 characters.' },
  { applies: (written) => written.includes('\0'), why: 'path holds a NUL character.' },
  {
    applies: (written) => written === '~' || written.startsWith('~/'),
    why: '~ is not expanded in paths. Write the path out, relative to the workspace or absolute.',
  },
]
