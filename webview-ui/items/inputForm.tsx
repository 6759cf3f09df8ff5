import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Outcome } from '#protocol/approval.ts'
import { hidesSomething } from '#protocol/visible.ts'
import { Exact, useItemMemory } from '../text.tsx'
import type { ApprovalItem } from '../transcriptItem.ts'
import { AnswerButton } from './answerButton.tsx'
import { exactText, lengthOf } from './approvalWords.ts'

interface Props {
  readonly item: ApprovalItem
  readonly blocked: boolean
  readonly onAnswer: (outcome: Outcome) => void
  readonly onBack: () => void
}

/** Allows a command as the person wrote it anew: what stands in the field is what runs, to the byte. */
export function InputForm({ item, blocked, onAnswer, onBack }: Props) {
  const original = exactText(item.approval.action)
  const [command, setCommand] = useItemMemory(`${item.key}:input`, original)
  const field = useRef<HTMLTextAreaElement>(null)
  useLayoutEffect(() => field.current?.focus({ preventScroll: true }), [])
  const same = command === original || command.trim() === ''
  return (
    <div class="answer-form">
      <textarea
        ref={field}
        class="exact-field"
        rows={2}
        maxLength={100_000}
        spellcheck={false}
        aria-label="The command that runs instead"
        value={command}
        onInput={(event) => setCommand(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onBack()
        }}
      />
      {hidesSomething(command) && (
        <pre class="exact">
          <Exact text={command} />
        </pre>
      )}
      <p class="note-quiet">{lengthOf(command)}. The agent is told that you changed it.</p>
      <div class="buttons">
        <AnswerButton
          primary
          blocked={blocked || same}
          onAnswer={() => !same && onAnswer({ type: 'allowWithInput', arguments: argumentsWith(item, command) })}
        >
          Allow this command once
        </AnswerButton>
        <button type="button" onClick={onBack}>
          Back
        </button>
      </div>
    </div>
  )
}

/** The call's own arguments (a time limit, say) with another command. */
function argumentsWith({ approval: { action }, arguments: sent = '{}' }: ApprovalItem, command: string): string {
  const { network, background } = action as Extract<typeof action, { type: 'command' }>
  const own = JSON.parse(sent) as Record<string, unknown>
  return JSON.stringify({ ...own, command, network, ...(background && { background }) })
}
