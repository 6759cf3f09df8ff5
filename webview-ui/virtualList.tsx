import type { ComponentChildren, RefObject } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Heights } from './heights.ts'

interface Props<T extends { readonly key: string }> {
  /** Filled with what scrolls. */
  readonly scroller: RefObject<HTMLDivElement | null>
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

interface Position {
  stuck: boolean
  scrolling: boolean
  top: number
  /** By how much the space above is smaller than what is not drawn there; 0 when nothing scrolls. */
  drift: number
  view: number
  /** The first entry in view: how far from the upper edge it begins, and where in all that is scrolled. */
  anchor: { readonly key: string; readonly y: number; readonly place: number } | null
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
  const { scroller, items, footer, label, hasEarlier } = props
  const content = useRef<HTMLDivElement>(null)
  const rows = useRef<HTMLDivElement>(null)
  const above = useRef<HTMLDivElement>(null)
  const below = useRef<HTMLDivElement>(null)
  const heights = useRef(new Heights()).current
  const at = useRef<Position>({ stuck: true, scrolling: false, top: 0, drift: 0, view: 0, anchor: null }).current
  const [, redraw] = useState(0)
  const latest = useRef(props)
  latest.current = props

  heights.update(items, props.estimate)
  /** The entries around what is in view, by where its first one stands now: it may have got others in front of it. */
  const around = (more: number) => {
    if (at.stuck) return heights.rangeAtEnd(at.view + more)
    const place = at.anchor && heights.placeOf(at.anchor.key)
    const top = place === null ? at.top + at.drift : place - at.anchor!.y
    return heights.range(top - more, top + at.view + more)
  }
  const drawn = around(margin)
  const range = useRef(drawn)
  range.current = drawn
  const hadFocus = rows.current?.contains(document.activeElement) ?? false

  const stick = (stuck: boolean) => {
    if (at.stuck === stuck) return
    at.stuck = stuck
    latest.current.onAtEnd(stuck)
  }

  const toGo = () => {
    const { scrollHeight, clientHeight, scrollTop } = scroller.current!
    return scrollHeight - clientHeight - scrollTop
  }

  /** Remembers which entry is the first in view, and where. */
  const remember = () => {
    const box = scroller.current!
    at.top = box.scrollTop
    const edge = box.getBoundingClientRect().top
    at.anchor = null
    for (const row of rows.current!.children) {
      const { top, bottom } = row.getBoundingClientRect()
      if (bottom <= edge) continue
      if (top < edge + box.clientHeight) {
        at.anchor = { key: (row as HTMLElement).dataset['key']!, y: top - edge, place: placeIn(box, row) }
      }
      break
    }
  }

  const placeSpacers = () => {
    above.current!.style.height = `${Math.max(0, heights.before(range.current.first) - at.drift)}px`
    below.current!.style.height = `${heights.after(range.current.last)}px`
  }

  /**
   * Takes back that what is in view moved down by so much. A scroll position set by script breaks off the scrolling under
   * way, so until that has ended the space above gives or takes, where it can.
   */
  const shift = (moved: number) => {
    const left = heights.before(range.current.first) - at.drift - moved
    if (at.scrolling && range.current.first > 0 && left > 0) {
      at.drift += moved
      placeSpacers()
    } else scroller.current!.scrollTop += moved
  }

  const scrollEnded = () => {
    at.scrolling = false
    if (at.drift === 0 || at.stuck) return
    const { drift } = at
    at.drift = 0
    placeSpacers()
    scroller.current!.scrollTop += drift
    remember()
  }

  /** Puts things back to where they were before heights changed. */
  const restore = () => {
    const box = scroller.current!
    // The position may have moved on already without the event that tells of it.
    if (at.stuck && box.scrollTop < at.top - 1 && toGo() > endSlack) stick(false)
    if (at.stuck) {
      at.drift = 0
      placeSpacers()
      box.scrollTop = box.scrollHeight
    } else if (at.anchor) {
      const row = [...rows.current!.children].find((row) => (row as HTMLElement).dataset['key'] === at.anchor!.key)
      const moved = row ? placeIn(box, row) - at.anchor.place : 0
      if (Math.abs(moved) >= 0.5) shift(moved)
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
    placeSpacers()
    measure()
    restore()
    const { first, last } = around(margin)
    if (first < range.current.first || last > range.current.last) redraw((count) => count + 1)
    if (latest.current.hasEarlier && first === 0 && at.top < margin) latest.current.onNearStart()
  }

  const scrolled = () => {
    const box = scroller.current!
    at.scrolling = 'onscrollend' in window
    if (toGo() <= endSlack) stick(true)
    else if (box.scrollTop < at.top - 1) stick(false)
    remember()
    const { first, last } = around(margin / 2)
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
      if (!at.stuck && toGo() <= 1) stick(true)
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
      onScrollEnd={scrollEnded}
      onClickCapture={released}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to reach it
      tabIndex={0}
      aria-label={label}
    >
      <div class="scrolled" ref={content}>
        {hasEarlier && <div class="earlier">Earlier messages…</div>}
        <div ref={above} />
        <div ref={rows}>
          {items.slice(drawn.first, drawn.last).map((item, index) => (
            <div class="row" key={item.key} data-key={item.key}>
              {props.children(item, drawn.first + index)}
            </div>
          ))}
        </div>
        <div ref={below} />
        {footer}
      </div>
    </section>
  )
}

function placeIn(box: Element, row: Element): number {
  return row.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop
}
