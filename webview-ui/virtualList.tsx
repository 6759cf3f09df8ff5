import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Heights } from './heights.ts'

interface Props<T extends { readonly key: string }> {
  readonly items: readonly T[]
  readonly estimate: (item: T) => number
  readonly children: (item: T, index: number) => ComponentChildren
  /** Drawn after the last entry, inside of what scrolls. */
  readonly footer: ComponentChildren
  readonly label: string
  /** There is more before the first entry; asked for when the beginning comes near. */
  readonly hasEarlier: boolean
  readonly onNearStart: () => void
  /** The end came into view, or left it. */
  readonly onAtEnd: (atEnd: boolean) => void
  /** Raised to scroll to the end. */
  readonly toEnd: number
}

/** Drawn above and below what is in view, so that scrolling does not outrun drawing. In pixels. */
const margin = 600
const endSlack = 12

/**
 * A long list of which only what is in view is in the document. Entries have whatever height they have, in normal flow
 * between two spacers, and are measured when drawn. Two rules keep it still: at the end it stays at the end, and
 * anywhere else the first entry in view stays where it is, whatever grows, shrinks or appears around it.
 */
export function VirtualList<T extends { readonly key: string }>(props: Props<T>) {
  const { items, footer, label, hasEarlier } = props
  const scroller = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const rows = useRef<HTMLDivElement>(null)
  const heights = useRef(new Heights()).current
  const at = useRef({ stuck: true, top: 0, view: 0, anchor: null as { key: string; y: number } | null }).current
  const [, redraw] = useState(0)
  const latest = useRef(props)
  latest.current = props

  heights.update(items, props.estimate)
  const drawn = at.stuck
    ? heights.rangeAtEnd(at.view + margin)
    : heights.range(at.top - margin, at.top + at.view + margin)
  const range = useRef(drawn)
  range.current = drawn
  const hadFocus = rows.current?.contains(document.activeElement) ?? false

  /** Remembers which entry is the first in view, and where. */
  const remember = () => {
    const box = scroller.current!
    at.top = box.scrollTop
    const edge = box.getBoundingClientRect().top
    at.anchor = null
    for (const row of rows.current!.children) {
      const { top, bottom } = row.getBoundingClientRect()
      if (bottom <= edge) continue
      if (top < edge + box.clientHeight) at.anchor = { key: (row as HTMLElement).dataset['key']!, y: top - edge }
      break
    }
  }

  /** Puts things back to where they were before heights changed. */
  const restore = () => {
    const box = scroller.current!
    if (at.stuck) box.scrollTop = box.scrollHeight
    else if (at.anchor) {
      const row = [...rows.current!.children].find((row) => (row as HTMLElement).dataset['key'] === at.anchor!.key)
      const moved = row ? row.getBoundingClientRect().top - box.getBoundingClientRect().top - at.anchor.y : 0
      if (Math.abs(moved) >= 0.5) box.scrollTop += moved
    }
    remember()
  }

  const measure = (): boolean => {
    let changed = false
    for (const row of rows.current!.children) {
      const { key } = (row as HTMLElement).dataset
      changed = heights.measured(key!, row.getBoundingClientRect().height) || changed
    }
    return changed
  }

  const settle = () => {
    measure()
    restore()
    const { first, last } = at.stuck
      ? heights.rangeAtEnd(at.view + margin)
      : heights.range(at.top - margin, at.top + at.view + margin)
    if (first < range.current.first || last > range.current.last) redraw((count) => count + 1)
    if (latest.current.hasEarlier && first === 0 && at.top < margin) latest.current.onNearStart()
  }

  const stick = (stuck: boolean) => {
    if (at.stuck === stuck) return
    at.stuck = stuck
    latest.current.onAtEnd(stuck)
  }

  const scrolled = () => {
    const box = scroller.current!
    const toGo = box.scrollHeight - box.clientHeight - box.scrollTop
    if (toGo <= endSlack) stick(true)
    else if (box.scrollTop < at.top - 1) stick(false)
    remember()
    const { first, last } = heights.range(at.top - margin / 2, at.top + at.view + margin / 2)
    if (first < range.current.first || last > range.current.last) redraw((count) => count + 1)
    if (latest.current.hasEarlier && at.top < margin) latest.current.onNearStart()
  }

  /** Whoever unfolds something at the end wants to look at it, not at what comes after it. */
  const released = (event: Event) => {
    const unfolds = event.target instanceof Element && event.target.closest('[aria-expanded]')
    if (unfolds && rows.current!.contains(unfolds)) {
      remember()
      stick(false)
    }
  }

  useLayoutEffect(() => {
    settle()
    // The entry with the focus was scrolled away: the keyboard goes on from the list, not from the top of the page.
    if (hadFocus && document.activeElement === document.body) scroller.current!.focus({ preventScroll: true })
  })

  useLayoutEffect(() => {
    const box = scroller.current!
    const observer = new ResizeObserver(() => {
      if (at.view !== box.clientHeight) {
        at.view = box.clientHeight
        redraw((count) => count + 1)
      }
      settle()
      if (!at.stuck && box.scrollHeight - box.clientHeight - box.scrollTop <= 1) stick(true)
    })
    at.view = box.clientHeight
    observer.observe(box)
    observer.observe(content.current!)
    return () => observer.disconnect()
  }, [])

  useEffect(() => {
    stick(true)
    redraw((count) => count + 1)
  }, [props.toEnd])

  return (
    <section
      class="scroller"
      ref={scroller}
      onScroll={scrolled}
      onClickCapture={released}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to reach it
      tabIndex={0}
      aria-label={label}
    >
      <div class="scrolled" ref={content}>
        {hasEarlier && <div class="earlier">Earlier messages…</div>}
        <div style={{ height: `${heights.before(drawn.first)}px` }} />
        <div ref={rows}>
          {items.slice(drawn.first, drawn.last).map((item, index) => (
            <div class="row" key={item.key} data-key={item.key}>
              {props.children(item, drawn.first + index)}
            </div>
          ))}
        </div>
        <div style={{ height: `${heights.after(drawn.last)}px` }} />
        {footer}
      </div>
    </section>
  )
}
