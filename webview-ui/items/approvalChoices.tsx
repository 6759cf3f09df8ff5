import { useContext, useState } from 'preact/hooks'
import type { Outcome } from '#protocol/approval.ts'
import { Actions } from '../pageContext.ts'
import { useItemMemory } from '../text.tsx'
import type { ApprovalItem } from '../transcriptItem.ts'
import { AnswerButton } from './answerButton.tsx'
import { DenialForm } from './denialForm.tsx'
import { Grants } from './grants.tsx'
import { InputForm } from './inputForm.tsx'
import type { Settled } from './settled.ts'

interface Props {
  readonly item: ApprovalItem
  /** The whole action is shown: without that nothing of it can be allowed. */
  readonly complete: boolean
  readonly settled: Settled
}

/** Every way to answer a question. Each is a button of its own; nothing else ever answers. */
export function Choices({ item, complete, settled }: Props) {
  const actions = useContext(Actions)
  const { key, approval } = item
  const [view, setView] = useItemMemory<'answers' | 'more' | 'deny' | 'input'>(`${key}:view`, 'answers')
  const [sent, setSent] = useState(false)
  const blocked = sent || !settled.ready
  const answer = async (outcome: Outcome) => {
    const denies = outcome.type === 'deny' || outcome.type === 'abort'
    if (sent || !(denies || complete) || !settled.passes()) return
    setSent(true)
    await actions.answer(approval.id, outcome)
    setSent(false)
  }
  const back = () => setView('more')

  if (view === 'deny') return <DenialForm of={key} blocked={blocked} onAnswer={answer} onBack={back} />
  if (view === 'input') return <InputForm item={item} blocked={blocked || !complete} onAnswer={answer} onBack={back} />
  return (
    <>
      <div class="buttons">
        <AnswerButton primary blocked={blocked || !complete} onAnswer={() => answer({ type: 'allowOnce' })}>
          Allow once
        </AnswerButton>
        <AnswerButton blocked={blocked} onAnswer={() => answer({ type: 'deny' })}>
          Deny
        </AnswerButton>
        <button
          type="button"
          aria-expanded={view === 'more'}
          onClick={() => setView(view === 'more' ? 'answers' : 'more')}
        >
          More…
        </button>
      </div>
      {view === 'more' && (
        <section class="more-answers" aria-label="More answers">
          <Grants item={item} blocked={blocked || !complete} onAnswer={answer} />
          <div class="buttons">
            {approval.action.type === 'command' && (
              <button type="button" disabled={!complete} onClick={() => setView('input')}>
                Change the command…
              </button>
            )}
            <button type="button" onClick={() => setView('deny')}>
              Deny with guidance…
            </button>
            <AnswerButton blocked={blocked} onAnswer={() => answer({ type: 'abort' })}>
              Deny and end the task
            </AnswerButton>
          </div>
        </section>
      )}
    </>
  )
}
