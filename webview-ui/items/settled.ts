import type { RefObject } from 'preact'
import { useContext, useEffect, useRef, useState } from 'preact/hooks'
import { WindowFocus } from '../pageContext.ts'

/** How long a question has to stand still in view before it can be answered, in milliseconds. */
const settleTime = 500

export interface Settled {
  readonly ready: boolean
  /** Whether a click or key that arrives now was meant for what is here. Where not, the moment begins anew. */
  passes(): boolean
}

/**
 * True once `element` has stood still for a moment, in a window that has the keyboard. A question that appears, moves,
 * grows or comes to the front under a hand that was about to do something else is not answered by it.
 */
export function useSettled(element: RefObject<HTMLElement | null>): Settled {
  const focused = useContext(WindowFocus)
  const [ready, setReady] = useState(false)
  const stood = useRef<DOMRect | null>(null)
  const restart = useRef(() => {})

  useEffect(() => {
    const box = element.current!
    let timer = 0
    restart.current = () => {
      stood.current = box.getBoundingClientRect()
      setReady(false)
      clearTimeout(timer)
      timer = window.setTimeout(() => setReady(true), settleTime)
    }
    const look = () => {
      if (!isSame(stood.current, box.getBoundingClientRect())) restart.current()
    }
    restart.current()
    const scroller = box.closest('.scroller')
    const observer = new ResizeObserver(look)
    for (const one of [box, scroller, scroller?.firstElementChild]) if (one) observer.observe(one)
    scroller?.addEventListener('scroll', look, { passive: true })
    return () => {
      clearTimeout(timer)
      observer.disconnect()
      scroller?.removeEventListener('scroll', look)
    }
  }, [])
  useEffect(() => restart.current(), [focused])

  return {
    ready,
    passes() {
      const stands = isSame(stood.current, element.current!.getBoundingClientRect())
      if (ready && stands && focused) return true
      restart.current()
      return false
    },
  }
}

/** To the pixel: what is drawn between two pixels has not moved. */
function isSame(before: DOMRect | null, now: DOMRect): boolean {
  const near = (one: number, other: number) => Math.abs(one - other) < 1
  return (
    before !== null &&
    near(before.top, now.top) &&
    near(before.left, now.left) &&
    near(before.width, now.width) &&
    near(before.height, now.height)
  )
}
