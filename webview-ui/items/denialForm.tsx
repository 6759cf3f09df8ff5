import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Outcome } from '#protocol/approval.ts'
import { useItemMemory } from '../text.tsx'
import { AnswerButton } from './answerButton.tsx'

interface Props {
  /** The entry's key: what was typed outlives its being scrolled away. */
  readonly of: string
  readonly blocked: boolean
  readonly onAnswer: (outcome: Outcome) => void
  readonly onBack: () => void
}

/** Denies with words for the agent. Enter makes a new line: only the button answers. */
export function DenialForm({ of, blocked, onAnswer, onBack }: Props) {
  const [guidance, setGuidance] = useItemMemory(`${of}:guidance`, '')
  const field = useRef<HTMLTextAreaElement>(null)
  useLayoutEffect(() => field.current?.focus({ preventScroll: true }), [])
  const said = guidance.trim()
  return (
    <div class="answer-form">
      <textarea
        ref={field}
        rows={2}
        maxLength={10_000}
        aria-label="What the agent should do instead"
        placeholder="What should it do instead?"
        value={guidance}
        onInput={(event) => setGuidance(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onBack()
        }}
      />
      <div class="buttons">
        <AnswerButton
          primary
          blocked={blocked}
          onAnswer={() => onAnswer(said ? { type: 'deny', guidance: said } : { type: 'deny' })}
        >
          Deny
        </AnswerButton>
        <button type="button" onClick={onBack}>
          Back
        </button>
      </div>
    </div>
  )
}
