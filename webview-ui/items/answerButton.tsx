import type { ComponentChildren } from 'preact'

interface Props {
  readonly primary?: boolean
  readonly blocked: boolean
  readonly title?: string
  readonly onAnswer: () => void
  readonly children: ComponentChildren
}

/** A button that answers. While it is blocked it keeps the keyboard's focus, which would otherwise go astray. */
export function AnswerButton({ primary = false, blocked, title, onAnswer, children }: Props) {
  return (
    <button
      type="button"
      class={primary ? 'primary' : undefined}
      aria-disabled={blocked}
      title={title}
      onClick={onAnswer}
    >
      {children}
    </button>
  )
}
