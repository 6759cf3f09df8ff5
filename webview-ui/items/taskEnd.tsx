import { useContext } from 'preact/hooks'
import { Icon } from '../icons.tsx'
import { Actions } from '../pageContext.ts'
import { Prose } from '../text.tsx'
import type { EndItem, TaskFacts } from '../transcriptItem.ts'
import { count, duration } from '../wording.ts'

/** How a task ended, what it took, and where it failed what can be done. */
export function TaskEnd({ item, active }: { item: EndItem; active: boolean }) {
  if (item.end === 'failed') return <Failed item={item} active={active} />
  const words = item.end === 'completed' ? 'Done' : `Stopped by ${item.by}`
  return (
    <div class={`line end ${item.end}`}>
      <Icon name={item.end === 'completed' ? 'check' : 'stop'} />
      <span class="grow">{[words, ...took(item.facts)].join(' · ')}</span>
    </div>
  )
}

function Failed({ item, active }: { item: EndItem; active: boolean }) {
  const actions = useContext(Actions)
  const { failure, task } = item
  const needsModel = failure?.code === 'modelRefusedKey' || failure?.code === 'modelUnreachable'
  return (
    <section class="failed" aria-label="The task failed">
      <div class="failed-head">
        <Icon name="warning" />
        <span class="grow">
          {failure?.code === 'interrupted' ? 'Interrupted' : 'Failed'}
          <span class="quiet"> {took(item.facts).map((part) => ` · ${part}`)}</span>
        </span>
      </div>
      <p>
        <Prose text={failure?.message ?? 'No reason was given.'} />
      </p>
      {failure?.fix && (
        <p class="fix">
          <Prose text={failure.fix} />
        </p>
      )}
      {active && (
        <div class="buttons">
          {needsModel && (
            <button type="button" class="primary" onClick={() => actions.command({ name: 'setModel' })}>
              Set Model and Key…
            </button>
          )}
          <button type="button" class={needsModel ? '' : 'primary'} onClick={() => actions.resume(task)}>
            Resume
          </button>
          <button type="button" onClick={() => actions.retry(task)}>
            Retry from the start
          </button>
        </div>
      )}
    </section>
  )
}

function took({ startedAt, endedAt, steps, tokens, whole }: TaskFacts): string[] {
  const parts = whole ? [duration(endedAt - startedAt)] : []
  if (steps > 0) parts.push(count(steps, 'step'))
  if (tokens > 0) parts.push(count(tokens, 'token'))
  return parts
}
