/** Values by path, as a tree of names. */
export interface PathNode<T> {
  value: T | undefined
  readonly inner: Map<string, PathNode<T>>
}

export function pathTree<T>(values: Iterable<readonly [string, T | undefined]>): PathNode<T> {
  const root: PathNode<T> = { value: undefined, inner: new Map() }
  for (const [path, value] of values) {
    let node = root
    for (const name of path.split('/')) {
      let next = node.inner.get(name)
      if (!next) {
        next = { value: undefined, inner: new Map() }
        node.inner.set(name, next)
      }
      node = next
    }
    node.value = value
  }
  return root
}
