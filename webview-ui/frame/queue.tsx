import { useContext } from 'preact/hooks'
import type { Task } from '#protocol/task.ts'
import { Icon } from '../icons.tsx'
import { Actions } from '../pageContext.ts'
import { Prose } from '../text.tsx'
import { count } from '../wording.ts'

const shown = 5

/** Tasks that wait for their turn. The one that is about to start is already part of the conversation. */
export function Queue({ tasks }: { tasks: readonly Task[] }) {
  const actions = useContext(Actions)
  const queued = tasks.filter(({ state }) => state === 'queued')
  const busy = tasks.some(({ state }) => state === 'running' || state === 'waiting')
  const waiting = busy ? queued : queued.slice(1)
  if (waiting.length === 0) return null
  return (
    <section class="queue" aria-label={`${count(waiting.length, 'queued task')}`}>
      {waiting.slice(0, shown).map(({ id, prompt }) => (
        <div class="queued" key={id}>
          <span class="tag">Queued</span>
          <span class="grow ellipsis" title={prompt.slice(0, 500)}>
            <Prose text={prompt.split('\n', 1)[0]!} />
          </span>
          <button
            type="button"
            class="icon-button"
            aria-label={`Remove from the queue: ${prompt.slice(0, 60)}`}
            title="Remove from the queue"
            onClick={() => actions.cancelTask(id)}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
      {waiting.length > shown && <p class="quiet">and {waiting.length - shown} more</p>}
    </section>
  )
}
