import { useRef } from 'preact/hooks'
import { consequence, isConsequential, riskNames } from '#protocol/guardText.ts'
import { Icon } from '../icons.tsx'
import { Exact, Prose, useItemMemory } from '../text.tsx'
import type { ApprovalItem } from '../transcriptItem.ts'
import { Choices } from './approvalChoices.tsx'
import { ApprovalFacts } from './approvalFacts.tsx'
import { cutOf, exactText, heading, lengthOf, outcomeNames } from './approvalWords.ts'
import { useSettled } from './settled.ts'

/**
 * A question about one exact action. The facts are ours; what the model says stands apart. It can be answered only here,
 * by these buttons, once it has stood still for a moment: a click or key that was meant for something else never counts.
 */
export function ApprovalCard({ item, active }: { item: ApprovalItem; active: boolean }) {
  if (item.answer || !active) return <Answered item={item} />
  return <Question item={item} />
}

function Question({ item }: { item: ApprovalItem }) {
  const { key, approval } = item
  const { action, risk, claim } = approval
  const card = useRef<HTMLElement>(null)
  const settled = useSettled(card)
  const text = exactText(action)
  const cut = cutOf(text)
  const [whole, setWhole] = useItemMemory(`${key}:whole`, false)
  const complete = whole || cut === text.length
  return (
    <section ref={card} class={`approval risk-${risk}`} aria-label={`Approval: ${heading(action)}`}>
      <div class="approval-head">
        <Icon name="shield" />
        <span class="grow">{heading(action)}</span>
        <span class={`risk risk-${risk}`}>{riskNames[risk]}</span>
      </div>
      {claim && (
        <figure class="claim">
          <figcaption>The agent claims</figcaption>
          <blockquote>
            <Exact text={claim.slice(0, 2_000)} />
            {claim.length > 2_000 && ` … (${lengthOf(claim)} in all)`}
          </blockquote>
        </figure>
      )}
      <ApprovalFacts approval={approval} />
      {isConsequential(approval.guard) && (
        <p class="consequence">
          <Icon name="warning" />
          <span>{consequence}</span>
        </p>
      )}
      {/* Next to the buttons: in a low panel, whoever sees them sees what they allow. */}
      <pre class="exact">
        <Exact text={complete ? text : text.slice(0, cut)} />
      </pre>
      {complete ? (
        <p class="note-quiet">{lengthOf(text)}, all shown.</p>
      ) : (
        <button type="button" class="link" onClick={() => setWhole(true)}>
          Show all {lengthOf(text)} before you allow it
        </button>
      )}
      {/[^\n\t -~]/.test(text) && <p class="note">Holds characters other than plain ASCII: look closely.</p>}
      <Choices item={item} complete={complete} settled={settled} />
    </section>
  )
}

function Answered({ item: { approval, answer } }: { item: ApprovalItem }) {
  const given = answer === 'withdrawn' ? undefined : answer
  const guidance = given && 'guidance' in given.outcome ? given.outcome.guidance : undefined
  const denied = given?.outcome.type === 'deny' || given?.outcome.type === 'abort'
  return (
    <div class={denied ? 'line answered denied' : 'line answered'}>
      <Icon name="shield" />
      <span class="grow">
        {given ? (
          <>
            {outcomeNames[given.outcome.type]} <span class="by">by {given.by}</span>
            {guidance && (
              <>
                : “<Prose text={guidance} />”
              </>
            )}
          </>
        ) : (
          'Asked for approval; it was over before an answer'
        )}
        <span class="by"> · {heading(approval.action).replace(/\?$/, '')}</span>
      </span>
    </div>
  )
}
