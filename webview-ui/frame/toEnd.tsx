import type { ComponentChildren, RefObject } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { Icon } from '../icons.tsx'

interface Props {
  readonly list: RefObject<HTMLElement | null>
  readonly onPress: () => void
  readonly children: ComponentChildren
}

/** Leads to the newest message. When it goes, the keyboard goes on from the list, not from the top of the page. */
export function ToEnd({ list, onPress, children }: Props) {
  const button = useRef<HTMLButtonElement>(null)
  useLayoutEffect(
    () => () => {
      if (button.current && button.current === document.activeElement) list.current?.focus({ preventScroll: true })
    },
    [],
  )
  return (
    <button type="button" class="to-end" ref={button} onClick={onPress}>
      <Icon name="arrowDown" />
      {children}
    </button>
  )
}
