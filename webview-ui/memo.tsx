import { Component, type ComponentType } from 'preact'

/** A component that is drawn again only when one of its properties is no longer the same value. */
export function memo<P extends object>(Inner: ComponentType<P>): ComponentType<P> {
  return class Memo extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      return !same(this.props, next)
    }
    override render(props: P) {
      return <Inner {...props} />
    }
  }
}

function same<P extends object>(before: P, after: P): boolean {
  const keys = Object.keys(after) as (keyof P)[]
  return keys.length === Object.keys(before).length && keys.every((key) => before[key] === after[key])
}
